"""The picture options of ``look`` and ``name``, and what the eyes see in a picture or through a robot's cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.commands.terminal.options import a_path, setting_up
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.hardware.types import Frame, GripperSpec
    from sayso.model_store import ModelStore
    from sayso.perception.eyes.instances import Instance
    from sayso.perception.grasps.grasp import Grasp
    from sayso.perception.table_plane import TablePlane

TABLE = "table"
Depth = Annotated[
    Path | None,
    typer.Option(parser=a_path, metavar="DEPTH.png", help="Its depth, of the same size: 16 bits, 0 is none."),
]
Camera = Annotated[
    Path | None, typer.Option(parser=a_path, metavar="FILE", help="camera.json: width, height, matrix, distortion.")
]
DepthScale = Annotated[float, typer.Option(min=1e-6, max=1.0, help="Metres in one unit of the depth picture.")]
CameraPose = Annotated[
    str,
    typer.Option(metavar="FILE|table", help="The camera's pose in the robot's base; table: over the table it sees."),
]
LookingRobot = Annotated[
    str | None, typer.Option("--robot", help="Look through this robot's cameras: sim, sim:ARM, or a real arm.")
]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the eyes see in ``frames``: (index of the frame, instance), surest first, with ids o1, o2, …, and the
    ``grasps`` of each, best first; ``plane`` is the table that was found."""

    frames: Sequence[Frame]
    seen: Sequence[tuple[int, Instance]]
    ids: Sequence[str]
    grasps: Sequence[Sequence[Grasp]]
    plane: TablePlane | None = None


def sight_of(
    picture: Path | None, depth: Path | None, depth_scale: float, camera: Path | None, pose: str, robot: str | None,
    scene: str | None, seed: int, store: ModelStore,
) -> Sight:  # fmt: skip
    """What is seen in a picture, or through the cameras of ``robot``, which does not move. Raises `UserError`."""
    from sayso.perception.eyes.eyes import Eyes
    from sayso.perception.eyes.reports import numbered
    from sayso.perception.eyes.views import grouped, seen_by_all, sights_of
    from sayso.perception.grasps.finder import PANDA, GraspFinder, finds_for
    from sayso.perception.grasps.seen import grasps_of

    plane: TablePlane | None = None
    gripper: GripperSpec | None = PANDA
    if picture is not None:
        if robot is not None:
            raise UserError("a picture and --robot are two things to look at; give one of them")
        if not picture.is_file():
            raise UserError(f"{picture}: there is no such picture")
        if camera is None:
            raise UserError("a picture needs --camera FILE: a camera.json with width, height, matrix and distortion")
        frame, plane = _from_files(picture, depth, depth_scale, camera, pose)
        frames: Sequence[Frame] = (frame,)
    else:
        if depth is not None or camera is not None or pose != TABLE:
            raise UserError("--depth, --camera and --pose belong to a picture; name the picture first")
        frames, gripper = _through_cameras(robot or "sim", scene, seed, store)
    deep, flat = any(f.depth is not None for f in frames), any(f.depth is None for f in frames)
    eyes = Eyes(store.load("eyes") if deep else None, color=store.load("eyes-rgb") if flat else None)
    views = [eyes.look(frame) for frame in frames]
    seen = seen_by_all(views, sights_of(frames))
    grasps: Sequence[Sequence[Grasp]] = [()] * len(seen)
    if deep and gripper is not None and finds_for(gripper):
        groups = {id(one): group for group in grouped(views, sights_of(frames)) for one in group}
        things = [groups[id(one)] for _, one in seen]
        grasps = grasps_of(GraspFinder(store.load("grasps"), gripper), frames, views, things)
    return Sight(frames, seen, numbered([one for _, one in seen]), grasps, plane)


def _from_files(
    picture: Path, depth: Path | None, scale: float, camera: Path, pose: str
) -> tuple[Frame, TablePlane | None]:
    """The picture over its table, or in the pose of the file ``pose``."""
    from dataclasses import replace

    import numpy as np

    from sayso.hardware.types import Pose
    from sayso.perception.eyes.picture_files import PictureError, read_frame, read_pose
    from sayso.perception.table_plane import NoTableError, find_table

    if depth is None and pose == TABLE:
        raise UserError("without --depth no table can be found; give the camera's pose with --pose FILE")
    try:
        frame = read_frame(picture, depth, scale, camera, Pose(np.zeros(3), np.eye(3)))
        plane = find_table(frame) if pose == TABLE else None
        return replace(frame, pose=plane.camera_pose() if plane else read_pose(Path(pose))), plane
    except NoTableError as error:
        raise UserError(f"{depth}: {error}; give the camera's pose with --pose FILE") from None
    except PictureError as error:
        raise UserError(str(error)) from None


def _through_cameras(
    robot: str, scene: str | None, seed: int, store: ModelStore
) -> tuple[Sequence[Frame], GripperSpec | None]:
    """One frame of each of the robot's cameras, and its gripper. A real arm is not connected."""
    from contextlib import ExitStack

    from sayso.backends.simulated_arms import is_simulated
    from sayso.perception.pipeline import PerceptionPipeline, patiently
    from sayso.session.assembly import real_backend, simulated_backend
    from sayso.session.options import Options

    with setting_up(), ExitStack() as closing:
        if is_simulated(robot):
            backend = simulated_backend(robot, None, scene, seed, None, Options(), store, False, closing)
        elif scene is not None:
            raise UserError(f"{robot} is real and sees its own table; leave --scene out")
        else:
            backend = real_backend(robot, None, (), None, False, Options(), store, typer.echo)
        closing.callback(backend.close)
        eyes = backend.perception
        assert isinstance(eyes, PerceptionPipeline)
        frames = patiently(eyes.frames, backend.robot.clock)
    if not frames:
        raise UserError(f"{robot} has no camera; save it with one: sayso robots add … --camera ADDRESS")
    return frames, backend.robot.spec.gripper
