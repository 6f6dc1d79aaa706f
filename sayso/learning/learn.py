"""Learns a motion planner from corrected attempts: lessons, candidate, gate, promotion. The policy stays frozen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import UserError
from sayso.learning.attempt import Attempt
from sayso.learning.gate import Check, Checked, Gate
from sayso.learning.lessons import Lesson, columns, lessons_of
from sayso.learning.rehearsal import WORLDS, rehearsal
from sayso.learning.versions import Versions
from sayso.model_store import Card, ModelStore, write_card
from sayso.sim.arms.own_arm import name_of
from sayso.skills.features import known_features
from sayso.skills.onnx_model import open_model

LEAST_ATTEMPTS = 3
"""From fewer attempts one slip of the tongue would become a habit."""
Progress = Callable[[str, int, int, float], None]


@dataclass(frozen=True, slots=True)
class Learned:
    """A candidate: its file, card, what it was made from, and how long that took (s)."""

    model: Path
    card: Card
    lessons: int
    corrections: int
    seconds: float


def arm_of(attempts: Sequence[Attempt]) -> str:
    """The name of the arm of all ``attempts``. Raises `UserError` for several arms or none."""
    arms = sorted({attempt.opening.arm for attempt in attempts})
    if len(arms) != 1:
        raise UserError(f"runs of one arm are needed; these are of {', '.join(arms) or 'none'}")
    return arms[0]


def simulated_arm_of(attempts: Sequence[Attempt]) -> str:
    """The simulated arm in which a candidate is tried. Raises `UserError` for runs of a real arm."""
    from sayso.backends.simulated_arms import simulated_arm

    for robot in sorted({attempt.opening.robot for attempt in attempts}):
        if (arm := simulated_arm(robot)) is not None:
            return arm
    raise UserError(
        "a candidate is tried in simulation first, and none of these runs is simulated: learn rules alone from them, "
        "with --rules-only"
    )


def lessons_for_learning(attempts: Sequence[Attempt]) -> list[Lesson]:
    """The lessons of ``attempts``. Raises `UserError` if too few attempts have a correction that counts."""
    lessons = lessons_of(attempts)
    corrected = {lesson.attempt for lesson in lessons if lesson.correction is not None}
    if len(corrected) < LEAST_ATTEMPTS:
        good = sum(attempt.succeeded for attempt in attempts)
        raise UserError(
            f"{len(corrected)} of {len(attempts)} attempts ({good} succeeded) have a correction of a motion to learn "
            f"from; at least {LEAST_ATTEMPTS} are needed"
        )
    return lessons


def candidate(
    attempts: Sequence[Attempt], lessons: Sequence[Lesson], store: ModelStore, arm: str, work: Path, *,
    workers: int = 2, steps: int = 1200, worlds: int = WORLDS, progress: Progress = lambda *_: None,
) -> Learned:  # fmt: skip
    """Train a motion planner on ``lessons``, from the one in use on, into ``work``; its card names the runs."""
    from sayso.planner.training.relearn import relearn

    began, name = time.monotonic(), f"motion-{name_of(arm)}"
    before, policy = store.file(name), store.file(f"policy-{name_of(arm)}")
    known = rehearsal(work, arm, policy, before, workers, worlds, progress)
    features, corrected = columns(lessons)
    taken = known_features(open_model(before))
    features, known = features[:, taken], known[:, taken]
    if features.shape[1] != known.shape[1]:
        raise UserError(f"the runs have {features.shape[1]} features a moment, {name} takes {known.shape[1]}")
    out = work / "candidate" / f"{name}.onnx"
    out.parent.mkdir(parents=True, exist_ok=True)
    fitted = relearn(
        before, out, features, [lesson.motion for lesson in lessons], corrected, known, steps=steps,
        progress=lambda step, n, loss: progress(f"{name} (loss {loss:.3f})", step, n, loss),
    )  # fmt: skip
    said = {(lesson.attempt, lesson.correction.number) for lesson in lessons if lesson.correction is not None}
    scores = {
        "loss": round(fitted.loss, 5), "onnx_parity": fitted.parity, "samples": len(lessons),
        "corrections": len(said), "attempts": len(attempts),
    }  # fmt: skip
    runs = " ".join(str(attempt.folder) for attempt in attempts[:3]) + (" …" if len(attempts) > 3 else "")
    card = write_card(
        out, f"sayso learn {runs}", "recorded attempts", scores,
        predecessor=store.card(name).digest, attempts_digests=sorted(attempt.digest for attempt in attempts),
    )  # fmt: skip
    return Learned(out, card, len(lessons), len(said), time.monotonic() - began)


def with_candidate(store: ModelStore, learned: Learned, work: Path) -> Path:
    """A folder of models for the gate: those in use, with the candidate in the place of its predecessor."""
    return models_folder(store, work / "tried", {learned.card.name: learned.model})


def models_folder(store: ModelStore, folder: Path, other: dict[str, Path]) -> Path:
    """Make ``folder`` hold the models in use, as links, those of ``other`` by name in their place."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in store.names():
        model = other.get(name, store.file(name)).absolute()
        for source in (model, model.with_suffix(".json")):
            _link(folder / f"{name}{source.suffix}", source)
    for extra in store.root.glob("*.json"):
        if not (folder / extra.name).exists():
            _link(folder / extra.name, extra.absolute())
    return folder


def _link(link: Path, source: Path) -> None:
    link.unlink(missing_ok=True)  # an interrupted run may have left a link to a folder that has gone
    link.symlink_to(source)


def judge(
    learned: Learned, store: ModelStore, checks: Sequence[Check], work: Path, workers: int = 2,
    progress: Progress = lambda *_: None, kept: Path | None = None,
) -> list[Checked]:  # fmt: skip
    """Send the candidate through the gate; the file ``kept`` keeps the trials, by default one in ``work``."""
    before = models_folder(store, work / "before", {})
    gate = Gate(checks, kept or work / "gate.jsonl", workers, progress)
    return gate.judge(
        (store.card(learned.card.name).digest, before), (learned.card.digest, with_candidate(store, learned, work))
    )


def promote(learned: Learned, store: ModelStore, found: Sequence[Checked]) -> int:
    """Make the candidate the version in use; return its number. Raises `UserError` if the gate did not pass it."""
    if not found or any(check.problem for check in found):
        raise UserError("the gate has not passed this candidate")
    if store.learned is None:
        raise UserError("there is no folder for learned models: this user has no home; set HOME")
    return Versions(store.learned, learned.card.name).promote(learned.model, "; ".join(map(str, found)))
