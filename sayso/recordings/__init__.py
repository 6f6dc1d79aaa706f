"""Recordings of other programs and of ours: labeled with subtasks and motions by rule, and exported."""
