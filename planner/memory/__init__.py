"""What the robot remembers: what was done, what was seen where, names, rules, preferences and tips."""
