"""Assignments: a draft that saves itself, hand-ins that never change, and the page around them."""

KEY = "core.assignment"
"""The key of the activity type."""
