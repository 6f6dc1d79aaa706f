"""Training of the planner's small networks: motion planner and critic."""
