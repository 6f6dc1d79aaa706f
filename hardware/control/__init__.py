"""The control loop and all that watches it: guard, state machine, watchdog, speed limits."""
