"""``sayso train``: train the learned parts from nothing."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.terminal.options import Json, Workers, a_path, print_json
from sayso.errors import UserError


class Part(StrEnum):
    """What can be trained."""

    POLICY = "policy"
    MOTION = "motion"
    PLANNER = "planner"
    DETECTOR = "detector"
    EYES = "eyes"
    LOOKS = "looks"
    GRASPS = "grasps"
    CRITIC = "critic"
    ARM = "arm"
    ALL = "all"


class Mode(StrEnum):
    """How the policy gets its motion."""

    MOTION = "motion"
    FLAT = "flat"
    CLASS = "class"


def train(
    part: Annotated[Part, typer.Argument(help="Which part; arm: policy, motion and critic.")],
    arm: Annotated[str, typer.Option(help="The arm: a name, or a folder with arm.json.")] = "panda",
    mode: Annotated[
        Mode, typer.Option(help="policy only: motion in words (motion), none (flat), or a class number (class).")
    ] = Mode.MOTION,
    work: Annotated[
        Path,
        typer.Option(
            parser=a_path, metavar="DIR", help="Folder of data and checkpoints; an interrupted training resumes."
        ),
    ] = Path("work"),
    out: Annotated[
        Path | None,
        typer.Option(
            parser=a_path, metavar="DIR", help="Folder of finished models; missing ones are copied from the shipped."
        ),
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            parser=a_path,
            metavar="DATASET",
            help="policy and motion only: a LeRobot dataset of the same arm to train from, too; repeatable.",
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            parser=a_path,
            metavar="DIR",
            help="policy, motion, critic, arm and planner only: begin with the models of this folder.",
        ),
    ] = None,
    workers: Workers = 2,
    no_depth: Annotated[
        bool, typer.Option("--no-depth", help="detector and eyes only: train those for cameras without depth.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="A short training to test the set-up: minutes, and weak models.")
    ] = False,
    json: Json = False,
) -> None:
    """Train a part and export it to ONNX with its card; data in the work folder is used again.

    Example: sayso train arm --arm so101 --work work --out my-models
    """
    from sayso.backends.arm_checks import check_fit
    from sayso.commands.terminal.options import setting_up
    from sayso.sim.arms.arm_models import ARMS
    from sayso.sim.arms.own_arm import arm_model

    with setting_up():
        model = arm_model(arm)
        if arm not in ARMS:
            check_fit(model)
    if mode is not Mode.MOTION and part is not Part.POLICY:
        raise UserError(f"--mode {mode.value} is for 'sayso train policy' alone")
    if data and part not in (Part.POLICY, Part.MOTION):
        raise UserError("--data is for 'sayso train policy' and 'sayso train motion' alone")
    if start is not None and part not in (Part.POLICY, Part.MOTION, Part.CRITIC, Part.ARM, Part.PLANNER):
        raise UserError("--start is for 'sayso train policy', 'motion', 'critic', 'arm' and 'planner' alone")
    if start is not None and mode is Mode.CLASS:
        raise UserError("--start is not for --mode class: its motions have other numbers in every training")
    if no_depth and part not in (Part.DETECTOR, Part.EYES):
        raise UserError("--no-depth is for 'sayso train detector' and 'sayso train eyes' alone")
    # Threads that spin while they wait slow other work down: by a factor of 4 with two trainings on one core.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import torch
    except ModuleNotFoundError:
        raise UserError("training needs torch; install it with: pip install 'sayso[train]'") from None
    torch.set_num_threads(workers)
    from sayso.commands.terminal.progress import Counter
    from sayso.model_store import ModelStore
    from sayso.outputs import alone_in
    from sayso.training.stages import (
        ARM_STAGES,
        CRITIC_STAGES,
        PLANNER_STAGES,
        STAGES,
        TrainingWorkspace,
        check_installable,
        complete,
        install,
        make_policy,
        model_name,
    )

    alone = f"{part.value}-rgb" if no_depth else part.value
    stages = {
        Part.ALL: tuple(STAGES),
        Part.ARM: ARM_STAGES,
        Part.PLANNER: PLANNER_STAGES,
        Part.CRITIC: CRITIC_STAGES,
    }.get(part, (alone,))
    with alone_in(work, *([] if out is None else [out])), Counter() as counter:
        plant = TrainingWorkspace(work, out or work / "models", arm, workers, quick, counter, tuple(data or ()), start)
        if out is not None:
            check_installable(out, [model_name(plant, stage, mode.value) for stage in stages])
        made = [make_policy(plant, mode.value)] if part is Part.POLICY else [STAGES[name](plant) for name in stages]
        if out is not None:
            made = install(plant, made)
            complete(out)
    cards = [ModelStore(path.parent).card(path.stem).model_dump() for path in made]
    if json:
        print_json(cards)
        return
    for path, card in zip(made, cards, strict=True):
        print(f"{path}  {card['digest'][:19]}…  {card['scores']}")
