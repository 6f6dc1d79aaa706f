"""``sayso collect``: demonstrations for training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.options import Json, Workers, print_json
from sayso.errors import UserError


def collect(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The dataset; one that is there is added to.")],
    worlds: Annotated[int, typer.Option(min=1, max=1_000_000, help="Worlds, a few episodes in each.")] = 10,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Seed of the first world; the next have the next.")] = 0,
    arm: Annotated[str, typer.Option(help="Which arm demonstrates: a name, or a folder with arm.json.")] = "panda",
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Collect demonstrations by the simulator's teacher as a LeRobot dataset.

    A dataset that holds some of these worlds already goes on after them.

    Example: sayso collect --worlds 20 --out work/demos
    """
    from sayso.commands.options import setting_up
    from sayso.commands.progress import Counter
    from sayso.files import check_writable
    from sim.own_arm import name_of

    with setting_up():
        name = name_of(arm)
    check_writable(out)
    from sayso.collection.collect import Job, collect
    from skills.dataset import DatasetError, DatasetWriter

    jobs = [Job(seed + i, arm) for i in range(worlds)]
    try:
        with setting_up(), Counter() as counter:
            share = collect(out, jobs, workers, lambda done, n, good: counter("worlds", done, n, good))
            with DatasetWriter(out, name, _fps(), plain=True) as there:
                episodes, frames = there.episodes, there.frames
    except DatasetError as error:
        raise UserError(str(error)) from error
    if json:
        print_json({"dataset": str(out), "episodes": episodes, "frames": frames, "successes": share})
    else:
        print(f"{out}: {episodes} episodes, {frames} samples; of those made now {share:.0%} were successful")


def _fps() -> float:
    from sayso.collection.collect import FPS

    return FPS
