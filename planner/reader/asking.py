"""How much the robot asks: from one reading in doubt to every instruction, by one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.perception.scene import Scene
from sayso.planner.as_task import doing
from sayso.planner.interpreter.answers import ABILITIES
from sayso.planner.plan import Answer, Plan, Question, Refusal
from sayso.planner.reader.deciding import ends
from sayso.planner.reader.doubt import unread
from sayso.planner.reader.understanding import SURE, Option
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.text import write
from sayso.planner.task.values import Task

YES_NO = ("yes", "no")
GUESSED = 0.25
"""From this probability on the robot offers its best guess instead of only saying what it is able to do."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How much the robot asks before it acts; ``caution`` is -1 (never) to 1 (always), 0 is usual.

    Above 0 the robot also asks before a plan whose probability by the learned reader is below ``caution``. Below 0 it
    carries out the most probable plan from the probability 1 + ``caution`` on instead of asking, unless a "not", an
    "if" or an "or" would go unheard. What cannot be done without an answer is asked about at every setting.
    """

    caution: float = 0.0

    def __post_init__(self) -> None:
        if not -1.0 <= self.caution <= 1.0:
            raise ValueError(f"caution is between -1 and 1, not {self.caution:g}")

    def applied(self, sentence: str, answer: Answer, found: Sequence[Option], scene: Scene) -> Answer:
        """``answer`` to ``sentence``, or the question or plan in its place; ``found`` has the most probable first."""
        answer = _offered(sentence, _answerable(answer, found), found, scene)
        if isinstance(answer, Plan):
            return self._asked(answer, found, scene) if answer.subtasks and self.caution > 0 else answer
        if self.caution >= 0 or not found or not isinstance(answer, Question):
            return answer
        best = found[0]
        dared = isinstance(best.answer, Plan) and best.probability >= 1.0 + self.caution
        return best.answer if dared and not unread(sentence, best.meaning) else answer

    def _asked(self, plan: Plan, found: Sequence[Option], scene: Scene) -> Answer:
        sure = sum(o.probability for o in _same(plan, found))
        return plan if sure >= self.caution and self.caution < 1.0 else asked_first(plan, found, scene)


def asked_first(plan: Plan, found: Sequence[Option], scene: Scene, why: str = "") -> Question:
    """The question whether ``plan`` is meant; ``found`` are the readings, ``why`` stands before the question."""
    read = (o.meaning for o in _same(plan, found) if isinstance(o.meaning, Task))
    task = next(read, None) or doing(plan.subtasks, scene, exactly=True)
    if task is None:
        return Question(f"{why} What shall I do?".lstrip())
    return Question(f"{why} Do you mean: {said(without_ids(task))}?".lstrip(), YES_NO, (write(task), ""))


def _same(plan: Plan, found: Sequence[Option]) -> list[Option]:
    mine = ends(plan.subtasks)
    return [o for o in found if isinstance(o.answer, Plan) and ends(o.answer.subtasks) == mine]


def _offered(sentence: str, answer: Answer, found: Sequence[Option], scene: Scene) -> Answer:
    """``answer``, or in place of one that helps nobody the question whether the best guess is meant."""
    lost = isinstance(answer, Refusal) and answer.reason.endswith(ABILITIES)
    lost |= isinstance(answer, Question) and not answer.options
    best = found[0] if found else None
    if not lost or best is None or not isinstance(best.answer, Plan) or best.probability < GUESSED:
        return answer
    if unread(sentence, best.meaning):
        return answer
    return asked_first(best.answer, found, scene, "I am not sure that I understand.")


def _answerable(answer: Answer, found: Sequence[Option]) -> Answer:
    """``answer``, or in place of a question the most probable reading's, if only that knows what its options make.

    That reading must be sure, or offer the same things.
    """
    if not isinstance(answer, Question) or answer.answers or not found:
        return answer
    other = found[0].answer
    if not isinstance(other, Question) or not other.answers:
        return answer
    same = set(other.options) == set(answer.options)
    return other if same or found[0].probability >= SURE else answer
