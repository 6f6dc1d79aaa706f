"""Checks for every planner: a cry is never a task, and no subtask does what the instruction forbids."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.checks.threats import threatens
from sayso.planner.corrections.objects import Named, read_name
from sayso.planner.corrections.text import cries_out, tokens
from sayso.planner.corrections.words import words
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.language.exclusions import keeps, without_exclusions
from sayso.planner.language.held_to import held_to
from sayso.planner.language.modality import Doubt, Modality, doubts
from sayso.planner.language.modality_words import FORM_OF
from sayso.planner.language.nothing import asks_for_nothing
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Subtask

STILL = "I hold still. Tell me what to do when there is no danger."
_NOTHING = "You ask me to do nothing, so I leave everything as it is."
_NO_WORDS = "I find no words in that, so I leave everything as it is."
_RELATIONS = words("in into inside on onto top beside behind next left right front by near under to from")
_LONGEST_NAME = 4


def refused_at_once(instruction: str) -> Refusal | None:
    """The refusal of a threat, a cry, of an instruction without a task or without words; None for all others."""
    if threatens(instruction):
        return Refusal(UNSAFE)
    if cries_out(instruction):
        return Refusal(STILL)
    if not tokens(instruction):
        return Refusal(_NO_WORDS)
    return Refusal(_NOTHING) if asks_for_nothing(instruction) else None


def objection(instruction: str, plan: Plan, scene: Scene) -> str | None:
    """A question about the first subtask that a negation in ``instruction`` may forbid; None without one."""
    rest, exclusions = without_exclusions(instruction)
    others = _named_things([e.thing for e in exclusions if e.thing.other], scene, _things_in(rest, scene))
    plain = [e for e in exclusions if not e.thing.other]
    for step in plan.subtasks:
        if not keeps((step,), plain, scene) or others & {step.object_id, step.reference_id}:
            return f"You said what not to do, and I was about to {step}. Shall I?"
    text = rest if exclusions else instruction
    for doubt in doubts(text):
        if doubt.modality is Modality.NEGATED and any(_bears_on(doubt, text, s, scene) for s in plan.subtasks):
            return doubt.question
    return None


def _bears_on(doubt: Doubt, text: str, step: Subtask, scene: Scene) -> bool:
    """Whether ``step`` handles the negated objects: both if a relation joins them, else any.

    A negated action without an object ("don't stack them") bears on every step.
    """
    said = tokens(text[doubt.start : doubt.reach])
    named = _names(said)
    if not named:
        return any(w in FORM_OF for w in said)
    elsewhere = f"{text[: doubt.start]}, {text[doubt.reach :]}"
    things = _named_things(named, scene, _things_in(elsewhere, scene))
    hit = [i for i in (step.object_id, step.reference_id) if i in things]
    return len(hit) >= (2 if len(named) > 1 and _RELATIONS.intersection(said) else 1)


def _names(said: Sequence[str]) -> list[Named]:
    out: list[Named] = []
    i = 0
    while i < len(said):
        for n in range(min(_LONGEST_NAME, len(said) - i), 0, -1):
            found = read_name(said[i : i + n])
            if found is not None and (found.kind or found.color) and said[i + n - 1] not in _RELATIONS:
                out.append(found)
                break
        else:
            n = 1
        i += n
    return out


def _things_in(text: str, scene: Scene) -> set[str]:
    return _named_things([n for n in _names(tokens(text)) if not n.other], scene, set())


def _named_things(named: Sequence[Named], scene: Scene, elsewhere: set[str]) -> set[str]:
    """Ids of the objects that fit the names; "the other blocks" excludes the ids in ``elsewhere``."""

    def fits(name: Named, thing: SceneObject) -> bool:
        right = name.kind in (None, thing.kind) and name.color in (None, thing.color)
        return right and not (name.other and thing.id in elsewhere)

    return {o.id for name in named for o in scene.objects if fits(name, o)}


class Heeding(Planner):
    """Wraps any ``planner``: cries and empty instructions are refused first, a forbidden subtask becomes a question."""

    def __init__(self, planner: Planner) -> None:
        self.planner, self.name = planner, planner.name
        self.remote = bool(getattr(planner, "remote", False))

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """The planner's answer, checked."""
        refusal = refused_at_once(instruction)
        if refusal is not None:
            return refusal
        self.planner.viewpoint_yaw, self.planner.here = self.viewpoint_yaw, self.here
        answer = self.planner.plan(instruction, scene, done=done, deadline_s=deadline_s)
        asks = objection(instruction, answer, scene) if isinstance(answer, Plan) else None
        return held_to(answer, instruction, scene) if asks is None else Question(asks)

    def cancel(self) -> None:
        """Cancel the current question if the planner can."""
        getattr(self.planner, "cancel", lambda: None)()
