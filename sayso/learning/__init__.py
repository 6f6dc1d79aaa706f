"""What people said to a moving arm, saved as it is said, and learning from it. Start at ``attempt.py``."""
