"""Scenes: objects on the table, from files, ready-made or random. Start at ``scene_file.py``."""
