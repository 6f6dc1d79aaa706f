"""The names that the eyes can give by themselves."""

from sayso.perception.scene import ALL_COLORS, ALL_KINDS, SOMETHING

EYE_KINDS: tuple[str, ...] = ALL_KINDS
EYE_COLORS: tuple[str, ...] = ALL_COLORS

__all__ = ["EYE_COLORS", "EYE_KINDS", "SOMETHING"]
