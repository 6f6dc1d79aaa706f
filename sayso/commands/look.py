"""``sayso look``: what the eyes see in a picture, or through a robot's cameras."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, Scene, Seed, a_path, print_json
from sayso.commands.terminal.pictures import TABLE, Camera, CameraPose, Depth, DepthScale, LookingRobot, sight_of


def look(
    picture: Annotated[
        Path | None, typer.Argument(parser=a_path, metavar="[PICTURE]", help="A color picture: PNG or JPEG.")
    ] = None,
    depth: Depth = None,
    camera: Camera = None,
    depth_scale: DepthScale = 0.001,
    pose: CameraPose = TABLE,
    robot: LookingRobot = None,
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
    from sayso.names.in_pictures import PictureNames
    from sayso.names.looks_file import LooksFile, names_folder
    from sayso.outputs import check_new_picture
    from sayso.perception.eyes.annotate import annotated
    from sayso.perception.eyes.reports import report

    if out is not None:
        check_new_picture(out)
    store = ModelStore() if models is None else ModelStore(models)
    names = PictureNames(LooksFile(names_folder()), store)
    sight = sight_of(picture, depth, depth_scale, camera, pose, robot, scene, seed, store)
    frames, plane = sight.frames, sight.plane
    given_names = names.given(frames, sight.seen)
    seen = list(zip(sight.ids, sight.seen, given_names, sight.grasps, strict=True))
    written = []
    if out is not None:
        for k, frame in enumerate(frames):
            file = out if k == 0 else out.with_stem(f"{out.stem}-{frame.camera}")
            check_new_picture(file)
            own = [(one, name, given, grasps) for name, (view, one), given, grasps in seen if view == k]
            columns = list(zip(*own, strict=True)) or [()] * 4
            picture_out = annotated(frame, *columns)
            write_atomic(file, cv2.imencode(".png", picture_out[..., ::-1])[1].tobytes())
            written.append(file)
    objects = [
        report(name, one, given, grasps) | {"camera": frames[view].camera} for name, (view, one), given, grasps in seen
    ]
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
        for grasp in o["grasps"]:
            x, y, z = grasp["position"]
            print(
                f"     grasp at {x:.3f}, {y:.3f}, {z:.3f} m, along {math.degrees(grasp['yaw']):.0f}°, "
                f"{100 * grasp['width']:.1f} cm wide: {grasp['quality']:.0%}"
            )
    if not objects:
        print("nothing on the table")
    for file in written:
        print(file)
