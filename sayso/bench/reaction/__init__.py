"""Reaction times while other things go on: the console open, the recorder on."""
