"""What a run was asked to do, kept beside its recording so that it can be run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.addresses import without_password
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.session import Options, Session, simulated_arm
from sim.own_arm import arm_model
from sim.scene_choice import area_of
from sim.scene_file import REACH, SceneError, parse_scene, to_json
from sim.spec import SceneSpec

FILE_NAME = "run.json"
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class RunSettings(BaseModel):
    """Everything that decides a run: ``say`` is what was said and when, s from the start; ``scene`` as in its file.

    A real ``robot`` has no scene of ours; ``port``, ``cameras`` and ``mode`` are what was given besides what is kept.
    ``go_on_s``: how long the stopped arm stood before the run ended; ``limit_s``: the time allowed, None: by the plan.
    ``ended_s``: the process was killed and the recording ends there, s after its first sample; None: it is whole.
    ``left`` are the digests of the files that the run left (`sayso.outputs`), by which its next one knows them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Literal[1] = 1
    instruction: str
    robot: str = "sim"
    scene: dict[str, Any] | None
    seed: Annotated[int, Field(ge=0)] = 0
    planner: str = "local"
    say: tuple[tuple[Seconds, str], ...] = ()
    port: str | None = None
    cameras: tuple[str, ...] = ()
    mode: str | None = None
    go_on_s: Seconds | None = None
    limit_s: Seconds | None = None
    ended_s: Seconds | None = None
    left: dict[str, str] = {}

    @classmethod
    def of(cls, scene: SceneSpec | None, **settings: Any) -> Self:
        """Settings with a scene that is loaded already."""
        return cls(scene=None if scene is None else to_json(scene), **settings)

    def session(
        self, models: Path | None = None, options: Options | None = None, live: bool = False,
        tell: Callable[[str], None] = print,
    ) -> Session:  # fmt: skip
        """The session that these settings ask for; raises what `Session` raises."""
        return Session(
            self.robot, self._spec(), self.seed, self.planner, models, options,
            port=self.port, cameras=self.cameras, mode=self.mode, live=live, tell=tell,
        )  # fmt: skip

    def _spec(self, where: str = "scene") -> SceneSpec | None:
        if self.scene is None:
            return None
        arm = simulated_arm(self.robot)
        area = REACH if arm is None else area_of(arm_model(arm).spec)
        return parse_scene(json.dumps(self.scene), where, area)

    def seen(self) -> Self:
        """The same without passwords in addresses, as it may be written down."""
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
        """Read ``run.json`` from ``folder``. Raises `UserError` saying what is wrong with it."""
        file = folder / FILE_NAME
        try:
            settings = cls.model_validate_json(file.read_bytes())
            settings._spec(f"{file}: scene")
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise UserError(f"{file} does not tell of a run: {where}: {first['msg']}") from error
        except SceneError as error:
            raise UserError(str(error)) from error
        return settings
