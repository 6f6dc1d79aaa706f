"""Orders in a row, at least one of the arm alone: "move 20 cm left and then point at the block" moves and points.

Read as a whole, a way of the arm becomes one of a thing, and a step that the arm cannot do is left out. "Then" and the
verbs of the arm alone tell where one order ends and the next begins. A way by a number and the words of letting go are
closed classes.
"""

from __future__ import annotations

import re

from sayso.planner.reader.counted import UNIT
from sayso.planner.reader.doubt import CONTRACTED
from sayso.planner.reader.source import number_of
from sayso.planner.task.values import By, Cm, Degree, Direction, Inch, Length, M, Mm, Move, Release, Task, Way

_WAYS = {
    "left": Direction.LEFT, "right": Direction.RIGHT, "forward": Direction.FORWARD, "forwards": Direction.FORWARD,
    "ahead": Direction.FORWARD, "back": Direction.BACK, "backward": Direction.BACK, "backwards": Direction.BACK,
    "up": Direction.UP, "upward": Direction.UP, "upwards": Direction.UP, "down": Direction.DOWN,
    "downward": Direction.DOWN, "downwards": Direction.DOWN,
}  # fmt: skip
_LENGTHS: dict[str, type[Length]] = {"Mm": Mm, "Cm": Cm, "Inch": Inch, "M": M}
_HAND = r"(?: (?:your|the) (?:hand|arm|gripper))?"
_TO = rf"(?:(?:to|toward|towards) (?:(?:the|your|my) )?)?(?P<way>{'|'.join(_WAYS)})"
_BY = (
    r"(?:by )?(?:(?P<few>a (?:(?:little|wee|tiny|small) )?bit|a little|slightly|a touch|a tad)"
    rf"|(?P<number>\d+(?:[.,]\d+)?|[a-z]+)[\s-]?(?:{UNIT}))"
)
_BY_LATER = re.sub(r"\?P<(\w+)>", r"?P<later\1>", _BY)
_MOVES = re.compile(rf"(?:move|go|drive|slide|shift|travel){_HAND}(?: {_BY})? {_TO}(?: {_BY_LATER})?", re.I)
_LIFTS = re.compile(rf"(?P<lift>lift|raise|lower) it(?: up| down)? {_BY.replace('slightly', 'slightly|small')}", re.I)
_LETS_GO = re.compile(
    r"(?:(?:drop|release|let go of) (?:it|that|what you hold)|let go|let it (?:go|fall)|put it down)"
    r"(?: (?:in )?there)?",
    re.I,
)
_OVER = r"(?:go|move|come|travel|drive|fly)(?: (?:back|over|across|right|straight))* (?:to|above|over)\b"
_LIFTED = (
    r"(?:lift|raise|lower) it(?: up| down)? (?:by |a (?:\w+ )?bit\b|a little\b|slightly\b|a t(?:ouch|ad)\b|small\b|\d)"
)
_OF_ARM = (
    rf"{_OVER}|point (?:at|to)\b|(?:move|go|drive|travel)(?: by)? (?:\d|{'|'.join(_WAYS)}\b)"
    rf"|(?:go|come) (?:back )?home\b|{_LIFTED}|(?:{_LETS_GO.pattern})[\s.!]*$"
)
_JOINT = re.compile(
    rf"[\s,;.]*\b(?:and )?(?:then|after that|afterwards)\b[\s,]*|(?:\s*[,;.]\s*(?:and )?|\s+and )(?={_OF_ARM})", re.I
)
_NO_ROW = re.compile(
    rf"\b(?:if|unless|when|whenever|until|till|once|before|while|without|or|otherwise|not|never|each|every|times|again"
    rf"|{CONTRACTED})\b",
    re.I,
)
"""What ties orders to each other, so that they are no row."""
_BACK = re.compile(r"\b(?:it|them|that|this|those|these|there|same|other|one|ones|both|rest|so)\b", re.I)
MOST = 6


def orders_in(sentence: str) -> tuple[str, ...]:
    """The orders of ``sentence``, one after the other; none if it is one order or they are tied to each other."""
    if _NO_ROW.search(sentence):
        return ()
    parts = tuple(part for part in (one.strip(" ,.;!") for one in _JOINT.split(sentence)) if part)
    return parts if 2 <= len(parts) <= MOST else ()


def way_of(order: str) -> Task | None:
    """The way of the arm alone that ``order`` is word for word; None for all others."""
    found = _MOVES.fullmatch(order.strip(" ,.;!"))
    if found is None:
        return None
    by = _by(found, "") or _by(found, "later")
    return None if by is _NO_NUMBER else Move((Way(_WAYS[found["way"].casefold()], by),))  # type: ignore[arg-type]


def lifts(order: str) -> Task | None:
    """The way up or down of what the hand has taken before that ``order`` is word for word; None for all others."""
    found = _LIFTS.fullmatch(order.strip(" ,.;!"))
    if found is None or (by := _by(found, "")) is _NO_NUMBER:
        return None
    down = found["lift"].casefold() == "lower"
    return Move((Way(Direction.DOWN if down else Direction.UP, by),))  # type: ignore[arg-type]


def refers_back(order: str) -> bool:
    """Whether ``order`` speaks of what another one names, so that it is nothing by itself."""
    return _BACK.search(order) is not None


def lets_go(order: str) -> Task | None:
    """What ``order`` is where the hand has gone before it: letting go of what it holds; None for all others."""
    return Release() if _LETS_GO.fullmatch(order.strip(" ,.;!")) else None


_NO_NUMBER = object()


def _by(found: re.Match[str], at: str) -> By | object | None:
    if found[f"{at}few"]:
        return Degree.LITTLE
    if found[f"{at}number"] is None:
        return None
    number = number_of(found[f"{at}number"])
    unit = next(unit for name, unit in _LENGTHS.items() if found[at + name])
    return _NO_NUMBER if number is None else unit(number)  # type: ignore[call-arg]
