"""Recordings of other programs and of ours: labelled with subtasks and motions by rule, and exported."""
