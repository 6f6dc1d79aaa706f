"""Demonstrations: the teacher in many worlds, with random motions mixed in."""
