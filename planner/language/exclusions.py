"""Prohibitions within an instruction: "put A in B, not in C", "keep your hands off the red one".

`without_exclusions` removes known forms from the text, and the planner plans the rest. `keeps` checks a plan against
the removed prohibitions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sayso.perception.scene import Scene
from sayso.planner.corrections.objects import Named, matching, read_name
from sayso.planner.corrections.text import normalise, tokens
from sayso.planner.corrections.words import COLORS, TASK_VERBS
from sayso.planner.plan import Subtask

_COLOR = "(?:" + "|".join(sorted(COLORS, key=len, reverse=True)) + ")"
_KIND = r"(?:blocks?|cubes?|bricks?|ones?|bowls?|dish|container)"
_NAME = rf"(?:the |that |this |a )?{_COLOR}(?: {_KIND})?\b"
_ON = r"(?:in|into|inside|on|onto|on top of|next to|beside|to)"
_VERB = r"(?:put|place|stack|set|drop|lay|move|stick|chuck|throw|toss|dump)"
_VERBING = r"(?:putting|placing|stacking|setting|dropping|laying|moving|sticking|chucking|throwing)"
_NOT = r"(?:do not|dont|never|please do not|please dont|you must not|you mustnt|you should not|you shouldnt)"
_TOO = r"(?: too| as well| either| with it| at all| please| ever| anymore| any more)?"
_START = r"(?:^|(?<=[.;!]) |[,;:.!–—-]+ | (?=and |but |though ))(?:and |but |though |although |only )?"
_STOPS = r"(?=\s*(?:[,.;:!]|$)| but )"
_ALONE = r"(?:alone|be|out of (?:it|this)|untouched|in peace|where it is|as it is|where it stands|there)"
_THERE = r"(?:there|in there|in it|on it|on top|on top of it|anywhere)"
_TOUCH = (
    r"(?:touch|move|disturb|bump|nudge|knock|hit|brush against|pick up|take|grab|lift|use|go near|look at|sneeze on)"
)
_TOUCHING = r"(?:touching|moving|disturbing|bumping|nudging|knocking|hitting|brushing against|going near)"
_LENGTH = r"\d+(?:\.\d+)? ?(?:mm|millimet(?:er|re)s?|cm|centimet(?:er|re)s?|inch(?:es)?|met(?:er|re)s?|m)\b"
_AWAY = (
    rf"(?:well |right |always |by |at least |about )*(?:(?P<by>{_LENGTH}) )?(?P<away>away|clear|off)"
    rf"(?: by (?:at least )?(?P<gap>{_LENGTH}))? (?:from|of)"
)
_MEANWHILE = rf"(?:{_STOPS}|(?= (?:while|when|as) (?:you|it|we) ))"
_HANDS = r"(?:hands|mitts|paws|claws|fingers|gripper|grippers|jaws|grubby hands|dirty hands|grip)"
AWAY_M = 0.06
"""What "keep away" means without a number."""
_METRES = {"mm": 0.001, "milli": 0.001, "cm": 0.01, "centi": 0.01, "inch": 0.0254, "m": 1.0}
_ORDERING = TASK_VERBS | {"goes", "go", "belongs", "belong"}
MOST_CHARS = 1000
"""A longer text stays as it is."""
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_START}(?:not|never) (?:{_ON} )?(?P<x>{_NAME}){_TOO}{_STOPS}",
        rf"{_START}{_NOT} (?:so much as |even |ever |dare )?{_TOUCH} (?P<touch>)(?P<x>{_NAME}){_TOO}{_STOPS}",
        rf"(?:,| and| but)? ?without (?:so much as |even |ever )?{_TOUCHING} (?P<touch>)(?P<x>{_NAME}){_STOPS}",
        rf"{_START}keep (?:your |those |the )?{_HANDS} (?:well |right )?(?:off|away from) (?:of )?"
        rf"(?P<touch>)(?P<x>{_NAME}){_STOPS}",
        rf"{_START}{_HANDS} off (?P<touch>)(?P<x>{_NAME}){_STOPS}",
        rf"{_START}(?:always |please )?(?:stay|keep|steer) {_AWAY} (?P<x>{_NAME}){_MEANWHILE}",
        rf"(?:,| and| but| while)? ?(?:always )?(?:staying|keeping|steering) {_AWAY} (?P<x>{_NAME}){_MEANWHILE}",
        rf"{_START}{_NOT} (?:come|go|get|move|be) (?:any )?(?P<away>closer|nearer) than (?P<by>{_LENGTH}) (?:to|from) "
        rf"(?P<x>{_NAME}){_MEANWHILE}",
        rf"{_START}(?:leave|let) (?P<touch>)(?P<x>{_NAME}) {_ALONE}"
        rf"(?:{_STOPS}|(?= and (?:then )?(?:put|place|stack|pick|take)))",
        rf"{_START}{_NOT} {_VERB} (?P<x>{_NAME}) {_THERE}{_TOO}{_STOPS}",
        rf"{_START}{_NOT} {_VERB} (?P<a>{_NAME}) {_ON} (?P<b>{_NAME}){_TOO}{_STOPS}",
        rf"{_START}(?:instead of|rather than) (?:{_VERBING}|{_VERB}) (?P<a>{_NAME}) {_ON} (?P<b>{_NAME}){_STOPS}",
        rf"{_START}(?:i|we) (?:do not|dont) want (?P<a>{_NAME}) {_ON} (?P<b>{_NAME})"
        r"(?=\s*(?:[,.;:!]| but| i want| we want))",
        rf"{_START}(?P<a>{_NAME}) (?:does not|doesnt|should not|shouldnt|must not|mustnt|is not to) "
        rf"(?:go|belong|be put|be placed|sit|end up) {_ON} (?P<b>{_NAME}){_STOPS}",
        rf"{_START}(?:instead of|rather than) (?:{_ON} )?(?P<x>{_NAME})(?=\s*(?:[,.;:!]|$))",
    )
)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What must not be touched or used; with ``place``: the thing that must not be put there.

    ``apart`` is how far (m) the hand stays away from the thing, 0 if it must not touch it; None: it is only not chosen.
    """

    thing: Named
    place: Named | None = None
    apart: float | None = None


def without_exclusions(text: str) -> tuple[str, tuple[Exclusion, ...]]:
    """``text`` in plain form without its prohibitions, and the prohibitions; ("", ()) without any."""
    plain, found = normalise(text), []
    if len(plain) > MOST_CHARS:
        return "", ()
    for form in _FORMS:
        while (match := form.search(plain)) is not None:
            said = match.groupdict()
            thing, place = said.get("x") or said.get("a") or "", said.get("b")
            named, where = read_name(tokens(thing)), read_name(tokens(place)) if place else None
            if named is None or (place and where is None):
                return "", ()
            found.append(Exclusion(named, where, _apart(said)))
            rest = plain[match.end() :]
            if place:  # "don't put the red block in the blue bowl, put it in the pink one"
                rest = re.sub(r"\bit\b", thing, rest, count=1)
            plain = f"{plain[: match.start()]}{'' if rest.lstrip()[:1] in tuple(',.;:!') else ' '}{rest}"
    plain = re.sub(r"(?:^[\s,.;:!-]+|(?<=[,.;:!])(?:\s*[,.;:!])+)", "", plain)
    plain = re.sub(r"^(?:but|rather|instead|just|and|so|(?:while|when|as) (?:you|we)(?: are)?)\b[\s,]*", "", plain)
    return (" ".join(plain.split()), tuple(found)) if found else ("", ())


def order_beside(text: str) -> str:
    """The order that ``text`` gives beside its prohibitions; "" without one, or where it may belong to them.

    It begins the text or has a verb: "don't touch the red block and the green block in the bowl" orders nothing.
    """
    rest, _ = without_exclusions(text)
    begins = bool(rest) and normalise(text).lstrip().startswith(rest[: len(rest) // 2])
    return rest if begins or _ORDERING.intersection(tokens(rest)) else ""


def _apart(said: Mapping[str, str | None]) -> float | None:
    """How far (m) the hand stays away from the thing of a match."""
    if "touch" in said:
        return 0.0
    if "away" not in said:
        return None
    length = said.get("by") or said.get("gap")
    if length is None:
        return AWAY_M
    number, unit = re.match(r"([\d.]+) ?(\w+)", length).groups()  # type: ignore[union-attr]
    return float(number) * next(m for start, m in _METRES.items() if unit.startswith(start))


def keeps(steps: Sequence[Subtask], exclusions: Sequence[Exclusion], scene: Scene) -> bool:
    """Whether ``steps`` obey all ``exclusions``."""
    for exclusion in exclusions:
        things = {o.id for o in matching(exclusion.thing, scene)}
        places = {o.id for o in matching(exclusion.place, scene)} if exclusion.place is not None else None
        for step in steps:
            if step.is_of_arm:  # it touches nothing
                continue
            if places is None and things & {step.object_id, step.reference_id}:
                return False
            if places is not None and step.object_id in things and step.reference_id in places:
                return False
    return True
