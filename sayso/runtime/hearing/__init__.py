"""Words for a moving arm: how they arrive, what they change, and what the robot answers."""
