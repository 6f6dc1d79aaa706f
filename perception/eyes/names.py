"""The names that the eyes can give by themselves."""

from sayso.perception.scene import COLORS

SOMETHING = "thing"
# The last kind is an explicit "something else".
EYE_KINDS: tuple[str, ...] = (
    "block", "bowl", "box", "can", "bottle", "cup", "mug", "plate", "ball", "ring", "stick", SOMETHING,
)  # fmt: skip
EYE_COLORS: tuple[str, ...] = (*COLORS, "white", "black")
