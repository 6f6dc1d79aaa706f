"""Drivers: the makers' own libraries behind the `Robot` contract, one file an arm; found by name."""
