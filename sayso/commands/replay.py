"""``sayso replay``: does a run come out the same again?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, a_path, print_json, setting_up
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.skills.episodes import Episode


def replay(
    folder: Annotated[Path, typer.Argument(parser=a_path, metavar="DIR", help="What sayso run left.")],
    models: Models = None,
    json: Json = False,
) -> None:
    """Run a recorded run again (same scene, seed and words) and compare: exit code 0 if nothing differs.

    Of a run that was killed the recording is made whole first, and compared as far as it goes.
    Example: sayso replay runs/first
    """
    from sayso.backends.simulated_arms import is_simulated
    from sayso.commands.terminal.progress import RunLine
    from sayso.result import RunResult, deterministic_view
    from sayso.runs.run import EPISODE, Run, recover
    from sayso.runs.run_config import RunSettings

    if told := recover(folder):
        print(told, file=sys.stderr)
    settings = RunSettings.load(folder / EPISODE)
    then = RunResult.load(folder) if settings.ended_s is None else None
    if not is_simulated(settings.robot):
        raise UserError(f"{folder} is a run of {settings.robot}: only what happened in simulation can happen again")
    with setting_up():
        again = Run(settings, models, listen=False)
    with again, RunLine() as line:
        now = again.execute(line)
    if then is None:
        found = _unlike(folder / EPISODE, again.recorder.episode(now))
        came = f"the first {settings.ended_s:g} s of {folder} came out the same again; there it ended early"
    else:
        found = next(differences(deterministic_view(then), deterministic_view(now)), None)
        came = f"{folder} came out the same again, {now.outcome} after {now.duration_s:g} s"
    if json:
        print_json({"equal": found is None, "difference": found})
    elif found is None:
        print(f"equal: {came}")
    else:
        print(f"different: {found}")
    raise typer.Exit(0 if found is None else 1)


def _unlike(dataset: Path, now: Episode | None) -> str | None:
    """Where the samples of ``now`` differ from those of ``dataset``, as far as these go."""
    import numpy as np

    from sayso.skills.dataset import read_episodes

    (then,) = read_episodes(dataset, videos=False)
    if now is None or len(now) < len(then):
        return f"samples: there were {len(then)}, now there are {0 if now is None else len(now)}"
    for name, values in then.columns.items():
        if len(odd := np.argwhere(values != now.columns[name][: len(then)])):
            row, n = odd[0]
            return f"{name}.{row}.{n}: it was {values[row, n]:g}, now it is {now.columns[name][row, n]:g}"
    return None


def differences(then: Any, now: Any, where: str = "") -> Iterator[str]:
    """Where two JSON values differ, in words: "motions.3.text: it was …, now it is …"."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            yield from differences(then.get(key), now.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(then, list) and isinstance(now, list):
        for i, (a, b) in enumerate(zip(then, now, strict=False)):
            yield from differences(a, b, f"{where}.{i}")
        if len(then) != len(now):
            yield f"{where}: there were {len(then)}, now there are {len(now)}"
    elif then != now:
        yield f"{where}: it was {then!r}, now it is {now!r}"
