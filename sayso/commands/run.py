"""``sayso run``: one instruction, carried out, recorded and reported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.options import Json, Models, Robot, Scene, Seed, clean_text, parse_say, print_json, setting_up


def run(
    instruction: Annotated[str, typer.Argument(help="What the robot is to do, in plain words.")],
    robot: Robot = "sim",
    scene: Scene = "tabletop",
    seed: Seed = 0,
    planner: Annotated[
        str, typer.Option(help="local, or openai:MODEL@URL for any OpenAI-compatible server.")
    ] = "local",
    say: Annotated[list[str] | None, typer.Option(metavar="T:PHRASE", help="Say PHRASE T s after the start.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to leave the results; else runs/TIME.")] = None,
    models: Models = None,
    live: Annotated[bool, typer.Option("--live", help="Go at real time, for sayso say and sayso stop.")] = False,
    video: Annotated[bool, typer.Option(help="Draw the video.")] = True,
    json: Json = False,
) -> None:
    """Carry out one instruction in simulation, from camera pixels, and leave a video, a timeline and a report.

    Example: sayso run "put the red block in the blue bowl" --say "3.5:left a bit" --out runs/first
    """
    instruction, words = clean_text(instruction, "the instruction"), parse_say(say or [])
    from sayso.errand import Errand, carry_out
    from sayso.files import check_writable

    folder = out or _fresh_folder()
    check_writable(folder)
    errand = Errand(instruction, robot, scene, seed, planner, tuple(words), models)
    with setting_up():
        session = errand.session(film=video)
    try:
        told = carry_out(errand, session, folder, live=live)
    finally:
        session.close()
    result = told.result
    if json:
        print_json(result.to_json() | {"files": {k: str(v) for k, v in told.files.items()}})
    else:
        print(told.summary)
        for name, path in told.files.items():
            print(f"  {name:9} {path}")
    raise typer.Exit(0 if result.outcome == "done" and result.success is not False else 1)


def _fresh_folder() -> Path:
    from datetime import datetime

    return Path("runs") / datetime.now().strftime("%Y%m%d-%H%M%S")
