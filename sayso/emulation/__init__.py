"""Emulated arms with simulated physics behind them."""
