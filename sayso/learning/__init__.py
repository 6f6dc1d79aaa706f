"""What people say to a moving arm, saved at once, and learning from it. Start at ``attempt.py``."""
