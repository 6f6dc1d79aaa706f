"""Control loop and its supervision: guard, state machine, watchdogs, speed limits. Start at ``controller.py``."""
