"""Rollouts for the critic: disturbed and undisturbed runs, recorded moment by moment with what truly happened."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.disturbed.arms import ARMS, NoHindsight, NoSecondLook, Oversight
from sayso.bench.disturbed.errand import NOTHING, TWO_STEPS, errand, watched_by
from sayso.bench.disturbed.moments import Witness, Witnessed, plain, witnessed
from sayso.bench.tasks.things_errands import KNOWN_IN_BOWL, LEARNED
from sayso.bench.tasks.things_errands import errand as thing_errand
from sayso.files import write_atomic
from sayso.planner.execution.critic import State
from sayso.planner.execution.supervisor import SUBTASK_LIMIT_S, Supervisor
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.disturbances.kinds import KINDS
from sayso.sim.table_world import TableWorld

TRAIN_SEED, HELD_OUT_SEED, UNDISTURBED_SEED = 940_000_000, 945_000_000, 946_000_000
THINGS_SEED = 1_000_000  # of rollouts with other things than blocks, beyond those
LOOKED_ON_S = 9.0  # a subtask that fails is looked on for so long
LIMIT_S = 24.0
UNDISTURBED, THINGS_UNDISTURBED = 0.2, 0.25  # of the rollouts with blocks, with other things
HARMED = 0.7  # of the others have a kind of `HARMFUL`
ON_THE_WAY, ON_THE_WAY_S = (
    0.5,
    (3.6, 5.8),
)  # of these happen on the way to the target, when the policy alone cannot help
ALL_ALONG = ("heavy", "noise", "joint-sluggish", "joint-offset", "joint-weak")
HARMFUL = (
    "moved", "knocked", "slip", "exchanged", "replaced", "taken", "target-taken", "target-filled", "camera-bumped",
    "camera-dark", "joint-offset", "joint-weak", "heavy", "noise",
)  # fmt: skip
NOT_DRAWN = (
    "held-fast",
    "out-of-reach",
    "target-out-of-reach",
    "cameras-blocked",
)  # came later: the seeds keep the kinds that they drew before
DRAWN = [kind for kind in KINDS if kind not in NOT_DRAWN]
LOOKED_ON = 0.7  # of the rollouts; in the others the shipped oversight acts


class LooksOn(Supervisor):
    """A subtask fails by its time alone, so that its failure is seen from the beginning to the end."""

    def advance(
        self, state: State, p_failed: float, t: float, lost: str | None = None, doubt: str | None = None,
        shown: bool = False,
    ) -> bool:  # fmt: skip
        """Take "done" that nothing contradicts, and the end of the time."""
        self.patience = LOOKED_ON_S / SUBTASK_LIMIT_S
        done = state is State.DONE and doubt is None and lost is None
        return super().advance(State.DONE if done else State.GOING, 0.0, t, None, None if done else doubt or "not done")


LOOKING_ON = Oversight(LooksOn, NoHindsight, NoSecondLook)


@dataclass(frozen=True, slots=True)
class Rollout:
    """One recorded run of ``plain`` (the instruction as the judge reads it) with the disturbance ``kind``.

    ``started`` is the robot's clock at the start, ``disturbed`` when something was done to the world, on that clock.
    ``objects`` are the true things: kind, color and extents (3,) m by id. ``outcome`` is the robot's belief.
    """

    seed: int
    kind: str
    arm: str
    plain: str
    looked_on: bool
    started: float
    disturbed: tuple[tuple[float, str], ...]
    objects: dict[str, tuple[str, str, tuple[float, float, float]]]
    outcome: str
    done: bool | None
    steps: tuple[tuple[float, str], ...]  # start of each attempt, and how it ended
    seen: tuple[Witnessed, ...] = ()


def kind_of(seed: int, undisturbed: float = UNDISTURBED) -> str:
    """What disturbs the rollout of a seed, as `--disturb` takes it; `NOTHING` for a share ``undisturbed``."""
    rng = np.random.default_rng([seed, 7])
    if rng.random() < undisturbed:
        return NOTHING
    kind = str(rng.choice(HARMFUL if rng.random() < HARMED else DRAWN))
    late = kind not in ALL_ALONG and rng.random() < ON_THE_WAY
    return f"{kind}@{rng.uniform(*ON_THE_WAY_S):.2f}" if late else kind


def rollout(
    seed: int, kind: str, models: Path | None = None, arm: str = "panda", looked_on: bool = True,
    things: str | None = None,
) -> Rollout:  # fmt: skip
    """Carry out one task while ``kind`` happens and record it.

    ``looked_on``: nobody acts on a failure. ``things``: the task is one of this cell of `things_errands`, with a thing
    that is neither block nor bowl.
    """
    name = kind.partition("@")[0]
    if things:
        with_thing = thing_errand(things, seed, arm)
        scene, said, words = with_thing.scene, with_thing.said, with_thing.said
    else:
        case = errand(seed, 2 if name in TWO_STEPS else 1, arm_model(arm).spec.reach)
        scene, said, words = case.scene, case.said, case.plain
    options = Options(listen=False, eyes=things is not None, disturb=(kind,) if name in KINDS else (), limit_s=LIMIT_S)
    with Session(f"sim:{arm}", scene, seed, models=models, options=options) as session:
        watched_by(session, LOOKING_ON if looked_on else replace(ARMS["full"], foresight=False))
        table = session.backend.world  # type: ignore[attr-defined]
        assert isinstance(table, TableWorld)
        witness = Witness(session.executive, table)
        session.runtime.subscribe(witness)
        result = session.run(said)
        session.runtime.unsubscribe(witness)
        truth, began = session.truth, session.began
        steps = tuple((s.began, s.outcome) for s in session.executive.supervisor.steps)
    return Rollout(
        seed, name, arm, words, looked_on, began, tuple((began + d.t, d.what) for d in result.disturbances),
        {name: (o.kind, o.color, tuple(o.size.tolist())) for name, o in truth.items()},  # type: ignore[misc]
        result.outcome, result.success, steps, tuple(witness.seen),
    )  # fmt: skip


def file_of(folder: Path, seed: int) -> Path:
    """Where a rollout is kept."""
    return folder / f"{seed}.json.gz"


def keep(folder: Path, done: Rollout) -> Path:
    """Write a rollout to ``folder``."""
    head = asdict(replace(done, seen=()))
    lines = [json.dumps(head), *(json.dumps(plain(one)) for one in done.seen)]
    folder.mkdir(parents=True, exist_ok=True)
    return write_atomic(file_of(folder, done.seed), gzip.compress("\n".join(lines).encode()))


def kept(file: Path) -> Rollout:
    """Read a rollout that `keep` wrote."""
    first, *lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    head: dict[str, Any] = json.loads(first)
    for name in ("disturbed", "steps"):
        head[name] = tuple(tuple(pair) for pair in head[name])
    head["objects"] = {k: (kind, color, tuple(size)) for k, (kind, color, size) in head["objects"].items()}
    return Rollout(**head | {"seen": tuple(witnessed(json.loads(line)) for line in lines)})


def collect(
    folder: Path, seeds: Sequence[int], models: Path | None = None, arm: str = "panda", kind: str | None = None,
    things: bool = False,
) -> Iterator[Path]:  # fmt: skip
    """Record a rollout of each of the ``seeds`` that ``folder`` has not; ``kind`` None: the seed draws it.

    ``things``: with things that are no blocks, of known families by name among others, and of all that trainings may
    see by turns.
    """
    for seed in seeds:
        if not (file := file_of(folder, seed)).exists():
            looked_on = np.random.default_rng([seed, 8]).random() < LOOKED_ON
            drawn = kind or kind_of(seed, THINGS_UNDISTURBED if things else UNDISTURBED)
            cell = (LEARNED if seed // 2 % 2 else KNOWN_IN_BOWL) if things else None
            file = keep(folder, rollout(seed, drawn, models, arm, looked_on, cell))
        yield file
