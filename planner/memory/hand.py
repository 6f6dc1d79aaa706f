"""Sentences about the hand alone: "what are you holding?", "drop it"."""

from __future__ import annotations

import re

from sayso.perception.scene import Scene
from sayso.planner.interpreter.answers import would_drop
from sayso.planner.language.grounding import the
from sayso.planner.memory.looking import asked
from sayso.planner.plan import Refusal, Reply

EMPTY = "I hold nothing."
_HAND = r"(?:your|the) (?:hand|gripper|claw|fingers|grip|grasp)"
_HOLD = "(?:holding|hold|carrying|carry|gripping)"
_ASKS = re.compile(
    rf"(?:what|which \w+) (?:are|do) you (?:still |now )?{_HOLD}"
    rf"|what(?:['’]s| is)(?: it)?(?: that is)? (?:still |now )?in {_HAND}"
    rf"|what (?:do you have|have you(?: got)?) in {_HAND}"
    rf"|(?:are|do) you (?:still |now )?{_HOLD} (?:anything|something)"
    rf"|(?:is|do you have|have you(?: got)?)(?: there)? (?:anything|something) in {_HAND}",
    re.I,
)
_ASKS_EMPTY = re.compile(rf"(?:is|are) {_HAND} (?P<state>empty|free|full)", re.I)
_IT = "(?:it|that|this|them|the thing|what(?:ever)? you(?:['’]re| are)? (?:hold|holding|have))"
_DROPS = re.compile(rf"(?:just )?drop {_IT}(?: now)?", re.I)
_LETS_GO = re.compile(rf"(?:just )?(?:let go of {_IT}|(?:release|lose) {_IT}|let {_IT} go)(?: now)?", re.I)


def of_hand(sentence: str, scene: Scene) -> Reply | None:
    """The answer to a question what the hand holds; None for any other sentence."""
    plain, held = asked(sentence) or "", scene.find(scene.held)
    told = EMPTY if held is None else f"I hold {the([held])}."
    if found := _ASKS_EMPTY.fullmatch(plain):
        return Reply(f"{'Yes' if (held is None) is (found['state'].casefold() != 'full') else 'No'}: {told}")
    return Reply(told) if _ASKS.fullmatch(plain) else None


def let_go(sentence: str, scene: Scene) -> Refusal | None:
    """The answer to an order to let go that an empty hand cannot obey, or to drop what is held; None for others."""
    plain, held = asked(sentence) or "", scene.find(scene.held)
    drops = _DROPS.fullmatch(plain) is not None
    if held is None:
        return Reply(EMPTY) if drops or _LETS_GO.fullmatch(plain) else None
    return would_drop(held) if drops else None
