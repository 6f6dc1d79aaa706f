"""``sayso corrections``: what people said to a moving arm; list, play, relabel, strike out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.commands.terminal.options import Json, print_json
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.learning.amendments import Amended

ACTIONS = ("list", "play", "relabel", "strike", "restore")
BEFORE_S, AFTER_S = 3.0, 4.0


def corrections(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ACTION] [RUNS]…",
            help="list (the default) RUNS, or folders of runs; or play, relabel, strike, restore RUN NUMBER.",
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="With list: remarks and questions, too.")] = False,
    json: Json = False,
) -> None:
    """List what people said to the moving arm; play, relabel or strike it out.

    play RUN [NUMBER] cuts the video around a correction. relabel RUN NUMBER "PHRASE" changes what was understood to
    that motion, and says so if it was no motion before.
    strike RUN NUMBER… leaves corrections out of learning, restore takes that and a relabel back. The record of the run
    itself never changes.

    Example: sayso corrections relabel runs/first 2 "move arm up"
    """
    given = words or []
    action, rest = (given[0], given[1:]) if given and given[0] in ACTIONS else ("list", given)
    if action == "list":
        rows = _listed([Path(word) for word in rest] or [Path("runs")])
        rows = [row for row in rows if all_ or row.said.level not in ("remark", "ask", "unknown")]
        _show(rows, json)
    elif action == "play":
        _play(*_run_and_numbers(action, rest, least=0), json)
    elif action == "relabel":
        if len(rest) != 3:
            raise UserError('relabel needs a run, a number and a phrase: relabel runs/first 2 "move arm up"')
        run, numbers = _run_and_numbers(action, rest[:2], least=1)
        row = _relabelled(run, numbers[0], rest[2])
        _show([row], json)
        if (told := _new_level(row)) and not json:
            print(told)
    else:
        run, numbers = _run_and_numbers(action, rest, least=1)
        _show([_struck(run, number, action == "strike") for number in numbers], json)


def _listed(places: list[Path]) -> list[Amended]:
    from sayso.learning.amendments import amended
    from sayso.learning.attempt import attempts_in

    return [row for attempt in attempts_in(places) for row in amended(attempt)]


def _run_and_numbers(action: str, words: list[str], least: int) -> tuple[Path, list[int]]:
    if not words or len(words) < 1 + least or not all(word.isdecimal() for word in words[1:]):
        raise UserError(f"{action} needs a run and a number, as sayso corrections lists them: {action} runs/first 2")
    return Path(words[0]), [int(word) for word in words[1:]]


def _relabelled(run: Path, number: int, phrase: str) -> Amended:
    from sayso.learning.amendments import amend
    from sayso.learning.attempt import Attempt
    from sayso.planner.corrections.grammar import Unreadable, read_motion
    from sayso.planner.corrections.text import tokens
    from sayso.skills.motion import LanguageMotion, parse

    try:
        motion = parse(phrase)
    except ValueError as error:
        try:
            spoken = read_motion(tokens(phrase))
        except Unreadable as why:
            raise UserError(f"“{phrase}”: {why}") from None
        if spoken is None or not (spoken.steps or spoken.hold or spoken.gripper):
            raise UserError(f"“{phrase}” is no motion of the arm: {error}") from None
        motion = LanguageMotion(spoken.steps, spoken.gripper)
    said = str(motion)
    return amend(Attempt.load(run), number, lambda before: before.model_copy(update={"motion": said}))


def _new_level(row: Amended) -> str:
    """What a relabel has made of a correction that was no motion; "" if it was one."""
    was = row.was
    if was is None or was.level == row.said.level:
        return ""
    undo = f"sayso corrections restore {row.attempt.folder} {was.number} takes that back"
    return f"correction {was.number} was a {was.level} ({was.read_as}) and now counts as a motion; {undo}"


def _struck(run: Path, number: int, struck: bool) -> Amended:
    from sayso.learning.amendments import Amendment, amend
    from sayso.learning.attempt import Attempt

    def change(before: Amendment) -> Amendment:
        return before.model_copy(update={"struck": True}) if struck else Amendment()

    return amend(Attempt.load(run), number, change)


def _play(run: Path, numbers: list[int], json: bool) -> None:
    """Cut the video around the corrections, all without numbers, and print what moved then."""
    from sayso.learning.cut import cut

    rows = [row for row in _listed([run]) if not numbers or row.said.number in numbers]
    if numbers and len(rows) < len(numbers):
        raise UserError(f"{run} has no correction {next(n for n in numbers if n not in [r.said.number for r in rows])}")
    if not rows:
        raise UserError(f"nobody said anything in {run}")
    video = rows[0].attempt.folder / "video.mp4"
    if not video.exists():
        raise UserError(
            f"{run} has no video.mp4; sayso run writes one unless --no-video is given, the prompt and the console none"
        )
    made = []
    for row in rows:
        out = video.with_name(f"correction-{row.said.number}.mp4")
        begin = max(row.said.t - BEFORE_S, 0.0)
        seconds = cut(video, out, begin, row.said.t + AFTER_S)
        made.append(_row(row) | {"video": str(out), "from_s": round(begin, 3), "seconds": round(seconds, 2)})
        if not json:
            print(_line(row))
            last = ""
            for moment in row.attempt.around(row.said, BEFORE_S, AFTER_S):
                if (said := f"{moment.motion} ({moment.by})") != last:
                    print(f"    {moment.t - row.said.t:+5.1f} s  {moment.subtask}: {said}")
                last = said
            print(f"    {out}, {seconds:.1f} s")
    if json:
        print_json(made)


def _show(rows: list[Amended], json: bool) -> None:
    if json:
        print_json([_row(row) for row in rows])
        return
    folder = None
    for row in rows:
        if row.attempt.folder != folder:
            folder = row.attempt.folder
            print(f"{folder}  “{row.attempt.opening.instruction}”: {row.attempt.outcome}")
        print(_line(row))
    if not rows:
        print("nobody has corrected anything there")


def _line(row: Amended) -> str:
    said = row.said
    before, after = said.before, row.attempt.after(said)
    note = (
        " (struck out)" if row.struck else f" (relabelled; was {row.was.level}: {row.was.read_as})" if row.was else ""
    )
    there = f"; before: {before.motion}" if before is not None else ""
    then = f"; then: {after.motion}" if after is not None else ""
    return f"{said.number:4}  {said.t:6.2f} s  {said.level:8} “{said.text}”: {said.read_as}{note}{there}{then}"


def _row(row: Amended) -> dict[str, Any]:
    said, after = row.said, row.attempt.after(row.said)
    return {
        "run": str(row.attempt.folder),
        "instruction": row.attempt.opening.instruction,
        "outcome": row.attempt.outcome,
        **said.model_dump(mode="json", exclude={"kind"}),
        "after": None if after is None else {"motion": after.motion, "by": after.by},
        "struck": row.struck,
        "relabelled": row.relabelled,
        "was": None if row.was is None else {"level": row.was.level, "read_as": row.was.read_as},
    }
