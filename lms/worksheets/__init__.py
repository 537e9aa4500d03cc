"""Worksheets, structured work: a plugin declares one, an assignment asks for it, a participant fills in its rows."""
