"""Drivers: manufacturers' libraries behind the `Robot` contract. Start at ``open.py``, which finds a driver by name."""
