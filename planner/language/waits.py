"""Instructions that begin when something has come about: "when I'm ready, put …", "put … once the phone rings"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sayso.planner.corrections.text import normalise
from sayso.planner.corrections.words import COLORS
from sayso.planner.plan import Answer, Plan, Subtask, Verb
from sayso.planner.watch.atoms import Elapsed, Told
from sayso.planner.watch.wait import Wait

_WHEN = r"(?:once|when|as soon as|the moment)"
_THEN = r"(?:,? (?:and )?then|,)(?: please)? "
_TIME = r"(?P<number>\d+(?:\.\d+)?|one|two|three|five|ten|twenty|thirty) ?(?P<unit>s|secs?|seconds?|min|minutes?)\b"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"^(?:please )?(?:wait|hold on)(?: for)? {_TIME}(?:{_THEN}|,? and |,? before you )(?P<rest>.+)$",
        rf"^(?:in|after) {_TIME},? (?P<rest>.+)$",
        rf"^(?P<rest>.+?),? (?:but )?(?:in|after) {_TIME}$",
        rf"^(?:please )?(?:{_WHEN}|wait (?:until|till)) (?P<event>[^,;]+?){_THEN}(?P<rest>.+)$",
        rf"^(?P<rest>.+?),? (?:but )?(?:only )?{_WHEN} (?P<event>[^,;]+)$",
    )
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "twenty": 20, "thirty": 30}
_SEEN = re.compile(rf"^you|\b(?:{'|'.join(COLORS)}|blocks?|cubes?|bowls?|it|one|ones|hand|gripper|table|empty|full)\b")
_YOU = (
    (r"\bim\b", "you are"), (r"\bi am\b", "you are"), (r"\bi was\b", "you were"), (r"\bive\b", "you have"),
    (r"\bi\b", "you"), (r"\bmy\b", "your"), (r"\btell you\b", "tell me"), (r"\bgive you\b", "give me"),
)  # fmt: skip


def waited(instruction: str, done: Sequence[Subtask], plan: Callable[[str], Answer]) -> Answer | None:
    """The plan of an instruction that waits first, made by ``plan`` of the rest; None for other instructions.

    What the scene shows is left to the reader: here a person tells when it has come about.
    """
    text = normalise(instruction).strip(" .!")
    for form in _FORMS:
        if (match := form.match(text)) is None:
            continue
        said = match.groupdict()
        event, number = said.get("event"), said.get("number")
        if event is not None and (_SEEN.search(event) or len(event.split()) < 2):
            continue
        answer = plan(said["rest"])
        if not isinstance(answer, Plan):
            continue
        if number is not None:
            seconds = float(_NUMBERS.get(number, number)) * (60 if said["unit"].startswith("m") else 1)
            wait = Wait(f"{seconds:g} s have passed", Elapsed(seconds))
        else:
            assert event is not None
            wait = Wait(as_heard(event), Told(event))
        return answer if any(s.wait == wait for s in done) else Plan((Subtask(Verb.WAIT, "", "", wait=wait),))
    return None


def as_heard(event: str) -> str:
    """What a person says of themselves, as the robot says it: "i say so" is "you say so"."""
    out = normalise(event)
    for mine, yours in _YOU:
        out = re.sub(mine, yours, out)
    return out
