"""A run's report: video, timeline picture and page, from its result and trace. Start at ``write.py``."""
