"""How each task of the task language becomes steps."""
