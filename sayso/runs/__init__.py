"""One run, from its settings to its output folder. Start at ``run.py``."""
