"""``sayso emulate``: an arm's own protocol with a simulated arm behind it, for drivers and vendors' tools."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sayso.commands.options import Scene, Seed
from sayso.errors import UserError


def emulate(
    arm: Annotated[str, typer.Argument(help="ur5e")],
    scene: Scene = "tabletop",
    seed: Seed = 0,
    host: Annotated[str, typer.Option(help="Address to serve at, for arms on a network.")] = "127.0.0.1",
) -> None:
    """Serve an emulated arm until Ctrl-C or the end of input; a fault's name on a line makes it happen.

    Example: sayso emulate ur5e --host 127.0.0.2
    """
    from hardware.robot import RobotError
    from sayso.emulators import EMULATORS, emulated, obey
    from sim.scene_file import SceneError, load_scene

    if arm not in EMULATORS:
        raise UserError(f"no emulated arm '{arm}'; there are: {', '.join(EMULATORS)}")
    try:
        with emulated(arm, load_scene(scene), host, seed) as (emulator, _):
            print(f"{arm} at {emulator.address}", flush=True)
            print(f"faults: {', '.join(emulator.faults)}; recover sets them right", flush=True)
            for line in sys.stdin:
                print(obey(emulator, line), flush=True)
    except (SceneError, RobotError) as error:
        raise UserError(str(error)) from None
