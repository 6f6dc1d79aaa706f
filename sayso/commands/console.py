"""``sayso console``: a warm session with a live page in the browser."""

from __future__ import annotations

import math
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.terminal.options import MAX_SEED, EyesOption, Models, Robot, Scene, a_path, setting_up
from sayso.commands.terminal.viewpoint import HELP as HELP_VIEWPOINT
from sayso.commands.terminal.viewpoint import viewpoint_yaw
from sayso.console.settings import DEFAULT_PORT, ConsoleSettings, new_token


def console(
    robot: Robot = "sim",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The page's port on this computer; 0: any free one.")
    ] = DEFAULT_PORT,
    scene: Scene = None,
    seed: Annotated[int, typer.Option(min=0, max=MAX_SEED, help="In simulation: the same seed, the same scene.")] = 0,
    eyes: EyesOption = None,
    planner: Annotated[str, typer.Option(help="As of sayso run.")] = "local",
    models: Models = None,
    live: Annotated[bool, typer.Option("--live", help="A real arm may move; its limits are shown.")] = False,
    hold_to_run: Annotated[
        bool, typer.Option("--hold-to-run", help="The arm moves only while the page's button (or key h) is held.")
    ] = False,
    viewpoint: Annotated[str, typer.Option(metavar="facing|behind|DEGREES", help=HELP_VIEWPOINT)] = "behind",
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    open_to_network: Annotated[
        bool,
        typer.Option(
            "--open-to-network",
            help="Allow another --host than this computer: whoever reads the address, which travels unencrypted, moves "
            "the arm.",
        ),
    ] = False,
    speech: Annotated[
        Path | None,
        typer.Option(
            parser=a_path,
            metavar="FOLDER",
            help="Recognize speech on this computer, with the Whisper model (CTranslate2) in FOLDER.",
            show_default="the browser's own recognition",
        ),
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="The token of the address, 16 characters or more.", show_default="a random one")
    ] = None,
) -> None:
    """Serve a live page of a session: cameras, arm, plan, motions, critic, timeline; say, answer, press, stop.

    Example: sayso console --robot sim
    """
    settings = ConsoleSettings(host, port, open_to_network, new_token() if token is None else token, speech)
    yaw = viewpoint_yaw(viewpoint)
    from sayso.console.console import Console

    page = Console(settings, _tell, hold_to_run=hold_to_run)
    from sayso.backends.simulated_arms import is_simulated
    from sayso.commands.prompt import Prompt
    from sayso.memory_store import memory_of_user
    from sayso.runs.attempts import Attempts
    from sayso.runs.interrupts import Interrupts
    from sayso.session import Options, Session

    with Interrupts() as interrupts:
        with setting_up():
            options = Options(
                go_on_s=math.inf, answer_s=math.inf, viewpoint_yaw=yaw, memory=memory_of_user(_tell),
                hold_to_run=hold_to_run, keys=page.of, record=Attempts(Path("runs")).of,
                eyes=eyes,
            )  # fmt: skip
            session = Session(
                robot, scene, seed, planner, models, options, live=live or is_simulated(robot), tell=_tell
            )
        ended = threading.Event()

        def end() -> bool:
            ended.set()
            session.interrupt()
            return True

        interrupts.stop = end
        with session:
            talk = Prompt(session, page.note, yaw)
            page.begins(talk.take)
            session.on_words_at_rest(talk.hear)
            _tell("Ctrl-C ends; sayso stop in another terminal stops the arm; what you say is recorded below runs/")
            while not ended.wait(0.5):  # a wait without end would not let a signal in
                pass
            if session.is_running:
                session.interrupt()
            talk.finish()
    raise typer.Exit(130 if interrupts.caught else 0)


def _tell(text: str) -> None:
    if text:
        print(text, file=sys.stderr, flush=True)
