"""What a correction does, once its meaning is known: to the motion under way, and to the plan that remains."""
