"""From a value of the task language and a scene to subtasks. Start at interpreter.py."""
