"""A participant's plan: all worksheets of a course in one tidy document, on a page and as a PDF for a manager."""
