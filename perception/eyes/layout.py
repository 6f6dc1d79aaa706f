"""Layout of the eyes' network's output: what every pixel says."""

from sayso.perception.eyes.names import EYE_COLORS, EYE_KINDS

UNIT = 0.05
"""Metres per unit of a vote or size."""
PIXELS = 16.0
"""Output pixels per unit of an offset."""
THING = 0  # logit: this pixel is of a thing on the table
HEART = 1  # logit: the middle of an instance is here
OFFSET = slice(2, 4)  # (u, v) to the instance's middle in the picture, in `PIXELS`
VOTE = slice(4, 7)  # to the center of its box: ahead, left, up, in `UNIT`
SPREAD = 7  # logarithm of the vote's error in `UNIT`
SIZE = slice(8, 11)  # longer and shorter horizontal edge, height, in `UNIT`
LONG = slice(11, 13)  # sine and cosine of 2 × the heading of the longer edge, from the viewing direction; 0 if square
SQUARE = slice(13, 15)  # the same of 4 × the heading of any edge; 0 if round
KIND = slice(15, 15 + len(EYE_KINDS))
COLOR = slice(KIND.stop, KIND.stop + len(EYE_COLORS))
OUTPUTS = COLOR.stop
