"""``sayso collect``: demonstrations as a LeRobot dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.options import Json, Workers, print_json
from sayso.errors import UserError


def collect(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The dataset's folder; one that is there goes on.")],
    worlds: Annotated[int, typer.Option(min=1, help="Worlds, three tasks in each.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first world.")] = 100_000,
    arm: Annotated[str, typer.Option(help="Which arm.")] = "panda",
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Let the teacher demonstrate random tasks in random worlds, with detours nobody would choose.

    Example: sayso collect --out work/demos --worlds 50
    """
    from sayso.collection.collect import Job
    from sayso.collection.collect import collect as gather
    from sayso.commands.progress import Counter
    from sayso.files import check_writable
    from sim.arms import ARMS

    if arm not in ARMS:
        raise UserError(f"no arm '{arm}'; there are: {', '.join(ARMS)}")
    check_writable(out)
    jobs = [Job(seed + i, arm) for i in range(worlds)]
    with Counter() as counter:
        good = gather(out, jobs, workers, lambda d, n, g: counter(f"worlds (success {g:.0%})", d, n, g))
    if json:
        print_json({"dataset": str(out), "worlds": worlds, "success": good})
    else:
        print(f"{worlds} worlds in {out}; {good:.0%} of the new episodes succeeded")
