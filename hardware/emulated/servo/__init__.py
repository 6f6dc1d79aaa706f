"""Emulated servo buses, to the byte."""
