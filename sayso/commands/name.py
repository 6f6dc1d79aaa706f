"""``sayso name``: teach a thing its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.commands.terminal.options import Json, Models, Scene, Seed, a_path, print_json
from sayso.commands.terminal.pictures import TABLE, Camera, CameraPose, Depth, DepthScale, LookingRobot, Sight, sight_of
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.perception.eyes.instances import Instance


def name(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called: my mug, Bob.")],
    picture: Annotated[
        Path | None, typer.Argument(parser=a_path, metavar="[PICTURE]", help="A color picture: PNG or JPEG.")
    ] = None,
    object_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The thing, as sayso look lists it.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="U,V", help="The thing at this pixel of the (first camera's) picture.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="One more look of the thing that has this name; three are kept.")
    ] = False,
    depth: Depth = None,
    camera: Camera = None,
    depth_scale: DepthScale = 0.001,
    pose: CameraPose = TABLE,
    robot: LookingRobot = None,
    scene: Scene = None,
    seed: Seed = 0,
    models: Models = None,
    session: Annotated[
        str | None, typer.Option(metavar="ID", help="Without picture and robot: the session, if several run.")
    ] = None,
    json: Json = False,
) -> None:
    """Teach a thing its name; it is then recognized by its looks, elsewhere and in other light.

    The thing is in a picture, before a robot's cameras, or in the scene of the running session. It is the one with an
    --id, the one --at a pixel, or the only one.

    Example: sayso name "my mug" table.png --depth depth.png --camera camera.json --at 320,240
    """
    from sayso.model_store import ModelStore
    from sayso.names.in_pictures import crop_in
    from sayso.names.looks_file import LooksFile, checked_name, names_folder

    if object_id is not None and at is not None:
        raise UserError("--id and --at both say which thing it is; give one of them")
    name = checked_name(name)
    if picture is None and robot is None:
        if depth is not None or camera is not None or pose != TABLE:
            raise UserError("--depth, --camera and --pose belong to a picture; give the picture after the name")
        _say_it(name, object_id, at, session, json)
        return
    file = LooksFile(names_folder())
    known = file.find(name)
    if known is not None and not again:
        raise UserError(f"'{known.name}' is already the name of the {known.thing}; --again teaches one more look of it")
    if known is None and again:
        raise UserError(f"nothing has the name '{name}' yet; leave --again out")
    store = ModelStore() if models is None else ModelStore(models)
    sight = sight_of(picture, depth, depth_scale, camera, pose, robot, scene, seed, store)
    where = str(picture or robot)
    k = _chosen(sight, where, object_id, at)
    view, thing = sight.seen[k]
    crop = crop_in(sight.frames[view], thing)
    if crop is None:
        raise UserError(f"too little of {sight.ids[k]} is seen in {where} to know it by")
    entry = file.teach(name, thing.name, crop, again)
    taught: dict[str, Any] = {
        "name": entry.name, "id": sight.ids[k], "thing": entry.thing, "looks": len(entry.looks), "file": str(file.path),
    }  # fmt: skip
    if json:
        print_json(taught)
    else:
        print(f"{sight.ids[k]}, the {entry.thing}, is {entry.name}; looks: {len(entry.looks)}, in {file.path}")


def _chosen(sight: Sight, where: str, object_id: str | None, at: str | None) -> int:
    """The index of the thing that an id or a pixel says."""
    from sayso.names.in_pictures import thing_at

    if not sight.ids:
        raise UserError(f"nothing is seen on the table in {where}")
    if object_id is not None:
        if object_id not in sight.ids:
            raise UserError(f"no thing '{object_id}' is seen in {where}; there are: {', '.join(sight.ids)}")
        return sight.ids.index(object_id)
    if at is None:
        if len(sight.ids) > 1:
            things = ", ".join(f"{i} ({one.name})" for i, (_, one) in zip(sight.ids, sight.seen, strict=True))
            raise UserError(f"which one is it? Give --id or --at U,V; seen are: {things}")
        return 0
    frame, (u, v) = sight.frames[0], pixel(at)
    height, width = frame.rgb.shape[:2]
    if not (0 <= u < width and 0 <= v < height):
        raise UserError(f"--at {at} is outside of {where}, which has {width} × {height} pixels")
    own: dict[int, Instance] = {k: one for k, (view, one) in enumerate(sight.seen) if view == 0}
    found = thing_at(frame, list(own.values()), u, v)
    if found is None:
        places = ", ".join(f"{sight.ids[k]} at {o.pixel[0]:.0f},{o.pixel[1]:.0f}" for k, o in own.items()) or "none"
        raise UserError(f"nothing is at {at} in {where}; seen are: {places}")
    return list(own)[found]


def pixel(text: str) -> tuple[float, float]:
    """The pixel (u, v) of "U,V". Raises `UserError`."""
    import math

    try:
        u, v = (float(part) for part in text.split(","))
    except ValueError:
        u = v = math.nan
    if not (math.isfinite(u) and math.isfinite(v)):
        raise UserError(f"--at is U,V in pixels from the left and from the top, for example 320,240; got '{text[:40]}'")
    return u, v


def _say_it(name: str, object_id: str | None, at: str | None, session: str | None, json: bool) -> None:
    """Give the name in a running session."""
    from sayso.planner.task.text import write
    from sayso.planner.task.values import Called, It, Name, The
    from sayso.runtime.hearing.command_client import say

    if at is not None:
        raise UserError(
            "--at needs a picture or --robot; in a running session give --id, or say 'call the red one Bob'"
        )
    thing = It() if object_id is None else The("thing", (Called(object_id),))
    heard = say(write(Name(thing, name)), session, None, None)
    if heard.level != "remark":
        raise UserError(f"the session has not taken the name: {heard.understood or 'no answer'}")
    if json:
        print_json({"name": name, "session": heard.session.id, "understood": heard.understood})
    else:
        print(heard.understood)
