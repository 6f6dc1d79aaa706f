"""Commands for setting up and checking an arm."""
