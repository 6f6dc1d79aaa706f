"""Axes of the arm, parts of a turn and lengths in plain words: "2 cm in minus y" → "2 cm right", "an inch and a half" →
"1.5 inch"."""

from __future__ import annotations

import math
import re

from sayso.planner.corrections.words import METRES, NUMBERS

_AXIS = re.compile(
    r"(?P<before>\b(?:in|along|on|into) )?(?:the )?"
    r"(?:(?P<sign>\b(?:minus|negative|neg|plus|positive|pos)\b|(?<![\w.])[-+−]) ?(?:the )?)?"
    r"\b(?P<axis>[xyz])\b(?P<after>[- ]?(?:axis|direction))?",
    re.I,
)
_WAYS = {"x": ("forward", "left", "back", "right"), "y": ("left", "back", "right", "forward")}
"""The ways of an axis to a person who is turned by 0, 1, 2 or 3 right angles to the right of the arm."""
_OPPOSITE = {"forward": "back", "back": "forward", "left": "right", "right": "left", "up": "down", "down": "up"}
_SQUARE = math.radians(10)
_UNIT = rf"(?P<unit>{'|'.join(sorted(METRES, key=len, reverse=True))})\b"
_COUNT = rf"(?P<count>\d+|{'|'.join(NUMBERS.keys() - {'half', 'few', 'couple'})})"
_AND_A_HALF = (
    re.compile(rf"\b{_COUNT}[ -]{_UNIT} and a half\b", re.I),
    re.compile(rf"\b{_COUNT} and a half[ -]{_UNIT}", re.I),
)
_RANGE = re.compile(rf"\b{_COUNT}(?: ?[-–] ?| or | to ){_COUNT.replace('count', 'most')}[ -]?{_UNIT}", re.I)
_QUARTER_OF = re.compile(rf"\b(?P<three>three )?(?:a )?quarters?(?: of)?(?: an?)? {_UNIT}", re.I)
_ANOTHER = re.compile(rf"\banother (?={_UNIT} and a half\b)", re.I)
_SOME = re.compile(rf"\b(?:a )?(?P<some>couple(?: of)?|few|several) (?={_UNIT})", re.I)
_SOME_ARE = {"couple": "2", "few": "3", "several": "4"}
_LENGTH = re.compile(rf"(?<![\w.])(?:\d+(?:\.\d+)?|{'|'.join(NUMBERS)})[ -]?{_UNIT}", re.I)
_AS_FAR = re.compile(
    r"\b(?:by )?(?:(?:exactly |just )?the same (?:amount|distance|length)|(?:just )?as (?:far|much))\b", re.I
)
_IN_BY = re.compile(
    rf"\b(?:bring|pull|draw|reel) (?:it|her|that|the (?:arm|hand)) in (?:by )?(?={_COUNT}\b)(?P<more>\w+ ?{_UNIT})?",
    re.I,
)
_TURN = re.compile(r"\b(?:turn|rotate|twist|spin|swivel|roll)\b", re.I)
_QUARTER = re.compile(r"\b(?:by )?(?:a )?quarter(?: of)?(?: an?)?(?: (?:turn|round|circle|rotation))?\b", re.I)
_HALF = re.compile(r"\b(?:by )?(?:a )?half(?: of)?(?: an?)?(?: (?:turn|round|circle|rotation))\b", re.I)


def in_lengths(text: str) -> str:
    """``text`` with a number and a unit for each length that it says otherwise: "an inch and a half", "a few cm", "two
    cm up and the same amount back"."""
    text = _ANOTHER.sub("another one ", text)
    for pattern in _AND_A_HALF:
        text = pattern.sub(lambda found: f"{_number(found['count']) + 0.5:g} {found['unit']}", text)
    text = _QUARTER_OF.sub(lambda found: f"{0.75 if found['three'] else 0.25} {found['unit']}", text)
    text = _RANGE.sub(lambda found: f"{(_number(found['count']) + _number(found['most'])) / 2:g} {found['unit']}", text)
    text = _SOME.sub(lambda found: f"{_SOME_ARE[found['some'].lower().split()[0]]} ", text)

    def last(found: re.Match[str]) -> str:
        before = [length[0] for length in _LENGTH.finditer(text, 0, found.start())]
        return before[-1] if before else found[0]

    return _IN_BY.sub(lambda found: f"back {found['more'] or ''}", _AS_FAR.sub(last, text))


def _number(word: str) -> float:
    return NUMBERS[word.lower()] if word.lower() in NUMBERS else float(word)


def in_ways(text: str, yaw: float = 0.0) -> str:
    """``text`` with directions for the arm's axes, degrees for parts of a turn, and lengths in numbers.

    ``yaw`` rad is the heading in which the speaker looks: the axes are the arm's, "left" is the speaker's. Axes stay
    where the speaker looks along none of them.
    """
    text = in_lengths(text)
    if _TURN.search(text) is not None:
        text = _HALF.sub("180 degrees", _QUARTER.sub("90 degrees", text))
    quarter = round(yaw / (math.pi / 2))
    if abs(yaw - quarter * math.pi / 2) > _SQUARE:
        return text

    def way(found: re.Match[str]) -> str:
        if not (found["before"] or found["sign"] or found["after"]):
            return found[0]
        axis, sign = found["axis"].lower(), (found["sign"] or "+").lower()
        plain = "up" if axis == "z" else _WAYS[axis][-quarter % 4]
        return _OPPOSITE[plain] if sign[0] in "-−" or sign.startswith(("minus", "neg")) else plain

    return _AXIS.sub(way, text)
