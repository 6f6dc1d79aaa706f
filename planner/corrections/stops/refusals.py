"""Refusals of what is being done ("not the red block in the blue bowl"), and words that begin like one."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.corrections.text import begins_with_stop
from sayso.planner.corrections.words import NEEDS, words
from sayso.planner.language.modality import doubts
from sayso.planner.plan import Subtask

_FORBIDDING = words("dont not never mustnt shouldnt cannot cant avoid stop no")
"""Negations that forbid, where others only tell."""
_BEFORE_A_NEED = words(
    "a an any the much real good great particular earthly such more big to so too that very at all of you ye"
)
_NOT_FORBIDDEN = words("worry worries mind fret fash panic bother be fear ask forget stop halt fuss sweat")
"""What a "don't" before it makes no prohibition of what the arm does: "don't worry", "don't be shy"."""


def refuses(text: str, said: Sequence[str], steps: Sequence[Subtask], scene: Scene) -> bool:
    """Whether ``text``, with the plain words ``said``, forbids something and names only what ``steps`` do."""
    unsure = doubts(text, at_once=True)
    if not unsure or unsure[0].cue.replace("'", "") not in _FORBIDDING:
        return False
    mine = {name.split()[0] for s in steps for name in (s.object_name, s.reference_name) if name}
    named = {o.color for o in scene.objects}.intersection(said)
    return bool(named) and named <= mine


def begins_as_a_refusal(said: Sequence[str]) -> bool:
    """Whether the words begin with "not", a stop word or a cry, unless the "no" forbids nothing ("no worries")."""
    return not _is_mild(said) and (said[:1] == ["not"] or begins_with_stop(said))


def _is_mild(said: Sequence[str]) -> bool:
    """Whether the "no" or "not" that the words begin with forbids nothing: "no need to …", "no worries", "not bad"."""
    after = next((w for w in said[1:] if w not in _BEFORE_A_NEED), "")
    if said[:1] in (["dont"], ["dinnae"], ["never"]):
        return after in _NOT_FORBIDDEN
    useless = said[1:2] == ["use"] and said[2:3] != ["the"]
    return said[:1] in (["no"], ["not"], ["nae"], ["aint"]) and (after in NEEDS or useless)
