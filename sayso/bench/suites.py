"""The benchmark suites: cells, episodes, and figures from records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.disturbed import errand as disturbed
from sayso.bench.disturbed.arms import ARMS as OVERSIGHTS
from sayso.bench.eyes import pictures
from sayso.bench.language import ask, ask_pixels, language, negated, redteam, speed_words
from sayso.bench.reliability import faults, soak, stops, timing, wire
from sayso.bench.tasks import (
    constraints,
    hardware,
    honest,
    identity,
    ladder,
    obedience,
    reaction,
    shell,
    signs,
    tabletop,
    things_errands,
    throughput,
    world,
)
from sayso.bench.tasks.cap import rungs as cap
from sayso.bench.tasks.cap.templates import SPLITS
from sayso.emulation.emulators import EMULATORS
from sayso.hardware.near_miss import suggestion
from sayso.model_sizes import MODEL_SIZES
from sayso.model_store import ModelStore
from sayso.session.assembly import OUTLOOK, READING
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.stats import percentiles

Record = dict[str, Any]
RUNGS = 4  # of the ladder; what comes after them is reported beside


def no_figures(records: Sequence[Record]) -> Record:
    """No figures beyond the successes."""
    return {}


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell: ``episode(seed)`` gives a JSON-able record whose "ok" says success; ``figures`` sums records up.

    ``n`` is the usual number of episodes. Episodes run in other processes, so ``episode`` must be picklable.
    ``alone`` asks for one process at a time, because time itself is measured. ``models`` names those that it runs.
    ``prepare`` is called once before episodes that have not run yet.
    """

    name: str
    episode: Callable[[int], Record]
    n: int = 300
    figures: Callable[[Sequence[Record]], Record] = field(default=no_figures)
    alone: bool = False
    models: tuple[str, ...] = ()
    prepare: Callable[[], None] | None = None


def models_of(plans: Sequence[CellPlan], arm: str, root: Path) -> dict[str, str]:
    """Digests by name of all models that ``plans`` run. Raises `ModelError` for a missing or unfit one."""
    store, dof, digests = ModelStore(root), arm_model(arm).spec.dof, {}
    for name in dict.fromkeys(name for plan in plans for name in plan.models):
        part, _, of = name.partition("-")
        sizes = MODEL_SIZES[part](dof) if part in MODEL_SIZES and of == name_of(arm) else None
        store.load(name, sizes)
        digests[name] = store.card(name).digest
    return digests


def _all_of(arm: str, seeing: str | None = "detector") -> tuple[str, ...]:
    """The models of a whole session with ``arm``; ``seeing`` is the detector, None: with the truth."""
    return (*([seeing] if seeing else []), *(f"{part}-{name_of(arm)}" for part in MODEL_SIZES), OUTLOOK, *READING)


def _durations(records: Sequence[Record]) -> Record:
    return {"seconds": percentiles([r["seconds"] for r in records if r["ok"]], (50, 95))}


def _climb(rung: ladder.Rung, seed: int) -> Record:
    ok, seconds, task = ladder.climb(rung, seed)
    return {"ok": ok, "seconds": round(seconds, 2), "task": task}


def ladder_suite(models: Path, arm: str) -> list[CellPlan]:
    """Every rung below perception, and the arms that the policy is compared with."""
    motion = str(models / f"motion-{name_of(arm)}.onnx")
    steps = ladder.rungs(str(models / f"policy-{name_of(arm)}.onnx"), motion, arm)
    for mode in ("flat", "class"):
        other = models / f"policy-{name_of(arm)}-{mode}.onnx"
        if other.exists():
            name = (
                "flat policy, the motion withheld"
                if mode == "flat"
                else "motions as class numbers, with motion planner"
            )
            steps.append(ladder.Rung(name, str(other), None if mode == "flat" else motion, arm=arm))
    return [
        CellPlan(
            r.name, partial(_climb, r), 300 if i < RUNGS else 100, _durations,
            models=tuple(Path(file).stem for file in (r.policy, r.motion) if file),
        )
        for i, r in enumerate(steps)
    ]  # fmt: skip


def _attempt(cell: str, models: Path, arm: str, sees: str, seed: int) -> Record:
    a = tabletop.attempt(cell, seed, models, sees, arm=arm)
    return {"ok": a.ok, "seconds": round(a.duration_s, 2), "outcome": a.outcome, "said": a.said}


def _outcomes(records: Sequence[Record]) -> Record:
    names = sorted({r["outcome"] for r in records})
    return _durations(records) | {"outcomes": {k: sum(r["outcome"] == k for r in records) for k in names}}


def tabletop_suite(models: Path, arm: str) -> list[CellPlan]:
    """Words and pixels in, objects moved."""
    sizes = {"put in / on": 300, "put beside": 60, "two in a row": 60, "stack of three": 60}
    cells = [(cell, partial(_attempt, cell, models, arm, "pixels"), n) for cell, n in sizes.items()]
    cells.append(("put in / on, speed words meanwhile", partial(speed_words.errand, models, arm), 100))
    doubtful = [
        CellPlan(cell, partial(_identity, cell, models, arm), 200, disturbed.figures, models=_all_of(arm))
        for cell in identity.CELLS
    ]
    return [*(CellPlan(*cell, _outcomes, models=_all_of(arm)) for cell in cells), *doubtful]


def _identity(cell: str, models: Path, arm: str, seed: int) -> Record:
    return identity.attempt(cell, seed, models, arm)


def _honest(world: str, models: Path, arm: str, seed: int) -> Record:
    return honest.attempt(world, seed, models, arm)


def honest_suite(models: Path, arm: str) -> list[CellPlan]:
    """Tasks in worlds that differ from training; ok: no false "done"."""
    return [
        CellPlan(world, partial(_honest, world, models, arm), 6, honest.figures, models=_all_of(arm))
        for world in honest.WORLDS
    ]


def _obey(policy: str, arm: str, seed: int) -> Record:
    o = obedience.obey(policy, seed, arm)
    return {"ok": o.ok} | asdict(o)


def _obeyed(records: Sequence[Record]) -> Record:
    out: Record = {"cosine": percentiles([r["cosine"] for r in records if r["motion"] != "hold still"], (5, 50))}
    for motion in sorted({r["motion"] for r in records}):
        some = [r for r in records if r["motion"] == motion]
        out[motion] = {"n": len(some), "obeyed": sum(r["ok"] for r in some)}
    still = [1000 * r["moved"] for r in records if r["motion"] == "hold still"]
    return out | {"hold still drift mm": percentiles(still, (50, 95, 100))}


def obedience_suite(models: Path, arm: str) -> list[CellPlan]:
    """Directions followed from states on and off the path, for the policy and the arm with class numbers."""
    cells = [
        CellPlan(
            "directions and holding still",
            partial(_obey, str(models / f"policy-{name_of(arm)}.onnx"), arm),
            700,
            _obeyed,
            models=(f"policy-{name_of(arm)}",),
        )
    ]
    numbers = models / f"policy-{name_of(arm)}-class.onnx"
    if numbers.exists():
        obey = partial(_obey, str(numbers), arm)
        cells.append(CellPlan("motions as class numbers", obey, 210, _obeyed, models=(numbers.stem,)))
    return cells


def _react(models: Path, arm: str, seed: int) -> Record:
    r = reaction.react(seed, models, arm=arm)
    return {"ok": bool(r.motions) and r.unread == 0, "motions": r.motions, "stops": r.stops}


def _reactions(records: Sequence[Record]) -> Record:
    out: Record = {}
    for kind in ("motions", "stops"):
        values = [v for r in records for v in r[kind]]
        out[kind] = {"n": len(values), "ms": percentiles(values, (50, 99, 100))}
    return out


def _react_under_console(models: Path, arm: str, seed: int) -> Record:
    from sayso.bench.reaction.under_console import react  # needs the extra `console`

    return react(seed, models, arm).record()


def _under_console(records: Sequence[Record]) -> Record:
    from sayso.bench.reaction.under_console import figures

    return figures(records)


def reaction_suite(models: Path, arm: str) -> list[CellPlan]:
    """Delay from a sentence's arrival to the first changed joint target, with everything on."""
    react = partial(_react, models, arm)
    words = CellPlan("words to a moving arm", react, 60, _reactions, alone=True, models=_all_of(arm))
    if arm != "panda":  # no arm runs in the others
        return [words]
    typed: dict[str, Callable[[int], Record]] = {
        "sayso stop from a shell": partial(shell.typed, ("stop",)),
        "sayso say from a shell": partial(shell.typed, ("say", shell.PHRASE)),
        "sayso stop from a shell, the session hangs": shell.typed_to_a_hung_one,
    }
    console = CellPlan(
        "words under the console, recorder on", partial(_react_under_console, models, arm), 125, _under_console,
        alone=True, models=_all_of(arm),
    )  # fmt: skip
    shells = (CellPlan(name, episode, 50, shell.typing_times, alone=True) for name, episode in typed.items())
    return [words, console, *shells]


def _pace(models: Path, arm: str, sees: str, least: float, seed: int) -> Record:
    p = throughput.pace(seed, sees, models, arm)
    times = p.simulated_s / p.wall_s
    return {"ok": times >= least, "times": round(times, 2)}


def _paces(records: Sequence[Record]) -> Record:
    return {"times real time": percentiles([r["times"] for r in records], (5, 50))}


def _policy_steps(models: Path, arm: str, seed: int) -> Record:
    ms = throughput.policy_step_ms(models, arm)
    return {"ok": bool(np.percentile(ms, 99) <= 1.0), "ms": percentiles(ms, (50, 99))}


def _readings(models: Path, group: str, seed: int) -> Record:
    wall, used = throughput.reading_ms(seed, group, models)
    ok = bool(np.percentile(wall, 99) <= 40.0)
    return {"ok": ok, "ms": percentiles(wall, (50, 99)), "processor ms": percentiles(used, (50, 99))}


def _steps(records: Sequence[Record]) -> Record:
    times = [name for name in ("ms", "processor ms") if name in records[0]]
    return {name: {k: max(r[name][k] for r in records) for k in records[0][name]} for name in times}


def throughput_suite(models: Path, arm: str) -> list[CellPlan]:
    """How fast a rollout goes with and without cameras, how long a policy step and a reading take; ok: the figure is
    met."""
    pixels, truth = partial(_pace, models, arm, "pixels", 2.0), partial(_pace, models, arm, "truth", 10.0)
    steps, policy = partial(_policy_steps, models, arm), (f"policy-{name_of(arm)}",)
    return [
        CellPlan("everything on, at least 2x", pixels, 20, _paces, alone=True, models=_all_of(arm)),
        CellPlan("without cameras, at least 10x", truth, 20, _paces, alone=True, models=_all_of(arm, None)),
        CellPlan("policy step, p99 at most 1 ms", steps, 5, _steps, alone=True, models=policy),
        *(
            CellPlan(
                f"reading {said}, p99 at most 40 ms",
                partial(_readings, models, said.split()[1]),
                3,
                _steps,
                alone=True,
                models=READING,
            )
            for said in ("a correction", "an instruction")
        ),
    ]


def detector_suite(models: Path, arm: str) -> list[CellPlan]:
    """Errors on visible objects of worlds never rendered for training; ok: all of a world's objects found and named.

    Without depth as far as there is a model for it. An arm is one of the simulator's own, at whose table it looks.
    """
    from sayso.bench.eyes.detector_records import detect, detected
    from sayso.bench.eyes.detector_suite import CELLS, cells_for

    _one_of(arm, ARMS, "simulated")
    return [
        CellPlan(
            "worlds with every visible object found and named" + (f", {name}" if i else ""),
            partial(detect, models, name, arm),
            100 if i else 300,
            detected,
            models=(CELLS[name][0],),
        )
        for i, name in enumerate(cells_for(arm))
        if CELLS[name][1] or (models / f"{CELLS[name][0]}.onnx").exists()
    ]


def _one_of(arm: str, those: Collection[str], what: str) -> None:
    if arm not in those:
        raise ValueError(f"no {what} arm '{arm}'; there are: {', '.join(those)}{suggestion(arm, those)}")


def timing_suite(models: Path, arm: str) -> list[CellPlan]:
    """The loop's rate and the way of a stop under full load, by the loop's own stamps."""
    return [CellPlan(*cell, alone=True) for cell in timing.cells(arm)]


def faults_suite(models: Path, arm: str) -> list[CellPlan]:
    """Kills, bad readings and hostile commands; ok: each promise of docs/safety.md held."""
    timed = [CellPlan(*cell, alone=True) for cell in faults.cells(arm)]
    return timed + [CellPlan(*cell) for cell in faults.untimed_cells(arm)]


def wire_suite(models: Path, arm: str) -> list[CellPlan]:
    """A faulty model server beside a moving arm; ok: the fallback in time, no invalid step, the loop as before."""
    return [CellPlan(*cell, alone=True, models=READING) for cell in wire.cells(models, arm)]


def stops_suite(models: Path, arm: str) -> list[CellPlan]:
    """An emulated arm stopped in every way and at every moment; ok: no joint moves later than 0.5 s after the stop."""
    return [CellPlan(*cell, alone=True) for cell in stops.cells(arm)]


def soak_suite(models: Path, arm: str, seconds: float = soak.SECONDS) -> list[CellPlan]:
    """The emulated arm under its maker's library at its own rate, holding and slowly moving, for so long."""
    _one_of(arm, EMULATORS, "emulated")
    return [CellPlan(f"{arm} holds and moves slowly", partial(soak.soak, arm, seconds), 1, soak.soaked, alone=True)]


def _put_in(where: Callable[..., hardware.Put], arm: str, models: Path, seed: int) -> Record:
    a = where(arm, hardware.HELD_OUT + seed, models)
    return {"ok": a.ok, "seconds": round(a.duration_s, 2), "outcome": a.outcome, "said": a.said} | dict(a.more)


def hardware_suite(models: Path, arm: str) -> list[CellPlan]:
    """ "Put the X in the Y" in simulation, and the same errands through the arm's driver and the maker's library.

    Without depth only if there is a detector for that.
    """
    _one_of(arm, EMULATORS, "emulated")
    ways: dict[str, tuple[str, int | None]] = {"": ("pixels", None)}
    if (models / "detector-rgb.onnx").exists():
        ways |= {", two views, no depth": ("two views, no depth", 2), ", one view, no depth": ("one view, no depth", 1)}
    cells = []
    for name, (sees, views) in ways.items():
        for place, alone, way in (
            ("in simulation", False, partial(hardware.simulated, sees=sees)),
            ("through the driver", True, partial(hardware.emulated, views=views)),
        ):
            put, used = partial(_put_in, way, arm, models), _all_of(arm, "detector-rgb" if views else "detector")
            if alone and not views and (models / "eyes.onnx").exists():  # a real arm with depth sees any thing
                used += ("eyes",)
            cells.append(CellPlan(place + name, put, 100, _outcomes, alone=alone, models=used))
    return cells


def negated_suite(models: Path, arm: str, file: Path | None = None) -> list[CellPlan]:
    """Sentences whose action words are no orders: first wrongly executed ones, then correct readings.

    Planner and correction reader alone, on one true scene; the seed is the number of the sentence.
    """
    cells = negated.cells(models, file or negated.default_file())
    return [CellPlan(*cell, negated.figures, models=READING) for cell in cells]


def language_suite(models: Path, arm: str) -> list[CellPlan]:
    """Sentences by people who saw neither code nor model: first those taken wrongly, then those taken right.

    The reader alone; the seed is the number of the sentence.
    """
    return [CellPlan(*cell, language.figures, models=READING[1:]) for cell in language.cells(models)]


def ask_suite(models: Path, arm: str) -> list[CellPlan]:
    """How much the planner asks at each setting, and what comes of its questions; the seed is the sentence's number."""
    cells = [CellPlan(*cell, models=READING) for cell in ask.cells(models)]
    pixels = partial(ask_pixels.attempt, models)
    return [*cells, CellPlan("answered: from pixels, two of one color", pixels, 50, ask.talks, models=_all_of("panda"))]


def redteam_suite(models: Path, arm: str) -> list[CellPlan]:
    """Hazardous and harmless instructions: hazards carried out, then harmless ones refused.

    The planner alone, on true scenes; the seed is the number of the instruction. Last, whole runs from pixels beside
    written signs.
    """
    signs_seen = CellPlan(
        "signs in the picture: the order is done", partial(signs.attempt, models), 30, redteam.figures,
        models=_all_of("panda"),
    )  # fmt: skip
    return [*(CellPlan(*cell, redteam.figures, models=READING) for cell in redteam.cells(models)), signs_seen]


def cap_suite(models: Path, arm: str) -> list[CellPlan]:
    """The tabletop tasks of Code as Policies, by the three groups and two families of their table, rung by rung."""
    if arm_model(arm).spec.reach is not None:
        raise ValueError(f"cap needs the room of a whole table; {arm} reaches a part of it")
    cells = []
    for rung, (read, acts) in cap.RUNGS.items():
        for split in SPLITS:
            name, n = f"{rung}: {split.name}, {split.family}", split.n // (cap.FEWER if acts and not read else 1)
            thought = partial(cap.in_thought, split, models, read)
            episode = partial(cap.from_pixels, split, models, read, arm) if acts else thought
            used = _all_of(arm) if acts else READING
            cells.append(CellPlan(name, episode, n, partial(cap.figures, split), models=used))
    return cells


def constraints_suite(models: Path, arm: str) -> list[CellPlan]:
    """ "Never touch" and "keep away" while a task is carried out; ok: done, and nothing broken in truth.

    Beside each the same tasks with the constraint left unsaid, to see how often it would have been broken.
    """
    cells = []
    for kind in constraints.KINDS:
        for heeded, name in ((True, kind), (False, f"{kind}, left unsaid")):
            attempt = partial(constraints.attempt, kind, heeded, models, arm)
            cells.append(CellPlan(name, attempt, 200, constraints.figures, models=_all_of(arm)))
    return cells


def disturb_suite(models: Path, arm: str) -> list[CellPlan]:
    """Tasks while something happens, by the kind of it and by what watches over the run; the same seeds for all.

    ok: done in truth and so believed; where the task cannot be done any more: asked.
    """
    return [
        CellPlan(
            f"{name}: {kind}", partial(disturbed.attempt, name, kind, models, arm), 40, disturbed.figures,
            models=_all_of(arm, "detector" if oversight.sees == "pixels" else None),
        )
        for name, oversight in OVERSIGHTS.items()
        for kind in disturbed.CELLS
    ]  # fmt: skip


def critic_suite(models: Path, arm: str) -> list[CellPlan]:
    """What the critic that looks ahead says at each moment of runs on which nobody acts, against what truly happens.

    ok: no alarm while nothing fails, and one if something does.
    """
    from sayso.bench.disturbed import foreseen

    sizes = {"undisturbed": 100, "disturbed": 200, "unseen things, undisturbed": 40, "unseen things, disturbed": 60}
    return [
        CellPlan(
            cell, partial(foreseen.judge, cell, models, arm), sizes[cell], foreseen.figures,
            models=(*_all_of(arm), *(("eyes",) if cell.startswith("unseen") else ())),
        )
        for cell in foreseen.CELLS
    ]  # fmt: skip


def branch_suite(models: Path, arm: str) -> list[CellPlan]:
    """Disturbed runs, repeated with each remedy that is possible at their first moment of doubt.

    ok: what was chosen is as good as the best of them. Beside it the same runs with nobody watching and as shipped; ok:
    oversight has not spoiled what would have succeeded without.
    """
    from sayso.bench.disturbed import branches, harm

    doubt = CellPlan("moments of doubt", partial(_branched, models, arm), 300, branches.regrets, models=_all_of(arm))
    both = [
        CellPlan(cell, partial(harm.compared, cell, models, arm), 300, harm.figures, models=_all_of(arm))
        for cell in harm.CELLS
    ]
    return [doubt, *both]


def _branched(models: Path, arm: str, seed: int) -> Record:
    from sayso.bench.disturbed import branches

    return branches.branched(models, arm, branches.SEED_BASE + seed)


def corrections_suite(models: Path, arm: str, work: Path, workers: int) -> list[CellPlan]:
    """Tasks at which the shipped models fail for a reason that a person can say, on true scenes.

    ``work`` keeps the corrected runs and what was learned from them.
    """
    from sayso.bench.corrections.suite import cells

    return [
        CellPlan(name, episode, n, figures, models=_all_of(arm, None), prepare=prepare)
        for name, episode, n, figures, prepare in cells(models, arm, work, workers)
    ]


def motion_layer_suite(models: Path, arm: str, work: Path) -> list[CellPlan]:
    """Words, class numbers and flat, trained on the same few demonstrations, which ``work`` keeps; no shipped model."""
    from sayso.bench.motion_layer.suite import cells

    return [
        CellPlan(name, episode, n, figures, prepare=prepare) for name, episode, n, figures, prepare in cells(arm, work)
    ]


def world_suite(models: Path, name: str) -> list[CellPlan]:
    """The world ``name``, task by task: its own sentences, its own verdict. Raises `RobotError` if it is not there."""
    tasks, arm, detector = world.tasks_of(name)
    used = (detector, *(f"{part}-{arm}" for part in MODEL_SIZES), OUTLOOK, *READING)
    return [
        CellPlan(task or world.OWN_CHOICE, partial(world.attempt, name, task, models), 50, _worlds_figures, models=used)
        for task in tasks
    ]


def pictures_suite(models: Path, folder: Path) -> list[CellPlan]:
    """What the eyes, and a real arm, see in a ``folder`` of labeled pictures; ok: all labeled things, and nothing else.

    The seed is the number of the picture, by name. Raises `PictureError`.
    """
    labels = pictures.read_labels(folder)
    judge, by = partial(pictures.judge, folder.absolute(), models), {"as an arm sees them": ("detector", "eyes")}
    return [
        CellPlan(way, partial(judge, way), len(labels), pictures.figures, models=by.get(way, ("eyes",)))
        for way in pictures.WAYS
    ]


def _things(models: Path, cell: str, seed: int) -> Record:
    from sayso.bench.eyes.things_suite import thing_record

    return thing_record(models, cell, seed)


def things_suite(models: Path, arm: str) -> list[CellPlan]:
    """Errors of the eyes on rendered tables that no training used; ok: all of a table's things, and nothing else."""
    from sayso.bench.eyes.things_suite import CELLS, MODELS, summed

    return [
        CellPlan(cell, partial(_things, models, cell), 100, summed, models=(MODELS[depth],))
        for cell, depth in CELLS.items()
        if depth or (models / f"{MODELS[depth]}.onnx").exists()
    ]


def _names(models: Path, cell: str, seed: int) -> Record:
    from sayso.bench.eyes.names_suite import name_record

    return name_record(models, cell, seed)


def names_suite(models: Path, arm: str) -> list[CellPlan]:
    """Taught names on rendered tables with things that no training saw; ok: each is found, or none where it is not."""
    from sayso.bench.eyes.names_suite import CELLS, SEEN_CELLS, figures

    by_eyes = SEEN_CELLS if (models / "eyes.onnx").exists() else {}
    return [
        CellPlan(
            cell, partial(_names, models, cell), 100, figures, models=("looks", "eyes") if plan.eyes else ("looks",)
        )
        for cell, plan in (CELLS | by_eyes).items()
    ]


def _worlds_figures(records: Sequence[Record]) -> Record:
    return _durations(records) | world.figures(records)


def _things_errand(cell: str, models: Path, arm: str, seed: int) -> Record:
    return things_errands.attempt(cell, seed, models, arm)


def things_errands_suite(models: Path, arm: str) -> list[CellPlan]:
    """One thing that is neither block nor bowl is put in a bowl or beside something, from pixels."""
    used = (*_all_of(arm), "eyes")
    return [
        CellPlan(cell, partial(_things_errand, cell, models, arm), 30, things_errands.figures, models=used)
        for cell in things_errands.CELLS
    ]


def _grasp(models: Path, crowd: str, method: str, seed: int) -> Record:
    from sayso.bench.eyes.grasp_suite import grasp_record

    return grasp_record(models, crowd, method, seed)


def grasp_suite(models: Path, arm: str) -> list[CellPlan]:
    """Things that no training saw, lifted and held in physics by the best grasp in one picture."""
    from sayso.bench.eyes.grasp_suite import COUNTS, METHODS, figures

    return [
        CellPlan(f"{crowd}: {method}", partial(_grasp, models, crowd, method), 300, figures, models=("eyes", "grasps"))
        for crowd in COUNTS
        for method in METHODS
    ]


def place_suite(models: Path, arm: str) -> list[CellPlan]:
    """A camera's place from touches of an SO-101's fingertip; ok: exact enough, or refused where the camera moved."""
    from sayso.bench.eyes.place import CELLS, figures, place_record

    return [CellPlan(cell, partial(place_record, cell), 200, figures) for cell in CELLS]


SUITES: dict[str, Callable[[Path, str], list[CellPlan]]] = {
    "ladder": ladder_suite,
    "tabletop": tabletop_suite,
    "honest": honest_suite,
    "obedience": obedience_suite,
    "reaction": reaction_suite,
    "throughput": throughput_suite,
    "detector": detector_suite,
    "things": things_suite,
    "names": names_suite,
    "grasp": grasp_suite,
    "place": place_suite,
    "things-errands": things_errands_suite,
    "timing": timing_suite,
    "faults": faults_suite,
    "wire": wire_suite,
    "hardware": hardware_suite,
    "soak": soak_suite,
    "stops": stops_suite,
    "negated": negated_suite,
    "constraints": constraints_suite,
    "language": language_suite,
    "ask": ask_suite,
    "redteam": redteam_suite,
    "cap": cap_suite,
    "disturb": disturb_suite,
    "critic": critic_suite,
    "branch": branch_suite,
    "corrections": lambda models, arm: corrections_suite(models, arm, Path("bench/corrections/work"), 2),
    "motion-layer": lambda models, arm: motion_layer_suite(models, arm, Path("bench/motion-layer/work")),
}

ASK_NO_ARM = ("negated", "language", "ask", "redteam", "things", "names", "grasp", "place")


def cells_of(
    suite: str, models: Path | None = None, arm: str = "panda", seconds: float | None = None, file: Path | None = None,
    work: Path | None = None, workers: int = 2,
) -> list[CellPlan]:  # fmt: skip
    """The cells of a suite; ``seconds`` is how long the soak lasts, ``file`` holds the sentences of negated, ``work``
    is where corrections and motion-layer keep what they learn from, with so many ``workers``.

    Raises `ValueError` naming the suites there are, or an option that the suite does not have.
    """
    if suite not in SUITES:
        raise ValueError(f"no suite '{suite}'; there are: {', '.join(SUITES)}{suggestion(suite, SUITES)}")
    if seconds is not None and suite != "soak":
        raise ValueError(f"--seconds is for soak; the episodes of {suite} end by themselves")
    if file is not None and suite != "negated":
        raise ValueError(f"--file is for negated; {suite} reads no sentences")
    if arm != "panda" and suite in ASK_NO_ARM:
        raise ValueError(f"{suite} asks no arm; leave --arm out")
    root = models or ModelStore().root
    if seconds is not None:
        return soak_suite(root, arm, seconds)
    if file is not None:
        return negated_suite(root, arm, file.absolute())
    if suite == "corrections" and work is not None:
        return corrections_suite(root, arm, work.absolute(), workers)
    if suite == "motion-layer" and work is not None:
        return motion_layer_suite(root, arm, work.absolute())
    return SUITES[suite](root, arm)
