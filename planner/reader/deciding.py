"""From what the meanings of an instruction come to, to one answer: carry it out, ask, or say why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from sayso.planner.language.exclusions import order_beside, without_exclusions
from sayso.planner.language.modality import Doubt, Modality, doubts
from sayso.planner.plan import Answer, Plan, Question, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import unread, values_in
from sayso.planner.reader.understanding import CERTAIN, DOUBTFUL, SURE, Option, weighed
from sayso.planner.task.english import said
from sayso.planner.task.text import write
from sayso.planner.task.values import But, Choose, Either, If, Non, Once, Remark, Task, Until, Utterance, Wait, With

REMARKED = 0.05
"""What the probability of a remark counts where a person tells an idle arm what may be an order: the reader was trained
on the remarks of people who watch a moving arm."""
LIMITED = (With, If, Once, Until, Either, Choose, Wait)
"""Values that limit a task or leave a choice."""


def as_instruction(instruction: str, meanings: Sequence[Meaning]) -> list[Meaning]:
    """The ``meanings`` of a sentence said to an idle arm, most probable first: remarks count less, but for a sentence
    with a clause that is no plain order."""
    if doubts(instruction):
        return list(meanings)
    shares = [m.probability * (REMARKED if isinstance(m.value, Remark) else 1.0) for m in meanings]
    scale = sum(m.probability for m in meanings) / (sum(shares) or 1.0)
    weighed = [replace(m, probability=share * scale) for m, share in zip(meanings, shares, strict=True)]
    return sorted(weighed, key=lambda m: -m.probability)


def decided(instruction: str, found: Sequence[Option]) -> Answer:
    """The answer to ``instruction``, by what its meanings come to; ``found`` has at least one, most probable first."""
    limited = _limited(instruction, found)
    best = weighed(limited)[0]
    needed = _needed(instruction, best)
    if needed > SURE:  # what the scene belies may still be what was said
        best = limited[0]
        needed = _needed(instruction, best)
    if not isinstance(best.answer, Plan) or best.probability >= needed:
        return best.answer
    if isinstance(best.meaning, Task):
        return Question(f"Do you mean: {said(best.meaning)}?", ("yes", "no"), (write(best.meaning), ""))
    return Question(f"Did you say: {said(best.meaning)}?")


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
    """The probability from which a plan is carried out: more where something denies, limits or offers a choice.

    A plan needs more if no part of its meaning answers such words, or if a clause is no plain order or forbids
    something; with both it is never carried out unasked.
    """
    forbids = bool(without_exclusions(instruction)[1])
    if forbids and not order_beside(instruction):
        return inf
    doubted = bool(_open(instruction, option.meaning)) or forbids
    if any(isinstance(v, LIMITED) for v in values_in(option.meaning)):
        denied = any(d.modality is Modality.NEGATED for d in doubts(instruction))
        doubted = denied and not order_beside(instruction)  # other limits are in the task
    silent = unread(instruction, option.meaning)
    return inf if doubted and silent else DOUBTFUL if silent else CERTAIN if doubted else SURE


_EXCEPTS = frozenset({"except", "excepting", "apart", "other", "aside", "minus", "all", "everything", "without"})


def _open(instruction: str, meaning: Utterance) -> list[Doubt]:
    """The clauses that are no plain orders, but for exceptions that the ``meaning`` has."""
    excepted = any(isinstance(value, But | Non) for value in values_in(meaning))
    return [d for d in doubts(instruction) if not (excepted and d.modality is Modality.NEGATED and d.cue in _EXCEPTS)]


def ends(steps: Sequence[Subtask]) -> list[tuple[object, ...]]:
    """What the steps do, whatever their order; places and distances to 2 cm, and waits whatever their words."""
    return sorted(
        (
            str(s.verb), s.object_id, str(s.relation), str(s.reference_id), *_cells(s.distance),
            *_cells(*(s.point or ())), *_cells(*(s.way or ())), *((str(s.place_name),) if s.verb is Verb.GO else ()),
        )
        if s.wait is None
        else (str(s.verb),)
        for s in steps
    )  # fmt: skip


def _cells(*lengths: float | None) -> tuple[int, ...]:
    return tuple(round(x / 0.02) for x in lengths if x is not None)
