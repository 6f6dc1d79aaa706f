"""Checks of a plan before anything moves: prohibitions, harm, preconditions, unfamiliar conditions."""
