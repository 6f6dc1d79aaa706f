"""``sayso doctor``: whether this computer, and an arm if one is named, are good enough."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.terminal.options import Json, Models, a_path, setting_up
from sayso.errors import UserError


def doctor(
    robot: Annotated[str | None, typer.Option(help="Also check this arm; Sayso only reads it.")] = None,
    port: Annotated[str | None, typer.Option(help="The arm's port, if not the saved one.")] = None,
    camera: Annotated[
        list[str] | None, typer.Option(metavar="[NAME=]ADDRESS", help="Also check this camera: a number or a URL.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, max=600, help="Time for each rate of the loop, s.")] = 3.0,
    out: Annotated[Path, typer.Option(parser=a_path, metavar="DIR", help="Folder of recordings.")] = Path("runs"),
    models: Models = None,
    json: Json = False,
) -> None:
    """Check whether this computer and this arm are good enough, and advise where they are not.

    Nothing moves. The check takes about 30 s. Exit code 0: good enough, 1: not.

    Example: sayso doctor --robot so101 --port /dev/ttyACM0
    """
    from sayso.backends.resolve_robot import resolve_robot
    from sayso.commands.terminal.findings import look_round, print_findings, print_findings_json
    from sayso.doctor import computer, devices
    from sayso.doctor.arm import ArmVisit
    from sayso.doctor.finding import Finding, good_enough
    from sayso.hardware.cameras.open import check_cameras
    from sayso.hardware.worlds.open import world_name
    from sayso.sim.arms.own_arm import arm_model

    if robot is not None and world_name(robot) is not None:
        raise UserError(f"{robot} is a world; check it with: sayso check-robot {robot}")
    simulated = robot is None or robot.partition(":")[0] == "sim"
    if simulated and port is not None:
        raise UserError("--port belongs to a real arm; name one with --robot, or leave --port out")
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is not a folder; name the folder of recordings")
    with setting_up():
        if robot is not None and simulated:
            arm_model(robot.partition(":")[2] or "panda")
        check_cameras(camera or ())
    arm = None if robot is None or simulated else resolve_robot(robot, port, camera or (), "read-only")
    name, hz = (arm.spec.name, arm.spec.control_hz) if arm else (None, 0.0)
    parts: dict[str, list[Finding]] = {
        "this computer": look_round(computer.looks(name, hz, models, out, seconds)),
        "what is plugged in": look_round(devices.looks(arm.cameras if arm else tuple(camera or ()))),
    }
    if arm:
        visit = ArmVisit(arm, models)
        try:
            parts[f"the arm {arm.name}"] = look_round(visit.looks())
        finally:
            visit.close()
    every = [finding for findings in parts.values() for finding in findings]
    good = good_enough(every)
    if json:
        print_findings_json(parts)
    else:
        print_findings(parts, _verdict(arm.name if arm else "", good))
    raise typer.Exit(0 if good else 1)


def _verdict(arm: str, good: bool) -> str:
    subject = f"This computer and {arm} are" if arm else "This computer is"
    return f"{subject} good enough." if good else f"{subject} not good enough: see the lines with ✘."
