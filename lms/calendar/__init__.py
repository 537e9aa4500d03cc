"""One calendar for each person: the dates of runs, activities and plugins, on a page and as a private feed."""
