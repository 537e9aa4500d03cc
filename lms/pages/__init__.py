"""The pages of a course that are no activities, as the people of a run see them."""
