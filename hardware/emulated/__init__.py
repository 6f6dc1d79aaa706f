"""Emulated devices: the protocol side to the byte; the physics behind them is handed in from above."""
