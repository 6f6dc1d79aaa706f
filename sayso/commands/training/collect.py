"""``sayso collect``: demonstrations for training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, Workers, a_path, print_json
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.demonstrations.collect import Collected


def collect(
    out: Annotated[
        Path, typer.Option(parser=a_path, metavar="DIR", help="Folder of the dataset; an existing dataset grows.")
    ],
    world: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Another simulator's world: an installed name, or MODULE:CLASS."),
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, max=1_000_000, help="With --world: number of episodes.")] = 20,
    worlds: Annotated[int, typer.Option(min=1, max=1_000_000, help="Number of worlds, with a few episodes each.")] = 10,
    seed: Annotated[
        int, typer.Option(min=0, max=2**31, help="Seed of the first world; the next worlds have the next seeds.")
    ] = 0,
    arm: Annotated[str, typer.Option(help="The arm: a name, or a folder with arm.json.")] = "panda",
    workers: Workers = 2,
    models: Models = None,
    json: Json = False,
) -> None:
    """Collect demonstrations by the simulator's teacher as a LeRobot dataset.

    Worlds that are in the dataset are skipped. Instructions name objects by color and kind. A failed episode is
    marked: next.success is false in all its frames.

    In a --world the demonstrator is the world's own teacher; without one, Sayso's teacher with the world's truth;
    without truth, the shipped models, and only episodes with the world's verdict success are stored.

    Example: sayso collect --worlds 20 --out work/demos
    """
    from sayso.commands.terminal.options import setting_up
    from sayso.commands.terminal.progress import Counter
    from sayso.files import check_writable
    from sayso.sim.arms.own_arm import name_of

    with setting_up():
        name_of(arm)
    check_writable(out)
    if world is not None:
        if arm != "panda":
            raise UserError("a --world has its own arm; leave --arm out")
        _from_world(out, world, seed, episodes, models, workers, json)
        return
    from sayso.demonstrations.collect import Job, collect

    jobs = [Job(seed + i, arm) for i in range(worlds)]
    with setting_up(), Counter() as counter:
        found = collect(out, jobs, workers, lambda done, n, good: counter("worlds", done, n, good))
    if json:
        print_json(_figures(out, found))
        return
    print(f"{out}: {found.episodes} episodes, {found.frames} samples")
    if not found.made:
        print("all these worlds were in the dataset already; another --seed makes new ones")
    else:
        failed = found.made - found.good
        print(f"new episodes: {found.made}, failed: {failed} (marked by success and next.success)")


def _from_world(out: Path, name: str, seed: int, episodes: int, models: Path | None, workers: int, json: bool) -> None:
    from sayso.commands.terminal.options import setting_up
    from sayso.commands.terminal.progress import Counter
    from sayso.demonstrations.from_world import collect_from

    seeds = range(seed, seed + episodes)
    with setting_up(), Counter() as counter:
        found, source = collect_from(
            out, name, seeds, models, workers, lambda done, n, good: counter("episodes", done, n, good)
        )
    if json:
        print_json(_figures(out, found) | {"demonstrated_by": str(source)})
        return
    print(f"{out}: {found.episodes} episodes, {found.frames} samples, by {source}")
    print(f"new episodes: {found.made}, failed by the world's own verdict: {found.made - found.good}")


def _figures(out: Path, found: Collected) -> dict[str, Any]:
    share = found.good / found.made if found.made else None
    made = {"made": found.made, "failed": found.made - found.good, "successes": share}
    return {"dataset": str(out), "episodes": found.episodes, "frames": found.frames} | made
