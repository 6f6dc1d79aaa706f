"""Parts of the plan left out: "skip the second one", "leave the last one out", "don't go home at the end"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.as_task import doing
from sayso.planner.corrections.correction import Correction, goal_of
from sayso.planner.corrections.text import tokens
from sayso.planner.plan import Subtask, Verb

_NUMBERS = ("first", "second", "third", "fourth", "fifth", "sixth")
_WHICH = rf"the (?P<nth>{'|'.join(_NUMBERS)}|next|last)(?: (?:one|thing|item|object|step|part|task|piece|move|put))?"
_SKIP = re.compile(
    r"(?:(?:please|just|ok|okay|now|and|but|oh|actually|you can|you may|can you|could you|lets) )*"
    rf"(?:(?:skip|omit|leave out|miss out|forget|forget about|never mind|dont do|do not do|dont bother with"
    rf"|do not bother with) (?:doing )?{_WHICH}|(?:leave|miss) {_WHICH.replace('nth', 'out')} out)"
    r"(?: (?:please|then|now|thanks|for now|instead))*"
)
_POLITE = (
    r"(?:(?:please|just|ok|okay|now|and|but|oh|no|actually|wait|you can|you may|can you|could you|on second thoughts?)"
    r" )*"
)
_END = (
    r"(?: (?:at the end|in the end|after all|afterwards?|after (?:that|this|it)|any ?more|then|this time|please|thanks"
    r"|now|for now|when you(?: are|re) done))*"
)
_SKIPS = (
    r"(?:skip|omit|leave out|miss out|leave off|forget(?: about)?|never mind|cancel|drop|no need for"
    r"|(?:dont|do not) bother with)(?: the)?"
)
_NOT = (
    r"(?:dont|do not|no need to|you (?:dont|do not) (?:need|have) to|you need ?nt(?: to)?|you need not"
    r"|(?:dont|do not) bother to)"
)
_THERE = r"(?P<thing> (?:at|to|over to|above|over) .+?)?"
_STEPS = (  # the verb, as "skip the …" names it and as "don't …" does
    (Verb.POINT, rf"pointing(?: (?:step|part))?{_THERE}", rf"point{_THERE}"),
    (
        Verb.GO,
        r"(?:(?:going|moving|driving|coming) (?:back )?home|home (?:step|part|move|trip)|(?:trip|way|drive|move) home)",
        r"(?:go|come|drive|move|return) (?:back )?home",
    ),
    (Verb.OVER, rf"going(?: over| there)?{_THERE}", rf"go(?: over)?{_THERE.removesuffix('?')}"),
)  # fmt: skip
_ARM_ALONE = [
    (verb, re.compile(rf"{_POLITE}(?:{_SKIPS} {named}|(?:leave|miss)(?: the)? {other} out|{_NOT} {done}){_END}"))
    for verb, named, done in (
        (verb, named, done.replace("<thing>", "<place>")) for verb, named, done in _STEPS
    )
    for other in (named.replace("<thing>", "<inner>"),)
]  # fmt: skip
"""Moving is not among them: "don't move" is a stop."""


def read_skip_of_arm(text: str, ahead: Sequence[Subtask], scene: Scene, yaw: float = 0.0) -> Correction | None:
    """The correction of ``text`` that leaves out steps of the arm alone of the subtasks ``ahead``; None for all other
    words, and where no such step is ahead."""
    plain = " ".join(word for word in tokens(text) if word != ",")
    for verb, pattern in _ARM_ALONE:
        if (found := pattern.fullmatch(plain)) is None:
            continue
        told = next((words for words in found.groupdict().values() if words), "").split()
        out = [step for step in ahead if step.verb is verb and _is_told(step, told)]
        if out:
            return _without(text, [step for step in ahead if step not in out], scene, yaw)
    return None


def _is_told(step: Subtask, words: Sequence[str]) -> bool:
    """Whether ``words`` may tell the thing of ``step``: all of its name, or none of any."""
    there = {"it", "that", "them", "there"}.intersection(words)
    return not words or bool(there) or set((step.reference_name or "-").split()) <= set(words)


def _without(text: str, left: Sequence[Subtask], scene: Scene, yaw: float) -> Correction:
    """The correction to the steps that are ``left``; the question where they cannot all be said as a task."""
    lost = next((s for s in left if s.is_of_arm and doing([s], scene, True, yaw) is None), None)
    if lost is not None:
        return Correction(text, "ask", f"I cannot leave that out and still {lost}: say the whole instruction")
    return goal_of(text, doing(left, scene, True, yaw))


def read_skip(
    text: str, done: Sequence[Subtask], ahead: Sequence[Subtask], scene: Scene, yaw: float = 0.0
) -> Correction | None:
    """The correction of ``text`` that leaves out a thing by its number in the plan, or a step of the arm alone; None
    for all other words.

    The things count in the order of ``done`` and of the subtasks ``ahead``, of which the first is under way.
    """
    found = _SKIP.fullmatch(" ".join(word for word in tokens(text) if word != ","))
    things = list(dict.fromkeys(step.object_id for step in (*done, *ahead) if step.handles))
    if found is None or not ahead:
        return read_skip_of_arm(text, ahead, scene, yaw)
    left = list(dict.fromkeys(step.object_id for step in ahead if step.handles))
    nth, at = found["nth"] or found["out"], {"next": len(things) - len(left) + 1, "last": len(things) - 1}
    number = at[nth] if nth in at else _NUMBERS.index(nth)
    if number >= len(things):
        return Correction(text, "ask", f"there is no {nth} one: I have only {_counted(len(left))} to do")
    if things[number] not in left:
        name = next(step.object_name for step in done if step.object_id == things[number])
        return Correction(text, "ask", f"the {nth} one is the {name}, which is done already")
    return _without(text, [step for step in ahead if step.object_id != things[number]], scene, yaw)


def _counted(number: int) -> str:
    return "one thing" if number == 1 else f"{number} things"
