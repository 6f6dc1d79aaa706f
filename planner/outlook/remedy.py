"""The remedies for a failing subtask, and the choice among them by what is expected of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.critic import Outlook, Tried
from sayso.planner.plan import Relation, Subtask, Verb


class Remedy(StrEnum):
    """What can be done about a failing subtask, the mildest first."""

    GO_ON = "go on"
    LOOK = "hold and look"
    BACK_OFF = "another motion"
    AGAIN = "again, otherwise"
    CLEAR = "clear the way first"
    NEW_PLAN = "a new plan"
    ASK = "ask"


Expected = Mapping[Cause, Mapping[Remedy, float]]

# What is thought of each remedy before it was tried. One that is missing is not to be had for that cause.
EXPECTED: Expected = {
    Cause.MISSED: {Remedy.AGAIN: 0.80, Remedy.BACK_OFF: 0.60, Remedy.NEW_PLAN: 0.50},
    Cause.SLIPPED: {Remedy.AGAIN: 0.90, Remedy.BACK_OFF: 0.30, Remedy.NEW_PLAN: 0.60},
    Cause.WRONG: {Remedy.NEW_PLAN: 0.80, Remedy.LOOK: 0.50, Remedy.AGAIN: 0.30},
    Cause.GONE: {Remedy.LOOK: 0.60, Remedy.NEW_PLAN: 0.50},
    Cause.BLOCKED: {Remedy.CLEAR: 0.80, Remedy.AGAIN: 0.30, Remedy.NEW_PLAN: 0.50},
    Cause.STUCK: {Remedy.BACK_OFF: 0.50, Remedy.AGAIN: 0.45, Remedy.NEW_PLAN: 0.20},
    Cause.SENSOR: {Remedy.LOOK: 0.60, Remedy.AGAIN: 0.55, Remedy.NEW_PLAN: 0.40},
}
ASKED = 0.25  # a question is worth so much: somebody else must act
WAYS = {
    Remedy.AGAIN: 3
}  # the ways in which a remedy can be tried at one subgoal; others have one, a question any number
TRIED = 0.4  # a remedy that has failed here is expected to help so much less
MARGIN = 0.05  # to go on costs nothing: another remedy must promise so much more

BELIEF = 3.0  # a thought is worth so many tries


def learned(tried: Tried) -> Expected:
    """The expectations of each remedy after what came of it."""
    out: dict[Cause, dict[Remedy, float]] = {}
    for cause, thought in EXPECTED.items():
        seen = {Remedy(name): values for name, values in tried.get(cause.value, {}).items()}
        out[cause] = {
            remedy: (BELIEF * before + seen.get(remedy, (0.0, 0.0))[0]) / (BELIEF + seen.get(remedy, (0.0, 0.0))[1])
            for remedy, before in thought.items()
        }
    return out


Subgoal = tuple[Verb, str, Relation | None, str | None]


def subgoal_of(subtask: Subtask) -> Subgoal:
    """What two tries have in common."""
    return subtask.verb, subtask.object_id, subtask.relation, subtask.reference_id


@dataclass(frozen=True, slots=True)
class Choice:
    """The ``remedy`` and the probability with which it is expected to help; ``nth`` counts its tries here from 0."""

    remedy: Remedy
    expected: float
    nth: int


@dataclass
class WorkingMemory:
    """What was tried for each subgoal of this instruction and has not helped, and what is ``expected`` of remedies."""

    expected: Expected = field(default_factory=lambda: EXPECTED)
    tried: Counter[tuple[Subgoal, Remedy]] = field(default_factory=Counter)

    def choose(self, outlook: Outlook, subtask: Subtask, possible: Iterable[Remedy]) -> Choice:
        """The remedy of which most is expected, among those ``possible`` now, and `Remedy.GO_ON`; it counts as tried.

        The expectations are weighed by the probabilities of the causes.
        """
        subgoal, able = subgoal_of(subtask), set(possible)
        shares = {c: p for c, p in outlook.causes.items() if c is not Cause.NONE}
        whole = sum(shares.values()) or 1.0
        choices = [Choice(Remedy.GO_ON, outlook.succeeds + MARGIN, self.tried[subgoal, Remedy.GO_ON])]
        for remedy in Remedy:
            if remedy not in able or remedy is Remedy.GO_ON:
                continue
            nth = self.tried[subgoal, remedy]
            if remedy is not Remedy.ASK and nth >= WAYS.get(remedy, 1):
                continue
            worth = ASKED if remedy is Remedy.ASK else sum(
                p * self.expected.get(cause, {}).get(remedy, 0.0) for cause, p in shares.items()
            ) / whole  # fmt: skip
            choices.append(Choice(remedy, worth if remedy is Remedy.ASK else worth * TRIED**nth, nth))
        best = max(choices, key=lambda choice: choice.expected)
        self.tried[subgoal, best.remedy] += 1
        return best
