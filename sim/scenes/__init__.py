"""Scenes: what stands on the table, from files, ready-made or drawn at random."""
