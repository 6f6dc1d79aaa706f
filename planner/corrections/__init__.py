"""What a person says while the arm moves, read as a stop, a motion, a speed, another object or a new goal."""
