"""One module for each command of the command line; heavy imports wait until a command runs."""
