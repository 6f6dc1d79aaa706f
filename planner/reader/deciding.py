"""From what the meanings of an instruction come to, to one answer: carry it out, ask, or say why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from sayso.planner.corrections.text import tokens
from sayso.planner.corrections.words import TASK_VERBS, words
from sayso.planner.language.exclusions import order_beside, without_exclusions
from sayso.planner.language.modality import Doubt, Modality, doubts
from sayso.planner.plan import Answer, Plan, Question, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import COLORS, unread
from sayso.planner.reader.understanding import CERTAIN, DOUBTFUL, SURE, Option, weighed
from sayso.planner.task.english import said
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    All,
    But,
    Choose,
    Either,
    If,
    Non,
    Not,
    Once,
    Remark,
    Rest,
    Task,
    Until,
    Untouched,
    Utterance,
    Wait,
    With,
)  # fmt: skip

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
    without, and one with other constraints: to obey a limit that nobody set harms less than to drop one."""
    found = _bound_together(instruction, found)
    for loose in found:
        if not isinstance(loose.answer, Plan) or not unread(instruction, loose.meaning):
            continue
        for bound in found:
            same = isinstance(bound.answer, Plan) and bound.answer.subtasks == loose.answer.subtasks
            if same and bound.answer.constraints and not unread(instruction, bound.meaning):  # type: ignore[union-attr]
                both = replace(bound, probability=bound.probability + loose.probability)
                return [both, *(o for o in found if o is not loose and o is not bound)]
    return found


def _bound_together(instruction: str, found: Sequence[Option]) -> Sequence[Option]:
    """The options ``found``; those that do the same under different constraints as one, which keeps to all of them."""
    first = next((o for o in found if _binds(instruction, o)), None)
    if first is None:
        return found
    assert isinstance(first.answer, Plan)
    same = [
        o
        for o in found
        if _binds(instruction, o) and o.answer.subtasks == first.answer.subtasks  # type: ignore[union-attr]
    ]
    if len(same) < 2:
        return found
    bounds = first.answer.constraints
    for option in same:  # a thing that is kept clear of already is kept clear of as the most probable reading says
        clear = {spared.id for c in bounds for spared in c.clear}
        bounds += tuple(c for c in option.answer.constraints if not {s.id for s in c.clear} <= clear)  # type: ignore
    whole = replace(
        first, answer=replace(first.answer, constraints=bounds), probability=sum(o.probability for o in same)
    )
    return sorted([whole, *(o for o in found if o not in same)], key=lambda o: -o.probability)


def _binds(instruction: str, option: Option) -> bool:
    """Whether ``option`` is a plan that only keeps clear of things, as an answer to what ``instruction`` denies."""
    answer = option.answer
    limits = isinstance(answer, Plan) and bool(answer.constraints) and all(c.clear for c in answer.constraints)
    return limits and answer.ends is None and not unread(instruction, option.meaning)  # type: ignore[union-attr]


def _needed(instruction: str, option: Option) -> float:
    """The probability from which a plan is carried out: more where something denies, limits or offers a choice.

    A plan needs more if no part of its meaning answers such words, or if a clause is no plain order or forbids
    something; with both it is never carried out unasked.
    """
    forbids = bool(without_exclusions(instruction)[1])
    if (forbids and not order_beside(instruction)) or _only_forbids(instruction):
        return inf
    doubted = bool(_open(instruction, option.meaning)) or forbids
    if any(isinstance(v, LIMITED) for v in values_in(option.meaning)):
        denied = any(d.modality is Modality.NEGATED for d in _open(instruction, option.meaning))
        doubted = denied and not order_beside(instruction)  # other limits are in the task
    silent = unread(instruction, option.meaning)
    return inf if doubted and silent else DOUBTFUL if silent else CERTAIN if doubted else SURE


_FORBIDDEN = re.compile(r"\W*(?:please\W+)?(?:do not|don['’]?t|never)\s+\w+\b(?P<rest>[^,.;:!?]*)[.!]*", re.I)

_GOES_ON = TASK_VERBS | words("but just only instead then hand hold pass point show go swap give bring open")


def _only_forbids(instruction: str) -> bool:
    """Whether all that follows a "don't" is what it forbids: "don't touch the red block and the green one"."""
    found = _FORBIDDEN.fullmatch(instruction)
    return found is not None and _GOES_ON.isdisjoint(tokens(found["rest"]))


_EXCEPTS = frozenset({"except", "excepting", "apart", "other", "aside", "minus", "all", "everything", "without"})


_OTHERS = re.compile(r"\b(?:others?|rest|else|remaining|leftovers?)\b", re.I)
_NONE_LEFT = re.compile(r"\b(?:none|nothing|no \w+)\b.*\bleft\b", re.I)


def _of_others(value: object) -> bool:
    """Whether ``value`` spares what the task does not move anyway."""
    thing = value.thing if isinstance(value, Untouched) else None
    excepts = any(isinstance(m, But) for m in getattr(thing, "modifiers", ()))
    return isinstance(thing, Rest) or (isinstance(thing, All) and excepts)


def _open(instruction: str, meaning: Utterance) -> list[Doubt]:
    """The clauses that are no plain orders, but for exceptions that the ``meaning`` has."""
    excepted = [write(value) for value in values_in(meaning) if isinstance(value, But | Non)]
    spares_others = any(map(_of_others, values_in(meaning)))
    empties = any(isinstance(value, Until) and isinstance(value.condition, Not) for value in values_in(meaning))

    def answered(doubt: Doubt) -> bool:
        colors = COLORS.findall(doubt.clause)
        spared = bool(colors) and all(any(color.casefold() in one for one in excepted) for color in colors)
        others = spares_others and _OTHERS.search(doubt.clause) is not None
        left = empties and _NONE_LEFT.search(doubt.clause) is not None
        excused = bool(excepted) and doubt.cue in _EXCEPTS
        return doubt.modality is Modality.NEGATED and (spared or others or left or excused)

    return [d for d in doubts(instruction) if not answered(d)]


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
