"""Changes of the plan in set phrases: "cancel the brown, just do the first", "only the nearer one", "gray in gray".

Each names things of the plan by color, kind or side and has no other word, so that the scene decides what is meant.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sayso.planner.corrections.correction import Correction, goal_of
from sayso.planner.corrections.heard import Hearing
from sayso.planner.corrections.objects import Named, matching, read_name
from sayso.planner.corrections.text import plain_color, tokens
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Relation
from sayso.planner.reader.counted import UNIT
from sayso.planner.reader.doubt import COLORS
from sayso.planner.reader.source import number_of
from sayso.planner.task.nouns import singular
from sayso.planner.task.things import THING
from sayso.planner.task.values import METRES, Cm, Color, In, Inch, Instead, M, Mm, On, Put, The

_LENGTHS = (Mm, Cm, Inch, M)
_SIDES = (Relation.LEFT, Relation.RIGHT, Relation.FRONT, Relation.BEHIND)
_OPENING = r"\W*(?:(?:no|nah|ok|okay|please|actually|oh|right|so|well)\W+)*"
_END = r"(?:[\s,]+(?:please|thanks|thank you|then|now))*[\s.!]*"
_LEAVES = re.compile(
    rf"{_OPENING}(?:cancel|scratch|scrap|ditch|forget|skip|leave|drop|never mind|leave out)(?: about)?"
    r"(?: (?:the|that|this))? (?P<out>\w+(?: \w+)?)[\s,.;!]+(?:(?:and|but|then)\s+)?(?P<more>\w.*)",
    re.I,
)
_THE_REST = re.compile(
    r"(?:just|only) (?:(?:do|keep|take|finish|put|move) )?(?:the )?(?:first|second|last|others?|rest)"
    rf"(?: (?:one|ones|two|three))?{_END}",
    re.I,
)
_TAKES = re.compile(
    rf"(?:(?:just|now) )?(?:(?:do|run|take|use|try|get|grab|go (?:for|with)) )?(?:the |that )?"
    rf"(?P<new>\w+(?: \w+)?)(?: instead)?{_END}",
    re.I,
)
_ENOUGH = r"(?: (?:is|are|will|would)(?: be)? (?:enough|sufficient|fine|plenty|do))?"
_ONLY = re.compile(
    rf"{_OPENING}(?:not (?:both|all)(?: of them)?\W+(?:but )?)?(?:only|just)(?: (?:do|take|put|move|bring))?"
    rf"(?: one of (?:them|those|these|the two|both){_ENOUGH}[\s,.:;]+(?:just |only )?)?"
    rf"(?: ?the)? ?(?P<kept>\w+(?: \w+)?){_ENOUGH}{_END}",
    re.I,
)
_BUT_NOT = re.compile(rf"{_OPENING}(?:but not|only not|without) (?:the )?(?P<out>\w+(?: \w+)?){_END}", re.I)
_SKIP_TO = re.compile(
    rf"{_OPENING}(?:skip|jump|move on)(?: straight| right| directly)?(?: ahead| on)? to (?:the )?"
    rf"(?P<next>\w+(?: \w+)?){_END}",
    re.I,
)
_REVERSED = re.compile(
    rf"{_OPENING}(?:(?:swap|switch|exchange|reverse|change|turn round) (?:the|their) order"
    rf"|(?:in )?the (?:other|opposite|reverse) order){_END}",
    re.I,
)
_GAP = re.compile(
    r"[^.;?]*?\b(?:keep|leave|have|with|make|want|need)\b[^.;?]*?\b(?:gap|space|distance)\b(?: of)? (?:[a-z]+ )?"
    rf"(?P<number>\d+(?:[.,]\d+)?(?=[ -]?)|[a-z]+(?=[ -]))[ -]?(?:{UNIT})\b (?:of (?:gap|space|room) )?"
    rf"between (?:them|the two|both|(?:the )?(?P<one>\w+(?: \w+)?) and (?:the )?(?P<two>\w+(?: \w+)?)){_END}",
    re.I,
)
_ORDER = {"first": 0, "second": 1, "third": 2, "last": -1}
_PAIR = re.compile(
    rf"(?:.*[:,.;!-]\s*|{_OPENING})(?:the )?(?P<one>{COLORS.pattern})"
    rf" (?:(?:goes|belongs) )?(?:in|into|with|to|on) (?:the )?(?P<two>{COLORS.pattern}){_END}",
    re.I,
)


def read_change(hearing: Hearing) -> Correction | None:
    """The change of the plan that the words of ``hearing`` are; None for all other words."""
    if not hearing.steps or "?" in hearing.text:
        return None
    turned = hearing.reversed() if _REVERSED.fullmatch(hearing.text) else None
    return turned or _skipped_to(hearing) or _left_out(hearing) or _kept(hearing) or _paired(hearing) or _apart(hearing)


def _left_out(hearing: Hearing) -> Correction | None:
    """A thing of the plan left out, and the rest, or another thing, to be done."""
    found = _LEAVES.fullmatch(hearing.text)
    out = _named(found["out"]) if found is not None else None
    if found is None or out is None:
        return None
    mine = [i for i in _ids(hearing, out) if i in hearing.plan.moved]
    if _THE_REST.fullmatch(found["more"]) and 0 < len(mine) < len(hearing.plan.moved):
        return goal_of(hearing.text, hearing.plan.leaving_out(mine))
    takes = _TAKES.fullmatch(found["more"])
    new = _named(takes["new"]) if takes is not None else None
    if new is not None and hearing.steps[0].object_id in mine:
        return hearing.read(Instead(_thing(new)))
    return None


def _skipped_to(hearing: Hearing) -> Correction | None:
    """What comes before a thing of the plan left out."""
    found, moved = _SKIP_TO.fullmatch(hearing.text), hearing.plan.moved
    named = _named(found["next"]) if found is not None else None
    mine = [i for i in _ids(hearing, named) if i in moved] if named is not None else []
    before = moved[: moved.index(mine[0])] if len(mine) == 1 else []
    return goal_of(hearing.text, hearing.plan.leaving_out(before)) if before else None


def _kept(hearing: Hearing) -> Correction | None:
    """One of several things of the plan, alone, or all but one."""
    found, moved = _ONLY.fullmatch(hearing.text), hearing.plan.moved
    without = _BUT_NOT.fullmatch(hearing.text)
    if (found is None and without is None) or len(moved) < 2:
        return None
    kept = (found["kept"] if found is not None else without["out"]).lower().removesuffix(" one")  # type: ignore[index]
    if kept in _ORDER:
        mine = moved[_ORDER[kept] :][:1]
    else:
        named = _named(kept)
        if named is None:
            return None
        seen = replace(hearing.scene, objects=tuple(o for o in hearing.scene.objects if o.id in moved))
        mine = [o.id for o in matching(named, seen, viewpoint_yaw=hearing.yaw)]
    others = [i for i in moved if i not in mine]
    if len(mine) != 1 or not others:
        return None
    return goal_of(hearing.text, hearing.plan.leaving_out(others if found is not None else mine))


def _paired(hearing: Hearing) -> Correction | None:
    """A thing and its container, each by its color, of the kinds that the plan has."""
    found = _PAIR.fullmatch(hearing.text)
    step = hearing.plan.place
    thing, there = (hearing.scene.find(i) for i in (step.object_id, step.reference_id)) if step else (None, None)
    if found is None or thing is None or there is None:
        return None
    one, two = (plain_color(found[name]) for name in ("one", "two"))
    inside = In if is_container(there) else On
    return hearing.read(Put(The(thing.kind, (Color(one),)), inside(The(there.kind, (Color(two),)))))


def _apart(hearing: Hearing) -> Correction | None:
    """A gap between the thing at hand and the one beside which it goes."""
    found = _GAP.fullmatch(hearing.text)
    step = hearing.plan.place
    number = number_of(found["number"]) if found is not None else None
    if found is None or step is None or number is None or step.relation not in _SIDES or not step.reference_id:
        return None
    if found["one"] is not None:
        one, two = (_called_so(hearing, found[part]) for part in ("one", "two"))
        pair = (step.object_id, step.reference_id)
        if not any(a in one and b in two for a, b in (pair, pair[::-1])):
            return None
    unit = next(unit for unit in _LENGTHS if found[unit.__name__])
    gap = METRES[unit] * number
    steps = tuple(replace(s, gap=gap) if s is step else s for s in hearing.steps)
    task = hearing.plan.task_of(steps)
    return None if task is None else goal_of(hearing.text, task)


def _called_so(hearing: Hearing, words: str) -> list[str]:
    """The things that a noun with or without a color before it may mean; "it" is the thing at hand."""
    if words.casefold() == "it":
        return [hearing.steps[0].object_id or ""]
    *colors, noun = words.split()
    thing = The(singular(noun.casefold()), tuple(Color(color.casefold()) for color in colors))
    return [o.id for o in hearing.scene.objects if o in hearing.found(thing)]


def _named(words: str) -> Named | None:
    """The thing that ``words`` name by color, kind or side, "one" left out or not."""
    said = tokens(words)
    named = read_name(said) or read_name([*said, "one"])
    is_told = named is not None and not named.other and bool(named.kind or named.color or named.side)
    return named if is_told else None


def _thing(named: Named) -> The:
    return The(named.kind or THING, (Color(named.color),) if named.color else ())


def _ids(hearing: Hearing, named: Named) -> list[str]:
    return [o.id for o in hearing.scene.objects if _fits(named, o.kind, o.color)]


def _fits(named: Named, kind: str, color: str) -> bool:
    return named.kind in (None, kind) and named.color in (None, color)
