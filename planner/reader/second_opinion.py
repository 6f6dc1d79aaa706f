"""Two readers of an instruction together: rules over labelled words, and the learned reader.

Each plan gets the learned reader's probability, and a share more if the rules have the same plan. The robot carries out
the best plan if it is probable enough; where the rules have another, it asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from sayso.planner.language.exclusions import without_exclusions
from sayso.planner.language.modality import doubts
from sayso.planner.plan import Answer, Plan, Question, Subtask
from sayso.planner.reader.doubt import unread, values_in
from sayso.planner.reader.understanding import CERTAIN, DOUBTFUL, SURE, Option
from sayso.planner.room import DIRECTIONS
from sayso.planner.task.english import said
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    Ask,
    Beside,
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

AGREED = 0.35
"""What the rules' plan adds to the probability of the same plan."""
LIMITED = (With, If, Once, Until, Either, Choose, Wait)
"""Values that limit a task or leave a choice."""


def weighed(instruction: str, by_rules: Answer, found: Sequence[Option]) -> Answer:
    """The answer to ``instruction``: ``by_rules``, or what the learned reader ``found``, most probable first."""
    mine = by_rules.subtasks if isinstance(by_rules, Plan) else ()
    found = _limited(instruction, found)
    weights = [o.probability + AGREED * _same(o, mine) for o in found]
    weight, best = max(zip(weights, found, strict=True), key=lambda one: one[0])
    agreed = _same(best, mine)
    if weight < _needed(instruction, best):
        return by_rules if not mine or agreed or best.probability < SURE else _asked(best, by_rules)
    if agreed and isinstance(best.answer, Plan) and isinstance(by_rules, Plan):
        return replace(best.answer, constraints=best.answer.constraints or by_rules.constraints)
    if not isinstance(by_rules, Plan):
        return best.answer if isinstance(best.answer, Plan) or isinstance(best.meaning, Ask | Rule) else by_rules
    if isinstance(best.answer, Plan) and best.probability >= CERTAIN and not isinstance(best.meaning, Rule):
        return best.answer
    # A reader trained on many remarks finds too many, and the rules doubt what is reported.
    return by_rules if isinstance(best.meaning, Ask | Remark | Unable | Unclear) else _asked(best, by_rules)


def _limited(instruction: str, found: Sequence[Option]) -> Sequence[Option]:
    """The options ``found``; where the sentence limits something, one with constraints for one that does the same
    without: to obey a limit that nobody set harms less than to drop one."""
    for loose in found:
        if not isinstance(loose.answer, Plan) or not unread(instruction, loose.meaning):
            continue
        for bound in found:
            same = isinstance(bound.answer, Plan) and bound.answer.subtasks == loose.answer.subtasks
            if same and bound.answer.constraints and not unread(instruction, bound.meaning):  # type: ignore[union-attr]
                both = replace(bound, probability=bound.probability + loose.probability)
                return [both, *(o for o in found if o is not loose and o is not bound)]
    return found


def _needed(instruction: str, option: Option) -> float:
    """The weight from which an option is carried out: more where something denies, limits or offers a choice.

    A plan needs more if no part of its meaning answers such words, or if the rules doubt that it is a plain order or
    find a prohibition and no order; silent and doubted it is never carried out unasked.
    """
    if not isinstance(option.answer, Plan):
        return SURE
    limited = any(isinstance(v, LIMITED) for v in values_in(option.meaning))
    order, exclusions = without_exclusions(instruction)
    doubted = not order if limited else bool(doubts(instruction)) or bool(exclusions)
    silent = unread(instruction, option.meaning)
    return inf if doubted and silent else DOUBTFUL if silent else CERTAIN if doubted else SURE


def _same(option: Option, mine: Sequence[Subtask]) -> bool:
    """Whether an option does what the rules plan; "beside" is any side."""
    if not mine or not isinstance(option.answer, Plan):
        return False
    if any(isinstance(v, Beside) for v in values_in(option.meaning)):
        return _roughly(option.answer.subtasks) == _roughly(mine)
    return ends(option.answer.subtasks) == ends(mine)


def _roughly(steps: Sequence[Subtask]) -> list[tuple[object, ...]]:
    return sorted((s.verb, s.object_id, s.relation in DIRECTIONS, str(s.reference_id)) for s in steps)


def _asked(best: Option, by_rules: Answer) -> Question:
    mine = "; ".join(map(str, by_rules.subtasks)) or "nothing" if isinstance(by_rules, Plan) else "nothing"
    other = said(best.meaning)
    if not isinstance(best.meaning, Task):
        return Question(f"Did you say: {other}? I was about to {mine}.")
    task = write(best.meaning) if isinstance(best.answer, Plan) else ""
    text = f"Do you mean: {other}? I was about to {mine}."
    return Question(text, (other, mine), (task, "")) if task else Question(text)


def ends(steps: Sequence[Subtask]) -> list[tuple[object, ...]]:
    """What the steps do, whatever their order; places and distances to 2 cm, and waits whatever their words."""
    return sorted(
        (str(s.verb), s.object_id, str(s.relation), str(s.reference_id), *_cells(s.distance), *_cells(*(s.point or ())))
        if s.wait is None
        else (str(s.verb),)
        for s in steps
    )


def _cells(*lengths: float | None) -> tuple[int, ...]:
    return tuple(round(x / 0.02) for x in lengths if x is not None)
