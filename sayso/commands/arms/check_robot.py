"""``sayso check-robot``: whether an arm keeps the contract of `hardware/check.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sayso.commands.terminal.options import Json, setting_up
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.doctor.finding import Finding
    from sayso.hardware.check import Check
    from sayso.hardware.robot import Robot


def check_robot(
    robot: Annotated[str, typer.Argument(help="sim, sim:ARM, world:NAME, or a real arm: its driver or saved name.")],
    port: Annotated[str | None, typer.Option(help="The arm's port, if not the saved one.")] = None,
    mode: Annotated[str | None, typer.Option(help="read-only, or mock without an arm.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also move the arm: each joint by 0.03 rad there and back.")
    ] = False,
    json: Json = False,
) -> None:
    """Check whether an arm keeps the contract of all arms: description, readings, joints, stop.

    Without --live a real arm is only read. With --live a real arm moves, and lies down at the end if it can; Ctrl-C
    and sayso stop leave it in its position. Simulated arms always move; their links, reach and grip on a block are
    checked too, because training needs them. In a world its cameras, table, hand, resets and verdict are checked too.

    Exit code 0: all checks passed, 1: a check failed, 2: the arm cannot be reached.

    Example: sayso check-robot so101 --port /dev/ttyACM0
    """
    from sayso.commands.terminal.findings import print_findings, print_findings_json
    from sayso.doctor.finding import good_enough
    from sayso.hardware.check import examine_robot
    from sayso.hardware.worlds.open import world_name
    from sayso.runs.interrupts import StopRequest, reachable

    if world_name(robot) is not None:
        if idle := [name for name, given in (("port", port), ("mode", mode)) if given is not None]:
            raise UserError(f"{robot} is simulated and has no {idle[0]}; leave it out")
        _check_world(robot, json)
    asked = StopRequest()
    with ExitStack() as stack:
        stack.enter_context(reachable(asked, robot, "check-robot"))
        with setting_up():
            arm, name, moves, more = _arm(stack, robot, port, mode, live)
        checks = examine_robot(arm, move=moves, stopped=lambda: asked.stopped)
        stack.callback(checks.close)
        findings, at_work = list(_findings(checks)), list(_findings(more))
    good = good_enough(findings + at_work)
    parts = {"checks" if json else f"{name}, {'moved' if moves else 'only read'}": findings}
    if at_work:
        parts["work" if json else "what training and the real arm need"] = at_work
    if json:
        print_findings_json(parts, robot=robot, moved=moves)
    else:
        untried = "" if moves else " Nothing moved; --live checks motion too."
        verdict = f"{name} keeps its contract" if good else f"{name} does not keep its contract: see the lines with ✘"
        print_findings(parts, f"{verdict}.{untried if good else ''}")
    raise typer.Exit(0 if good else 1)


def _check_world(robot: str, json: bool) -> NoReturn:
    """Check the world ``robot`` and the arm in it, and exit."""
    from sayso.commands.terminal.findings import print_findings, print_findings_json
    from sayso.doctor.finding import good_enough
    from sayso.hardware.check_world import examine_world
    from sayso.hardware.worlds.open import open_world

    with setting_up():
        world = open_world(robot.partition(":")[2])
    findings = list(_findings(examine_world(world)))
    good = good_enough(findings)
    if json:
        print_findings_json({"checks": findings}, robot=robot, moved=True)
    else:
        kept = "keeps its contract" if good else "does not keep its contract: see the lines with ✘"
        print_findings({robot: findings}, f"{robot} {kept}.")
    raise typer.Exit(0 if good else 1)


def _arm(
    stack: ExitStack, robot: str, port: str | None, mode: str | None, live: bool
) -> tuple[Robot, str, bool, Iterator[Check]]:  # the arm, its name, whether it may move, further checks
    kind, _, which = robot.partition(":")
    if kind == "sim":
        if port is not None or mode is not None:
            raise UserError(f"{robot} is simulated and has no {'port' if port is not None else 'mode'}; leave it out")
        from sayso.backends.arm_checks import sim_checks
        from sayso.hardware.near_miss import suggestion
        from sayso.sim.arms.arm_models import ARMS
        from sayso.sim.arms.own_arm import arm_model
        from sayso.sim.physics import Physics
        from sayso.sim.robot import SimArm
        from sayso.sim.scenes.scene_choice import scene_for

        if (which or "panda") not in ARMS and not Path(which).exists():
            there = ["sim", *(f"sim:{a}" for a in ARMS)]
            raise UserError(f"no robot '{robot}'; there are: {', '.join(there)}{suggestion(robot, there)}")
        model = arm_model(which or "panda")
        world = Physics(scene_for(model.spec, None), model)
        stack.callback(world.close)
        return SimArm(world), robot, True, sim_checks(model)
    from sayso.backends.resolve_robot import resolve_robot
    from sayso.commands.run import check_real
    from sayso.hardware.drivers.driver import Mode
    from sayso.hardware.drivers.open import open_driver

    if mode == Mode.LIVE and not live:
        raise UserError(f"to move {robot}, use --live in place of --mode live")
    check_real(robot, None, None, mode, port)
    found = resolve_robot(robot, port, mode=mode or (Mode.LIVE if live else Mode.READ_ONLY), live=live)
    if live:
        print(found.limits, file=sys.stderr)
    moves = found.connection.mode is not Mode.READ_ONLY
    return open_driver(found.driver, found.connection), found.name, moves, iter(())


def _findings(checks: Iterator[Check]) -> Iterator[Finding]:
    """Each check as a finding. Raises `UserError` with the driver's message if connecting fails."""
    from sayso.doctor.finding import Finding, Grade
    from sayso.hardware.check import CONNECTS

    for check in checks:
        if check.what == CONNECTS and check.problems:
            raise UserError(check.problems[0])
        grade = Grade.GOOD if check.passed else Grade.BAD if check.problems else Grade.UNSEEN
        text = "; ".join(check.problems) or (f"not tried: {check.skipped}" if check.skipped else "yes")
        yield Finding(check.what, grade, text)
