"""``sayso bench``: a suite of seeded episodes, with intervals."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.terminal.options import Json, Models, Workers, a_path, print_json, setting_up
from sayso.errors import UserError

NAMED = ("world", "pictures")  # suites with a name after them


def bench(
    suite: Annotated[
        str,
        typer.Argument(
            help="ladder, tabletop, honest, obedience, reaction, throughput, detector, timing, faults, hardware, soak, "
            "stops, wire, negated, constraints, language, outsiders, ask, redteam, cap, disturb, critic, branch, "
            "corrections, things, names, grasp, pictures, world."
        ),
    ],
    which: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="For world: NAME or MODULE:CLASS; for pictures: the folder.")
    ] = None,
    episodes: Annotated[
        int | None, typer.Option(min=1, help="Episodes per cell; default: the suite's own number.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=1_000_000, help="Number of the first episode.")] = 0,
    workers: Workers = 2,
    arm: Annotated[
        str, typer.Option("--arm", "--robot", help="The arm whose models run, or the emulated arm.")
    ] = "panda",
    cell: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only the cell NAME, or all whose names contain NAME.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=5, help="Length of soak, s; default 600.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="For negated: the file of sentences; for outsiders: the folder of a set."),
    ] = None,
    models: Models = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=a_path, metavar="DIR", help="Folder of the results; default bench/SUITE[-ARM]."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted bench.")] = False,
    json: Json = False,
) -> None:
    """Run a benchmark suite on held-out seeds; write bench.json, a page and a record of every episode.

    Example: sayso bench tabletop --episodes 50 --workers 2
    """
    from sayso.bench.frame import run_suite
    from sayso.bench.suites import cells_of, models_of
    from sayso.bench.suites.eyes import pictures_suite
    from sayso.bench.suites.tasks import world_suite
    from sayso.bench.tasks.world import tasks_of
    from sayso.commands.terminal.progress import Counter
    from sayso.files import check_writable
    from sayso.hardware.worlds.open import world_names
    from sayso.model_store import ModelStore
    from sayso.sim.arms.own_arm import name_of

    if (suite in NAMED) != (which is not None):
        needs = {"world": f"a world's name; there are: {', '.join(world_names())}", "pictures": "a folder of pictures"}
        raise UserError(
            f"the suite {suite} needs {needs[suite]}"
            if which is None
            else f"the suite {suite} takes no name; leave {which} out"
        )
    with setting_up():
        if suite == "world" and which is not None:
            if arm != "panda":
                raise UserError(f"a world has its own arm; leave --arm {arm} out")
            arm = tasks_of(which)[1]
        name = name_of(arm)
    folder = out or Path("bench") / (suite if name == "panda" else f"{suite}-{name}")
    if suite == "world" and which is not None:
        folder = out or Path("bench") / f"world-{re.sub('[^a-z0-9]+', '-', which.lower()).strip('-')}"
    try:
        plans = (
            cells_of(suite, models, arm, seconds, file, folder / "work", workers)
            if which is None
            else world_suite(models or ModelStore().root, which)
            if suite == "world"
            else pictures_suite(models or ModelStore().root, Path(which))
        )
    except ValueError as error:
        raise UserError(str(error)) from None
    if cell:
        names = [p.name for p in plans]
        for c in cell:
            if not any(c in n for n in names):
                raise UserError(f"no cell of {suite} contains '{c}'; there are: {', '.join(names)}")
        plans = [p for p in plans if any(p.name == c or (c in p.name and c not in names) for c in cell)]
    if models is not None and not any(p.models for p in plans):
        raise UserError(f"--models is for suites with models; {suite} has none; leave it out")
    # Before anything runs: a missing model is an error, not a figure.
    digests = models_of(plans, arm, models or ModelStore().root)
    check_writable(folder)
    words = [
        "sayso bench",
        suite,
        *([which] if which else []),
        *([f"--episodes {episodes}"] if episodes else []),
        *([f"--seed {seed}"] if seed else []),
        *([f"--seconds {seconds:g}"] if seconds else []),
        *([f"--file {file}"] if file else []),
        *([f"--arm {arm}"] if arm != "panda" and not which else []),
        *([f"--models {models}"] if models else []),
        *(f'--cell "{name}"' for name in cell or ()),
    ]
    with Counter() as counter:
        result = run_suite(
            suite, arm, plans, folder, command=" ".join(words), episodes=episodes, seed=seed, workers=workers,
            resume=resume, progress=counter, models=digests,
        )  # fmt: skip
    broken = any(len(row["errors"]) == row["n"] for row in result["cells"])
    if json:
        print_json(result)
    for row in [] if json else result["cells"]:
        interval = f"({row['low']:.1%}–{row['high']:.1%})"
        print(f"{row['name']:50} {row['successes']:4}/{row['n']:<4} {row['rate']:6.1%}  {interval}")
        if row["errors"]:
            print(f"  {len(row['errors'])} of the episodes ended in an error: {row['errors'][0]}", file=sys.stderr)
    if not json:
        print(f"{folder / 'bench.json'}")
    raise typer.Exit(1 if broken else 0)  # a cell with errors only measures nothing
