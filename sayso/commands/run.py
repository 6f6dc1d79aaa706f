"""``sayso run``: run one instruction, record and report."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.commands.terminal.ending import ending
from sayso.commands.terminal.keys import HELP, HOLD_HELP, Keys
from sayso.commands.terminal.options import (
    MAX_SEED,
    EyesOption,
    Json,
    Models,
    Robot,
    Scene,
    a_path,
    parse_say,
    print_json,
    setting_up,
)
from sayso.commands.terminal.scene import scene_of
from sayso.commands.terminal.text import clean_text
from sayso.commands.terminal.typing import Lines, can_read_keys, reading
from sayso.commands.terminal.viewpoint import HELP as HELP_VIEWPOINT
from sayso.commands.terminal.viewpoint import viewpoint_yaw
from sayso.console.settings import DEFAULT_PORT, ConsoleSettings
from sayso.errors import UserError
from sayso.planner.asks import Asks
from sayso.planner.errors import Fallback

if TYPE_CHECKING:
    from sayso.console.console import Console
    from sayso.result import RunResult
    from sayso.session import Session


class Format(StrEnum):
    """The format of a recording."""

    LANGUAGE = "lerobot-v3"
    PLAIN = "lerobot-v3-plain"


def run(
    instruction: Annotated[
        str | None,
        typer.Argument(help="The task in plain words.", show_default="the world's own"),
    ] = None,
    robot: Robot = "sim",
    scene: Scene = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_SEED, help="In simulation, the same seed gives the same run.", show_default="0"),
    ] = None,
    planner: Annotated[
        str,
        typer.Option(
            help="local, openai:MODEL@URL, anthropic:MODEL, motions:MODEL@URL (it says the motions, too), an installed "
            "one, or MODULE:CLASS."
        ),
    ] = "local",
    planner_deadline: Annotated[
        float, typer.Option(min=0.1, max=3600, metavar="S", help="Seconds that a planner has for an answer.")
    ] = 10.0,
    planner_fallback: Annotated[
        Fallback | None,
        typer.Option(
            help="Without an answer: plan on this computer, ask you, or hold the arm and ask the planner again.",
            show_default="an error before the arm has begun, else ask",
        ),
    ] = None,
    planner_price: Annotated[
        str | None,
        typer.Option(metavar="READ,WRITTEN", help="Prices of a million tokens, read and written, for the result."),
    ] = None,
    say: Annotated[list[str] | None, typer.Option(metavar="T:PHRASE", help="Say PHRASE T s after the start.")] = None,
    disturb: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[@T]",
            help="Disturb the simulated world at T s, or at a moment that the seed draws; ? lists the disturbances.",
        ),
    ] = None,
    eyes: EyesOption = None,
    out: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="DIR", help="Folder of the results; default runs/TIME.")
    ] = None,
    models: Models = None,
    port: Annotated[str | None, typer.Option(help="A real arm's serial port, CAN interface or address.")] = None,
    camera: Annotated[
        list[str] | None, typer.Option(metavar="[NAME=]ADDRESS", help="A real camera: a number, a file or a URL.")
    ] = None,
    mode: Annotated[str | None, typer.Option(help="For a real arm: live, read-only or mock.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="A real arm may move (its limits are shown); in simulation: real time.")
    ] = False,
    hold_to_run: Annotated[
        bool, typer.Option("--hold-to-run", help="The arm moves only while you hold h down in this terminal.")
    ] = False,
    console: Annotated[
        bool, typer.Option("--console", help="Serve a live page meanwhile; a simulated arm then keeps real time.")
    ] = False,
    console_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The page's port on this computer; 0: any free one.")
    ] = DEFAULT_PORT,
    viewpoint: Annotated[str, typer.Option(metavar="facing|behind|DEGREES", help=HELP_VIEWPOINT)] = "behind",
    ask: Annotated[Asks, typer.Option(help="How much the local planner asks before it acts.")] = Asks.NORMAL,
    no_ask: Annotated[bool, typer.Option("--no-ask", help="A question ends the run, also in a terminal.")] = False,
    limit: Annotated[
        float | None,
        typer.Option(min=1, metavar="S", help="Give up after S seconds; default: by the length of the plan."),
    ] = None,
    video: Annotated[bool, typer.Option(help="Write the video.")] = True,
    pictures: Annotated[bool, typer.Option("--pictures", help="Also record the cameras' pictures.")] = False,
    format: Annotated[
        Format | None,
        typer.Option(help="Format of the recording; plain: without language columns, for LeRobot up to 0.4."),
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="DIR", help="Also add the recording to this dataset.")
    ] = None,
    memory: Annotated[
        bool, typer.Option("--memory/--no-memory", help="Remember names, rules and what was done; see sayso memory.")
    ] = True,
    json: Json = False,
) -> None:
    """Run one instruction from camera pixels, in simulation or on a real arm; write a video and a report.

    A line that you type while a question waits is the answer; an empty line stops.

    Example: sayso run "put the red block in the blue bowl" --say "3.5:left a bit" --out runs/first
    """
    if "?" in (disturb or ()):
        from sayso.sim.disturbances.kinds import listed

        print(listed())
        raise typer.Exit(0)
    instruction = None if instruction is None else clean_text(instruction, "the instruction")
    words, looking = parse_say(say or []), viewpoint_yaw(viewpoint)
    plain = None if format is None else format is Format.PLAIN
    from sayso.backends.simulated_arms import is_simulated, simulated_arm
    from sayso.commands.terminal.progress import RunLine, with_bar
    from sayso.hardware.worlds.open import world_name
    from sayso.memory_store import memory_of_user
    from sayso.outputs import UnwrittenError, alone_in, fresh_folder
    from sayso.runs.interrupts import Interrupts
    from sayso.runs.journal import check_journal
    from sayso.runs.recorder import check_dataset, check_replaceable
    from sayso.runs.run import EPISODE, FILES, Run
    from sayso.runs.run_config import RunSettings

    with ExitStack() as held:
        if out is None:
            folder = held.enter_context(fresh_folder(Path("runs"), datetime.now().strftime("%Y%m%d-%H%M%S")))
        else:
            held.enter_context(alone_in(folder := out))
        check_replaceable(folder, FILES, EPISODE)
        check_journal(folder)
        with setting_up():
            arm = simulated_arm(robot)
            if not is_simulated(robot):
                check_real(robot, scene, seed, mode, port, disturb)
            elif arm is None and scene is not None:
                raise UserError(f"{robot} sets up its own scenes; leave --scene out")
            if instruction is None and world_name(robot) is None:
                raise UserError('an instruction is needed, such as "stack all the blocks"; only a world has its own')
            seed = seed or 0
            table = None if arm is None else scene_of(arm, scene, seed)
            settings = RunSettings(
                scene=table, instruction=instruction or "", robot=robot,
                seed=seed, planner=planner, say=tuple(words), port=port, cameras=tuple(camera or ()), mode=mode,
                limit_s=limit, planner_deadline_s=planner_deadline, planner_fallback=planner_fallback,
                viewpoint_yaw=looking,
                planner_price=planner_price, disturb=tuple(disturb or ()),
                eyes=eyes,
            )  # fmt: skip
        interrupts = held.enter_context(Interrupts())
        page = _page(console_port, hold_to_run) if console else None
        live = live or (console and is_simulated(robot))
        real_time = live or not is_simulated(robot)
        if hold_to_run and not (real_time and (can_read_keys() or console)):
            lacks = "needs a terminal whose keys can be read" if real_time else "needs real time; add --live"
            raise UserError(f"--hold-to-run {lacks}")
        with setting_up():
            # Who sits at a terminal may take any time to say go on.
            waits = math.inf if real_time and (sys.stdin.isatty() or console) else None
            can_answer = not no_ask and can_read_keys() and sys.stderr.isatty()
            has_keys = real_time and can_read_keys()
            answers = (can_answer or console) and not no_ask
            current = Run(
                settings, models, film=video, live=live, tell=_tell, go_on_s=waits, pictures=pictures,
                hold_to_run=hold_to_run, answer_s=math.inf if answers else 0.0 if words and not no_ask else None,
                keys=partial(meanwhile, page, has_keys, can_answer, hold_to_run),
                memory=memory_of_user(_tell) if memory else None,
            )  # fmt: skip
        interrupts.stop = current.session.interrupt
        with current:
            current.keep(folder)
            if dataset is not None:
                with setting_up():
                    check_dataset(dataset, current.recorder, plain, pictures)
            with RunLine() as line:
                result = current.execute(line)
            remarks, unwritten = _remarks(current.session, result), False
            try:
                files = current.save(
                    folder, lambda frames, n: with_bar(frames, "drawing the video", n), video=not interrupts.caught,
                    plain=plain, dataset=dataset,
                )  # fmt: skip
            except UnwrittenError as error:
                files, unwritten = error.files, True
                remarks.append(f"not everything was written: {error}")
    if json:
        print_json(result.to_json() | {"files": {name: str(path) for name, path in files.items()}})
    else:
        print(ending(result, told=line.asked if line.console.is_terminal and sys.stdout.isatty() else ""), flush=True)
    for remark in remarks:  # after what they are about: how the run ended
        _tell(f"sayso: {remark}")
    if not json:
        for name, path in files.items():
            print(f"  {name:9} {path}")
    if interrupts.caught:
        raise typer.Exit(130)
    raise typer.Exit(0 if result.outcome == "done" and result.success is not False and not unwritten else 1)


@contextmanager
def meanwhile(
    page: Console | None, has_keys: bool, can_answer: bool, hold_to_run: bool, session: Session
) -> Iterator[None]:
    """Serve the ``page`` of ``session``, and read this terminal for it: answers, and in real time keys."""
    keys = Keys(session, hold_to_run, _tell) if has_keys or page is not None else None
    with ExitStack() as ends:
        if page is not None:
            ends.enter_context(page.of(session, keys))
        if has_keys:
            _tell(HOLD_HELP if hold_to_run else HELP)
        if has_keys or can_answer:
            ends.enter_context(reading(Lines(session), keys if has_keys else None))
        yield


def _remarks(session: Session, result: RunResult) -> list[str]:
    """What was to be said or to happen in the run of ``result`` and was not, and what disturbed it."""
    unsaid = (
        f"--say {t - session.began:g}:{phrase} was not said: the run ended before that time"
        for t, phrase in session.commands.unsaid
    )
    disturbed = (f"disturbed at {done.t:.1f} s ({done.name}): {done.what}" for done in result.disturbances)
    left_out = session.director.left_out if session.director is not None else ()
    missed = (f"--disturb {name} did not happen: the run ended before its moment" for name in left_out)
    return [*unsaid, *disturbed, *missed]


def _page(port: int, hold_to_run: bool) -> Console:
    from sayso.console.console import Console

    return Console(ConsoleSettings(port=port), _tell, hold_to_run=hold_to_run)


def check_real(
    robot: str, scene: str | None, seed: int | None, mode: str | None, port: str | None,
    disturb: Sequence[str] | None = None,
) -> None:  # fmt: skip
    """Raise `UserError` for options without an effect on the real arm ``robot``."""
    given = {"--scene": scene is not None, "--seed": seed is not None, "--disturb": bool(disturb)}
    if what := next((name for name, value in given.items() if value), None):
        raise UserError(f"{what} is for simulation; {robot} is a real arm: leave {what} out")
    if mode == "mock" and port is not None:
        raise UserError(f"--mode mock has no arm: leave --port {port} or --mode out")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
