"""Placeholder until run administration is written."""


def announcements(run, limit):
    return []
