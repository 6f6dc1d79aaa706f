"""``sayso look``: what the eyes see in a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, a_path, print_json
from sayso.errors import UserError

TABLE = "table"


def look(
    picture: Annotated[Path, typer.Argument(parser=a_path, metavar="PICTURE", help="A color picture: PNG or JPEG.")],
    depth: Annotated[
        Path, typer.Option(parser=a_path, metavar="DEPTH.png", help="Its depth, of the same size: 16 bits, 0 is none.")
    ],
    camera: Annotated[
        Path, typer.Option(parser=a_path, metavar="FILE", help="camera.json: width, height, matrix, distortion.")
    ],
    depth_scale: Annotated[
        float, typer.Option(min=1e-6, max=1.0, help="Metres in one unit of the depth picture.")
    ] = 0.001,
    pose: Annotated[
        str,
        typer.Option(
            metavar="FILE|table", help="The camera's pose in the robot's base; table: over the table it sees."
        ),
    ] = TABLE,
    models: Models = None,
    out: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="PNG", help="Write the picture with what is seen.")
    ] = None,
    json: Json = False,
) -> None:
    """List the things on the table in one picture, with kinds, colors, places and sizes.

    With --pose table the origin is the place on the table below the camera, x away from the camera.

    Example: sayso look table.png --depth depth.png --camera camera.json --out seen.png
    """
    from dataclasses import replace

    import cv2
    import numpy as np

    from sayso.files import write_atomic
    from sayso.hardware.types import Pose
    from sayso.model_store import ModelStore
    from sayso.perception.eyes.annotate import annotated
    from sayso.perception.eyes.eyes import Eyes
    from sayso.perception.eyes.picture_files import PictureError, read_frame, read_pose
    from sayso.perception.eyes.reports import numbered, report
    from sayso.perception.table_plane import NoTableError, find_table

    try:
        frame = read_frame(picture, depth, depth_scale, camera, Pose(np.zeros(3), np.eye(3)))
        plane = find_table(frame) if pose == TABLE else None
        frame = replace(frame, pose=plane.camera_pose() if plane else read_pose(Path(pose)))
    except NoTableError as error:
        raise UserError(f"{depth}: {error}; give the camera's pose with --pose FILE") from None
    except PictureError as error:
        raise UserError(str(error)) from None
    eyes = Eyes((ModelStore() if models is None else ModelStore(models)).load("eyes"))
    seen = eyes.look(frame)
    ids = numbered(seen)
    if out is not None:
        code = cv2.imencode(".png", annotated(frame, seen, ids)[..., ::-1])[1]
        write_atomic(out, code.tobytes())
    objects = [report(name, instance) for name, instance in zip(ids, seen, strict=True)]
    if json:
        found: dict[str, Any] = {"picture": str(picture), "pose": "table" if plane else pose, "objects": objects}
        if plane:
            found["table"] = {"distance": round(plane.distance, 4), "share": round(plane.share, 3)}
        print_json(found)
        return
    for o in objects:
        x, y, z = o["position"]
        long, short, high = (100 * s for s in o["size"])
        print(
            f"{o['id']:4} {o['name']:16} {o['confidence']:4.0%}  at {x:.3f}, {y:.3f}, {z:.3f} m  "
            f"{long:.1f} × {short:.1f} × {high:.1f} cm  pixel {o['pixel'][0]:.0f}, {o['pixel'][1]:.0f}"
            + ("" if o["on_table"] else "  not on the table")
        )
    if not objects:
        print("nothing on the table")
    if out is not None:
        print(out)
