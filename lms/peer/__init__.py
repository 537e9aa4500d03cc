"""Peer feedback: participants read each other's work and say what they see in it.

``plan`` and ``queue`` decide who reads whose work and know no database; the services keep what they decided.
"""
