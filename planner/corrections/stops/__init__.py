"""Which words stop the arm, and which only speak of stopping."""
