"""Eyes for any thing on any table: instances by shape, names after. Start at ``eyes.py``."""
