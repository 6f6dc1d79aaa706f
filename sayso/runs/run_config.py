"""Settings of a run, saved beside its recording so that the run can be repeated."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError, ValidationInfo

from sayso.backends.simulated_arms import simulated_arm
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.addresses import without_password
from sayso.planner.errors import Fallback
from sayso.runtime.planning import DEADLINE_S
from sayso.session import Options, Session

FILE_NAME = "run.json"
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _scene_in(value: Any, info: ValidationInfo) -> Any:
    """Validate a scene given as a value or as in a scene file. Raises `SceneError`."""
    if not isinstance(value, dict):
        return value
    from sayso.sim.arms.own_arm import arm_model
    from sayso.sim.scenes.scene_choice import area_of
    from sayso.sim.scenes.scene_file import REACH, parse_scene

    arm = simulated_arm(info.data.get("robot", "sim"))
    return parse_scene(json.dumps(value), "scene", REACH if arm is None else area_of(arm_model(arm).spec))


def _scene_out(scene: Any) -> dict[str, Any] | None:
    """A scene in the form of a scene file."""
    if scene is None:
        return None
    from sayso.sim.scenes.scene_file import to_json

    return to_json(scene)


if TYPE_CHECKING:
    from sayso.sim.scenes.scene_spec import SceneSpec

    Scene = SceneSpec | None
else:  # a real arm has no scene, and must not load the simulator
    Scene = Annotated[Any, PlainValidator(_scene_in), PlainSerializer(_scene_out)]


class RunSettings(BaseModel):
    """Everything that determines a run: ``say`` holds (time s from the start, text); ``scene`` as in a scene file.

    ``planner_deadline_s``, ``planner_fallback``, ``planner_price``, ``viewpoint_yaw`` and ``caution`` as in
    `sayso.session.Options`.
    A real ``robot`` has no scene; ``port``, ``cameras`` and ``mode`` are those given in place of saved settings.
    ``go_on_s``: time (s) that the stopped arm stood before the run ended; ``answer_s``: time (s) that a question waited
    before the run ended, beside the phrases of ``say``, None: questions end the run at once; ``limit_s``: time limit
    (s), None: by the plan. ``ended_s``: end of a killed run's recording, s after its first sample; None for a complete
    one. ``left`` holds the digests of the run's files (`sayso.outputs`), by which a later run recognizes them.
    ``remembered`` are the entries of the memory that the run began with. ``disturb`` and ``eyes`` as in
    `sayso.session.Options`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Literal[1] = 1
    instruction: str
    robot: str = "sim"
    scene: Scene
    seed: Annotated[int, Field(ge=0)] = 0
    planner: str = "local"
    planner_deadline_s: Seconds = DEADLINE_S
    planner_fallback: Fallback | None = None
    viewpoint_yaw: Annotated[float, Field(ge=-7, le=7)] = 0.0
    caution: Annotated[float, Field(ge=-1, le=1)] = 0.0
    planner_price: str | None = None
    say: tuple[tuple[Seconds, str], ...] = ()
    port: str | None = None
    cameras: tuple[str, ...] = ()
    mode: str | None = None
    go_on_s: Seconds | None = None
    answer_s: Seconds | None = None
    limit_s: Seconds | None = None
    ended_s: Seconds | None = None
    left: dict[str, str] = {}
    remembered: tuple[str, ...] = ()
    disturb: tuple[str, ...] = ()
    eyes: bool | None = None

    def session(
        self, models: Path | None = None, options: Options | None = None, live: bool = False,
        tell: Callable[[str], None] = print,
    ) -> Session:  # fmt: skip
        """The session for these settings. Raises what `Session` raises."""
        return Session(
            self.robot, self.scene, self.seed, self.planner, models, options,
            port=self.port, cameras=self.cameras, mode=self.mode, live=live, tell=tell,
        )  # fmt: skip

    @property
    def scene_text(self) -> str | None:
        """The scene as the text of a scene file, None without a scene."""
        return None if self.scene is None else json.dumps(_scene_out(self.scene), indent=1) + "\n"

    def seen(self) -> Self:
        """A copy without passwords in addresses, for writing to a file."""
        seen = {
            "planner": without_password(self.planner),
            "port": self.port and without_password(self.port),
            "cameras": tuple(map(without_password, self.cameras)),
        }
        return self.model_copy(update=seen)

    def write(self, folder: Path) -> Path:
        """Write ``run.json`` into ``folder``, without passwords in addresses, and return its path."""
        return write_atomic(folder / FILE_NAME, self.seen().model_dump_json(indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``run.json`` from ``folder``. Raises `UserError` that describes the fault."""
        file = folder / FILE_NAME
        try:
            return cls.model_validate_json(file.read_bytes())
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            if first["loc"] == ("scene",):
                raise UserError(f"{file}: {first['ctx']['error']}") from error
            where = ".".join(map(str, first["loc"])) or "the file"
            raise UserError(f"{file} is no run file: {where}: {first['msg']}") from error
