"""Two readers of an instruction: rules over labelled words, and the learned reader. Neither acts against the other.

What the rules cannot read, the learned reader may, if it is certain. Where the rules have a plan and the learned reader
is certain of something else, the robot asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sayso.planner.language.exclusions import without_exclusions
from sayso.planner.language.modality import doubts
from sayso.planner.plan import Answer, Plan, Question, Subtask
from sayso.planner.reader.doubt import unread, values_in
from sayso.planner.reader.understanding import CERTAIN, DOUBTFUL, Option
from sayso.planner.task.english import said
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    Ask,
    Choose,
    Either,
    If,
    Once,
    Remark,
    Rule,
    Task,
    Unable,
    Unclear,
    Until,
    Wait,
    With,
)

LIMITED = (With, If, Once, Until, Either, Choose, Wait)
"""Values that limit a task or leave a choice."""


def weighed(instruction: str, by_rules: Answer, found: Sequence[Option]) -> Answer:
    """The answer to ``instruction``: ``by_rules``, or what the learned reader ``found``, most probable first."""
    best = found[0]
    if best.probability < (DOUBTFUL if unread(instruction, best.meaning) else CERTAIN):
        return by_rules
    doubted = bool(doubts(instruction)) or bool(without_exclusions(instruction)[1])
    if doubted and isinstance(best.answer, Plan) and not any(isinstance(v, LIMITED) for v in values_in(best.meaning)):
        return by_rules  # the rules doubt that this is a plain order, and the reader reads one
    if not isinstance(by_rules, Plan):
        return best.answer if isinstance(best.answer, Plan) or isinstance(best.meaning, Ask | Rule) else by_rules
    if isinstance(best.meaning, Remark | Unclear | Unable | Ask):
        return by_rules  # the rules know what is no order, and a reader trained on many remarks finds too many
    if isinstance(best.answer, Plan) and ends(best.answer.subtasks) == ends(by_rules.subtasks):
        return replace(by_rules, constraints=by_rules.constraints or best.answer.constraints)
    mine = "; ".join(map(str, by_rules.subtasks)) or "nothing"
    other = said(best.meaning)
    text = (
        f"Do you mean: {other}? I was about to {mine}." if isinstance(best.meaning, Task) else f"Did you say: {other}?"
    )
    task = write(best.meaning) if isinstance(best.answer, Plan) else ""
    return Question(text, (other, mine), (task, "")) if task else Question(text)


def ends(steps: Sequence[Subtask]) -> list[tuple[object, ...]]:
    """What the steps do, whatever their order."""
    return sorted((str(s.verb), s.object_id, str(s.relation), str(s.reference_id)) for s in steps)
