"""Entries in and out as files: JSON, CSV and XLSX."""
