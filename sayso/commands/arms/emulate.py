"""``sayso emulate``: an arm's own protocol with a simulated arm behind it, for drivers and vendors' tools."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.commands.terminal.options import Seed, a_path, a_scene, a_size
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.hardware.drivers.servo.calibration import ServoCalibration


def emulate(
    arm: Annotated[str, typer.Argument(help="so101, koch, ur5e, panda or piper")],
    scene: Annotated[
        str | None,
        typer.Option(
            parser=a_scene,
            metavar="SCENE",
            help="A ready-made scene (see sayso scenes) or a FILE.json; default: one within the arm's reach.",
        ),
    ] = None,
    seed: Seed = 0,
    host: Annotated[
        str | None,
        typer.Option(help="Address of the server; on CAN INTERFACE:CHANNEL.", show_default="127.0.0.1"),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            parser=a_path, help="Write a servo arm's calibration to FILE, in LeRobot's format.", metavar="FILE"
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="WxH", help="Size of the cameras' pictures.", show_default="208x160, as in training"),
    ] = None,
    save: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Save the arm and its cameras as robot NAME, for sayso run --robot NAME."),
    ] = None,
) -> None:
    """Serve an emulated arm and its cameras until Ctrl-C or the end of input.

    A line with a fault's name causes the fault. Lines such as "move elbow_flex 30", "move middle", "sweep" and "let
    go" move a limp servo arm as a hand would; "touch 20 -5" puts its fingertip on the table. "show board left" holds
    the calibration board before a camera; "hold board" and "wave" hold it in the hand and move that.

    Example: sayso emulate so101 --calibration so101.json
    """
    from sayso.emulation.board_hand import BoardHand
    from sayso.emulation.cameras import EmulatedCameras
    from sayso.emulation.emulators import (
        EMULATORS,
        emulated_arm,
        fault_names,
        joints_of,
        obey,
        save_robot,
        truth_of,
    )
    from sayso.emulation.hand import Hand
    from sayso.hardware.drivers.ports import SERIAL
    from sayso.hardware.drivers.servo.calibration import write_calibration
    from sayso.hardware.emulated.servo.bus import ServoBus
    from sayso.hardware.near_miss import suggestion
    from sayso.hardware.robot import RobotError
    from sayso.outputs import check_ours
    from sayso.sim.arms.arm_models import ARMS
    from sayso.sim.scenes.scene_choice import scene_for
    from sayso.sim.scenes.scene_file import SceneError

    if save is not None and not save.strip():
        raise UserError("--save needs a name; got an empty one")
    if arm not in EMULATORS:
        raise UserError(f"no emulated arm '{arm}'; there are: {', '.join(EMULATORS)}{suggestion(arm, EMULATORS)}")
    serial = arm in SERIAL
    if serial and host is not None:
        raise UserError(f"{arm} has a serial port, not a network address: leave --host out")
    if calibration is not None and not serial:
        raise UserError(f"{arm} has no servos to calibrate; leave --calibration out")
    host = host or "127.0.0.1"
    try:
        with (
            emulated_arm(arm, scene_for(ARMS[arm]().spec, scene, seed), host, seed) as (emulator, world, device),
            closing(EmulatedCameras(device, size=None if size is None else a_size(size))) as cameras,
        ):
            print(f"{arm} at {emulator.address}", flush=True)
            for name, url in cameras.urls.items():
                print(f"camera {name} at {url}", flush=True)
            if calibration is not None:
                assert isinstance(emulator, ServoBus)
                check_ours([calibration], lambda: _holds(calibration, emulator.calibration), "this calibration")
                write_calibration(calibration, emulator.calibration)
                print(f"calibration in {calibration}", flush=True)
            if save is not None:
                print(f"robot {save} in {save_robot(save, arm, emulator.address, world, cameras)}", flush=True)
            print(f"faults: {', '.join(fault_names(emulator, cameras))}; recover ends them", flush=True)
            hand = Hand(device)
            board = BoardHand(device, hand, cameras)

            def by_hand(line: str) -> str | None:
                return board.obey(line) or hand.obey(line)

            told = partial(truth_of, world, device), partial(joints_of, device), by_hand
            for line in sys.stdin:
                print(obey(emulator, line, cameras, *told), flush=True)
    except (SceneError, RobotError) as error:
        raise UserError(str(error)) from None


def _holds(file: Path, calibration: Mapping[str, ServoCalibration]) -> bool:
    from sayso.hardware.drivers.servo.calibration import read_calibration
    from sayso.hardware.robot import RobotError

    try:
        return read_calibration(file, tuple(calibration)) == dict(calibration)
    except RobotError:
        return False
