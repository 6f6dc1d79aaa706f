"""``sayso bench``: a suite of seeded episodes, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.options import Json, Models, Workers, a_path, print_json, setting_up
from sayso.errors import UserError


def bench(
    suite: Annotated[
        str,
        typer.Argument(
            help="ladder, tabletop, obedience, reaction, throughput, detector, timing, faults, hardware or soak."
        ),
    ],
    episodes: Annotated[
        int | None, typer.Option(min=1, help="Episodes a cell; else as many as the suite is meant for.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=1_000_000, help="Number of the first episode.")] = 0,
    workers: Workers = 2,
    arm: Annotated[str, typer.Option("--arm", "--robot", help="Whose models, or which emulated arm.")] = "panda",
    cell: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only the cell NAME, or all that hold it.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=5, help="How long soak lasts; else ten minutes.")] = None,
    models: Models = None,
    out: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="DIR", help="Where it goes; else bench/SUITE[-ARM].")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted bench stopped.")] = False,
    json: Json = False,
) -> None:
    """Run a benchmark suite on held-out seeds; leaves bench.json, a page and every episode's record.

    Example: sayso bench tabletop --episodes 50 --workers 2
    """
    from sayso.bench.frame import run_suite
    from sayso.bench.suites import cells_of
    from sayso.commands.progress import Counter
    from sayso.files import check_writable
    from sim.own_arm import name_of

    with setting_up():
        name = name_of(arm)
    folder = out or Path("bench") / (suite if name == "panda" else f"{suite}-{name}")
    try:
        plans = cells_of(suite, models, arm, seconds)
    except ValueError as error:
        raise UserError(str(error)) from None
    if cell:
        names = [p.name for p in plans]
        named = [p for p in plans if any(p.name == c or (c in p.name and c not in names) for c in cell)]
        if not named:
            raise UserError(f"no cell of {suite} holds {cell}; there are: {', '.join(p.name for p in plans)}")
        plans = named
    check_writable(folder)
    words = [
        "sayso bench",
        suite,
        *([f"--episodes {episodes}"] if episodes else []),
        *([f"--seed {seed}"] if seed else []),
        *([f"--seconds {seconds:g}"] if seconds else []),
        *([f"--arm {arm}"] if arm != "panda" else []),
        *(f'--cell "{name}"' for name in cell or ()),
    ]
    with Counter() as counter:
        result = run_suite(
            suite, arm, plans, folder, command=" ".join(words), episodes=episodes, seed=seed, workers=workers,
            resume=resume, progress=counter,
        )  # fmt: skip
    if json:
        print_json(result)
        return
    for row in result["cells"]:
        interval = f"({row['low']:.1%}–{row['high']:.1%})"
        print(f"{row['name']:50} {row['successes']:4}/{row['n']:<4} {row['rate']:6.1%}  {interval}")
    print(f"{folder / 'bench.json'}")
