"""One stretch of a spoken motion, between "and"s: where to, how far, how fast, and the "too" that turns it round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sayso.planner.corrections import words as W
from sayso.planner.corrections.objects import WORDS, Named, read_name
from sayso.skills.motion import Degree, GripperAction, Speed

KNOWN = frozenset(
    p for source in (W.SHORT_FOR, W.HOLD_PHRASES, W.REVERSE_PHRASES) for q in source for p in q.split()
).union(
    W.DIRECTION,
    W.LEAD,
    W.DEGREE,
    W.SPEED,
    W.GRIPPER,
    W.NUMBERS,
    W.METRES,
    W.RADIANS,
    W.MOTION_FILLERS,
    W.AWAY,
    WORDS,
    ("too", "not", "less"),
)

_NO_LENGTHS = W.words("a an half few")
"""Numbers that are no length without a unit."""


@dataclass(slots=True)
class Clause:
    """What one stretch between "and"s says."""

    directions: list[str] = field(default_factory=list)
    lead: str = ""
    degree: Degree | None = None
    speed: Speed | None = None
    gripper: GripperAction | None = None
    place: Named | None = None
    away: bool = False
    measure: float | None = None
    bare: float | None = None  # a number without a unit: "two to the left"
    is_angle: bool = False
    again: bool = False
    enough: bool = False
    negated: bool = False
    complains: bool = False  # "too low": the way that mends it
    beyond: bool = False  # than where the hand is: "lower", "further left"


def clauses_of(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The words of each clause after what joins it to the one before (", then", "and"), phrases shortened to what
    `read_clause` knows."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for word in shortened(words):
        if word in (",", "and", "then", "but"):
            before = "" if parts[-1][1] else parts[-1][0]
            parts.append((f"{before} {word}".lstrip() if word == "then" else before or word, []))
        else:
            parts[-1][1].append(word)
    return [p for p in parts if p[1]]


def shortened(words: Sequence[str]) -> list[str]:
    """``words`` with one word for each phrase of `SHORT_FOR`."""
    out: list[str] = []
    i = 0
    while i < len(words):
        for n in range(min(5, len(words) - i), 0, -1):
            found = W.SHORT_FOR.get(" ".join(words[i : i + n]))
            if found is not None:
                out += found.split()
                break
        else:
            n = 1
            out.append(words[i])
        i += n
    return out


def read_clause(words: list[str]) -> Clause | None:
    """The clause that ``words`` make, or None if one of them is unknown."""
    clause = Clause()
    rest = _take_place(words, clause)
    i = 0
    marks: set[str] = set()
    extremes: set[str] = set()
    while i < len(rest):
        word = rest[i]
        after = rest[i + 1] if i + 1 < len(rest) else ""
        number = W.NUMBERS.get(word, float(word) if word[0].isascii() and word[0].isdigit() else None)
        if number is not None and (after in W.METRES or after in W.RADIANS):
            clause.is_angle = after in W.RADIANS
            clause.measure = number * (W.RADIANS[after] if clause.is_angle else W.METRES[after])
            i += 1
        elif number is not None and word not in _NO_LENGTHS and clause.bare is None:
            clause.bare = number
        elif word in W.DIRECTION:
            clause.directions.append(W.DIRECTION[word])
        elif word in W.DEGREE:
            extremes.add(word if word == "far" else W.DEGREE[word])
        elif word in W.LEAD:
            clause.lead = W.LEAD[word]
        elif word in W.SPEED:
            clause.speed = Speed.SLOWLY if W.SPEED[word] == "slowly" else Speed.QUICKLY
        elif word in W.GRIPPER:
            clause.gripper = GripperAction.OPEN if W.GRIPPER[word] == "open" else GripperAction.CLOSE
            if (
                clause.gripper is GripperAction.OPEN
                and (dropped := [w for w in rest[i + 1 :] if w != "of"])
                and read_name(dropped)
            ):
                break
        elif word in ("too", "not", "less", "enough"):
            later = next((w for w in rest[i + 1 :] if w not in W.LEAD), "")  # "don't go so low"
            marks.add("not so" if word == "not" and later in ("so", "that", "as", "too") else word)
        elif word not in W.MOTION_FILLERS:
            return None
        clause.again = clause.again or word in W.AGAIN
        clause.beyond = clause.beyond or word in W.COMPARATIVES or word == "more"
        i += 1
    if clause.bare is not None and (clause.measure is not None or clause.gripper is not None):
        return None
    clause.degree = _degree(extremes - ({"far"} if marks & {"too", "enough"} else set()))
    return _weigh(clause, marks)


def _take_place(words: list[str], clause: Clause) -> list[str]:
    """Move "toward the red block" from ``words`` into ``clause``; returns the other words."""
    for i, word in enumerate(words):
        if word not in W.AWAY:
            continue
        start = i + 1
        while start < len(words) and words[start] in ("to", "from", "of", "toward"):
            start += 1
        if words[start : start + 1] == ["me"] and word in W.TO_THE_SPEAKER:
            return [*words[:i], W.TO_THE_SPEAKER[word], *words[start + 1 :]]
        for end in range(len(words), start, -1):
            named = read_name(words[start:end])
            if named is not None:
                if word != "over" or not any(W.DIRECTION.get(w) in ("up", "down") for w in words[:i]):
                    clause.place, clause.away = named, W.AWAY[word]  # "up high over the mug" tells where
                return words[:i] + words[end:]
        if word in ("near", "away", "distant"):
            clause.place, clause.away = Named("it", pronoun=True), W.AWAY[word]
            return words[:i] + words[start:]
    return words


def _degree(extremes: set[str]) -> Degree | None:
    if "slightly" in extremes:
        return Degree.SLIGHTLY
    return Degree.FAR if extremes else None


def _weigh(clause: Clause, marks: set[str]) -> Clause | None:
    """Apply "too", "not so", "less" and "enough", which turn a clause around."""
    clause.enough = "enough" in marks and not marks & {"not", "not so"}
    clause.negated = marks == {"not"}
    if "enough" in marks or not marks & {"too", "less", "not so"}:
        return clause
    if clause.gripper is not None:
        return None
    if marks != {"too"}:
        clause.degree = Degree.SLIGHTLY
    if clause.speed is not None:
        clause.speed = Speed(-clause.speed)
    else:
        clause.place = None if clause.directions else clause.place  # "too low over the block" tells where
        clause.directions = [W.OPPOSITE[d] for d in clause.directions]
        clause.away = not clause.away
        clause.complains = "too" in marks and bool(clause.directions)
    return clause
