"""Identity by looks as well as by place: exchanged, replaced, put back, hidden things. Start at ``appearance.py``."""
