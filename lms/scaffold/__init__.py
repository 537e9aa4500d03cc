"""``lms plugin new``: a small plugin that works, with the tests that show it."""
