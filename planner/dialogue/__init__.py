"""What a person's answer to the planner's question makes of the instruction that it is about."""
