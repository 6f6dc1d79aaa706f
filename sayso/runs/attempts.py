"""Records what a warm session does: each instruction in a folder of its own, with what a person said meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.backends.simulated_arms import is_simulated
from sayso.learning.attempt_recorder import AttemptRecorder
from sayso.outputs import fresh_folder
from sayso.result import RunResult
from sayso.runs.run import EPISODE
from sayso.runs.run_config import RunSettings
from sayso.session import Session

if TYPE_CHECKING:
    from sayso.sim.scenes.scene_spec import SceneSpec


class Attempts:
    """Records the attempts of a session below ``parent``; `of` is what `sayso.session.Options.record` takes.

    Each folder has the files of `sayso run` that `sayso corrections` and `sayso learn` read: attempt.jsonl, and
    run.json with the scene as it stood when the instruction came.
    """

    def __init__(self, parent: Path) -> None:
        self.parent = parent

    @contextmanager
    def of(self, session: Session, instruction: str) -> Iterator[Callable[[RunResult], None]]:
        """Record ``instruction`` until the run ends; the result is passed to what this yields.

        The robot acknowledges words once they are on disk. An attempt in which neither the arm moved nor anybody spoke
        leaves no folder. Raises `UserError` if the folder cannot be written.
        """
        with fresh_folder(self.parent, datetime.now().strftime("%Y%m%d-%H%M%S")) as folder:
            settings = _settings(session, instruction)
            settings.write(folder / EPISODE)
            recorder = AttemptRecorder(
                folder, session.executive, instruction, session.robot_name, session.seed, session.models,
                lambda: session.began,
            )  # fmt: skip
            runtime, operator = session.runtime, session.operator
            runtime.subscribe(recorder)
            operator.acknowledgments.record = recorder

            def ended(result: RunResult) -> None:
                recorder.close(result)
                said = tuple((max(0.0, round(c.t, 6)), c.text) for c in result.corrections)
                settings.model_copy(update={"say": said}).write(folder / EPISODE)

            try:
                yield ended
            finally:
                operator.acknowledgments.record = None
                runtime.unsubscribe(recorder)
                recorder.close()
                if recorder.is_empty:
                    recorder.writer.remove()
                    shutil.rmtree(folder / EPISODE)


def _settings(session: Session, instruction: str) -> RunSettings:
    """The settings of a run that does the same, as far as they are known."""
    options = session.options
    return RunSettings(
        instruction=instruction, robot=session.robot_name, scene=_scene(session), seed=session.seed,
        planner=session.planner_name, viewpoint_yaw=options.viewpoint_yaw, caution=options.caution,
        remembered=session.memory.snapshot(), eyes=options.eyes,
    )  # fmt: skip


def _scene(session: Session) -> SceneSpec | None:
    """The scene on the simulated table as it is now; None on a real arm and in another package's world."""
    if not is_simulated(session.robot_name):
        return None
    from sayso.sim.scenes.scene_now import scene_now
    from sayso.sim.table_world import TableWorld

    world = getattr(session.backend, "world", None)
    return scene_now(world.physics.scene, session.truth) if isinstance(world, TableWorld) else None
