"""What a run was asked to do, kept beside its recording so that it can be run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.session import Options, Session
from sim.scene_file import SceneError, parse_scene, to_json
from sim.spec import SceneSpec

FILE_NAME = "run.json"
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class RunSettings(BaseModel):
    """Everything that decides a run: ``say`` is what was said and when, s from the start; ``scene`` as in its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Literal[1] = 1
    instruction: str
    robot: str = "sim"
    scene: dict[str, Any]
    seed: Annotated[int, Field(ge=0)] = 0
    planner: str = "local"
    say: tuple[tuple[Seconds, str], ...] = ()

    @classmethod
    def of(cls, scene: SceneSpec, **settings: Any) -> Self:
        """Settings with a scene that is loaded already."""
        return cls(scene=to_json(scene), **settings)

    def session(self, models: Path | None = None, film: bool = False) -> Session:
        """The session that these settings ask for; raises what `Session` raises."""
        scene = parse_scene(json.dumps(self.scene))
        return Session(self.robot, scene, self.seed, self.planner, models, Options(film=film))

    def write(self, folder: Path) -> Path:
        """Write ``run.json`` into ``folder`` and return its path."""
        return write_atomic(folder / FILE_NAME, self.model_dump_json(indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read ``run.json`` from ``folder``. Raises `UserError` saying what is wrong with it."""
        file = folder / FILE_NAME
        try:
            settings = cls.model_validate_json(file.read_bytes())
            parse_scene(json.dumps(settings.scene), f"{file}: scene")
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise UserError(f"{file} does not tell of a run: {where}: {first['msg']}") from error
        except SceneError as error:
            raise UserError(str(error)) from error
        return settings
