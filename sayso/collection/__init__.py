"""Demonstrations: the teacher in many worlds, with motions nobody would choose mixed in."""
