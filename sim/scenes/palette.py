"""Kinds and colors of objects."""

# The table of blocks and bowls, on which the arms are trained; all kinds: `sayso.sim.things.catalog.ALL_KINDS`.
KINDS: tuple[str, ...] = ("block", "bowl")

# sRGB in 0..1, distinct under warm and cold light.
COLORS: dict[str, tuple[float, float, float]] = {
    "red": (0.86, 0.13, 0.13),
    "orange": (0.98, 0.52, 0.08),
    "yellow": (0.95, 0.85, 0.15),
    "green": (0.16, 0.62, 0.22),
    "cyan": (0.25, 0.85, 0.88),
    "blue": (0.12, 0.28, 0.80),
    "purple": (0.48, 0.16, 0.66),
    "pink": (0.97, 0.55, 0.75),
    "brown": (0.45, 0.27, 0.13),
    "gray": (0.52, 0.52, 0.54),
}
# Beside the ten: never drawn for random scenes of blocks and bowls.
ALL_COLORS = COLORS | {"white": (0.93, 0.93, 0.92), "black": (0.07, 0.07, 0.08)}
MIXED = "mixed"  # several colors on one thing
