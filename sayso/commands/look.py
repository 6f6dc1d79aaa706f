"""``sayso look``: what the eyes see in a picture, or through a robot's cameras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, Scene, Seed, a_path, print_json, setting_up
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.hardware.types import Frame
    from sayso.model_store import ModelStore
    from sayso.perception.table_plane import TablePlane

TABLE = "table"


def look(
    picture: Annotated[
        Path | None, typer.Argument(parser=a_path, metavar="[PICTURE]", help="A color picture: PNG or JPEG.")
    ] = None,
    depth: Annotated[
        Path | None,
        typer.Option(parser=a_path, metavar="DEPTH.png", help="Its depth, of the same size: 16 bits, 0 is none."),
    ] = None,
    camera: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="FILE", help="camera.json: width, height, matrix, distortion.")
    ] = None,
    depth_scale: Annotated[
        float, typer.Option(min=1e-6, max=1.0, help="Metres in one unit of the depth picture.")
    ] = 0.001,
    pose: Annotated[
        str,
        typer.Option(
            metavar="FILE|table", help="The camera's pose in the robot's base; table: over the table it sees."
        ),
    ] = TABLE,
    robot: Annotated[
        str | None, typer.Option(help="Look through this robot's cameras: sim, sim:ARM, or a real arm.")
    ] = None,
    scene: Scene = None,
    seed: Seed = 0,
    models: Models = None,
    out: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="PNG", help="Write the picture with what is seen.")
    ] = None,
    json: Json = False,
) -> None:
    """List the things on the table in one picture, or as the robot's cameras see them; nothing moves.

    With --pose table the origin is the place on the table below the camera, x away from the camera.

    Example: sayso look table.png --depth depth.png --camera camera.json --out seen.png
    """
    import cv2

    from sayso.files import write_atomic
    from sayso.model_store import ModelStore
    from sayso.perception.eyes.annotate import annotated
    from sayso.perception.eyes.eyes import Eyes
    from sayso.perception.eyes.reports import numbered, report
    from sayso.perception.eyes.views import seen_by_all

    store = ModelStore() if models is None else ModelStore(models)
    plane: TablePlane | None = None
    if picture is not None:
        if robot is not None:
            raise UserError("a picture and --robot are two things to look at; give one of them")
        if camera is None:
            raise UserError("a picture needs --camera FILE: a camera.json with width, height, matrix and distortion")
        frame, plane = _from_files(picture, depth, depth_scale, camera, pose)
        frames: Sequence[Frame] = (frame,)
    else:
        if depth is not None or camera is not None or pose != TABLE:
            raise UserError("--depth, --camera and --pose belong to a picture; name the picture first")
        frames = _through_cameras(robot or "sim", scene, seed, store)
    deep, flat = any(f.depth is not None for f in frames), any(f.depth is None for f in frames)
    eyes = Eyes(store.load("eyes") if deep else None, color=store.load("eyes-rgb") if flat else None)
    seen = seen_by_all([eyes.look(frame) for frame in frames])
    ids = numbered([one for _, one in seen])
    written = []
    if out is not None:
        for k, frame in enumerate(frames):
            file = out if k == 0 else out.with_stem(f"{out.stem}-{frame.camera}")
            own = [(name, one) for name, (view, one) in zip(ids, seen, strict=True) if view == k]
            picture_out = annotated(frame, [one for _, one in own], [name for name, _ in own])
            write_atomic(file, cv2.imencode(".png", picture_out[..., ::-1])[1].tobytes())
            written.append(file)
    objects = [report(name, one) | {"camera": frames[view].camera} for name, (view, one) in zip(ids, seen, strict=True)]
    if json:
        found: dict[str, Any] = {"picture": str(picture)} if picture is not None else {"robot": robot or "sim"}
        if picture is not None:
            found["pose"] = "table" if plane else pose
        if plane:
            found["table"] = {"distance": round(plane.distance, 4), "share": round(plane.share, 3)}
        print_json(found | {"objects": objects})
        return
    for o in objects:
        x, y, z = o["position"]
        long, short, high = (100 * s for s in o["size"])
        print(
            f"{o['id']:4} {o['name']:16} {o['confidence']:4.0%}  at {x:.3f}, {y:.3f}, {z:.3f} m  "
            f"{long:.1f} × {short:.1f} × {high:.1f} cm  pixel {o['pixel'][0]:.0f}, {o['pixel'][1]:.0f}"
            + (f" of {o['camera']}" if len(frames) > 1 else "")
            + ("" if o["on_table"] else "  not on the table")
        )
    if not objects:
        print("nothing on the table")
    for file in written:
        print(file)


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


def _through_cameras(robot: str, scene: str | None, seed: int, store: ModelStore) -> Sequence[Frame]:
    """One frame of each of the robot's cameras. A real arm is not connected."""
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
    return frames
