"""``sayso replay``: run a recorded run again and compare."""

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
    folder: Annotated[
        Path, typer.Argument(parser=a_path, metavar="DIR", help="Folder of a run, written by sayso run.")
    ],
    models: Models = None,
    json: Json = False,
) -> None:
    """Run a recorded run again with the same scene, seed and words, and compare; exit code 0: no difference.

    The recording of a killed run is completed first, and compared up to its end.

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
        raise UserError(f"{folder} is a run of {settings.robot}; only runs in simulation can be replayed")
    with setting_up():
        again = Run(settings, models, listen=False)
    with again, RunLine() as line:
        now = again.execute(line)
    if then is None:
        found = _unlike(folder / EPISODE, again.recorder.episode(now))
        came = f"the first {settings.ended_s:g} s of {folder} are the same; the recording ends there"
    else:
        found = next(differences(deterministic_view(then), deterministic_view(now)), None)
        came = f"the new run of {folder} is the same: {now.outcome} after {now.duration_s:g} s"
    if json:
        print_json({"equal": found is None, "difference": found})
    elif found is None:
        print(f"equal: {came}")
    else:
        print(f"different: {found}")
    raise typer.Exit(0 if found is None else 1)


def _unlike(dataset: Path, now: Episode | None) -> str | None:
    """The first difference between the samples of ``now`` and ``dataset``, up to the end of ``dataset``."""
    import numpy as np

    from sayso.skills.dataset import read_episodes

    (then,) = read_episodes(dataset, videos=False)
    if now is None or len(now) < len(then):
        return f"samples: were {len(then)}, now {0 if now is None else len(now)}"
    for name, values in then.columns.items():
        if len(odd := np.argwhere(values != now.columns[name][: len(then)])):
            row, n = odd[0]
            return f"{name}.{row}.{n}: was {values[row, n]:g}, now {now.columns[name][row, n]:g}"
    return None


def differences(then: Any, now: Any, where: str = "") -> Iterator[str]:
    """The differences between two JSON values, in words: "motions.3.text: was …, now …"."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            yield from differences(then.get(key), now.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(then, list) and isinstance(now, list):
        for i, (a, b) in enumerate(zip(then, now, strict=False)):
            yield from differences(a, b, f"{where}.{i}")
        if len(then) != len(now):
            yield f"{where}: were {len(then)}, now {len(now)}"
    elif then != now:
        yield f"{where}: was {then!r}, now {now!r}"
