"""``sayso collect``: demonstrations for training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.terminal.options import Json, Workers, a_path, print_json


def collect(
    out: Annotated[
        Path, typer.Option(parser=a_path, metavar="DIR", help="The dataset; one that is there is added to.")
    ],
    worlds: Annotated[int, typer.Option(min=1, max=1_000_000, help="Worlds, a few episodes in each.")] = 10,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Seed of the first world; the next have the next.")] = 0,
    arm: Annotated[str, typer.Option(help="Which arm demonstrates: a name, or a folder with arm.json.")] = "panda",
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Collect demonstrations by the simulator's teacher as a LeRobot dataset.

    Worlds that the dataset holds already are not made again. Things are named by colour and kind, and an episode that
    failed is marked: next.success is false in all its frames.

    Example: sayso collect --worlds 20 --out work/demos
    """
    from sayso.commands.terminal.options import setting_up
    from sayso.commands.terminal.progress import Counter
    from sayso.files import check_writable
    from sayso.sim.arms.own_arm import name_of

    with setting_up():
        name_of(arm)
    check_writable(out)
    from sayso.demonstrations.collect import Job, collect

    jobs = [Job(seed + i, arm) for i in range(worlds)]
    with setting_up(), Counter() as counter:
        found = collect(out, jobs, workers, lambda done, n, good: counter("worlds", done, n, good))
    if json:
        share = found.good / found.made if found.made else None
        made = {"made": found.made, "failed": found.made - found.good, "successes": share}
        print_json({"dataset": str(out), "episodes": found.episodes, "frames": found.frames} | made)
        return
    print(f"{out}: {found.episodes} episodes, {found.frames} samples")
    if not found.made:
        print("these worlds were there already; another --seed makes others")
    else:
        failed = found.made - found.good
        print(f"of {found.made} made now {failed} failed, which success in meta/episodes and next.success tell")
