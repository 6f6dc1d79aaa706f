"""``sayso scenes``: the contents of a scene file, and the ready-made scenes."""

from __future__ import annotations

from sayso.commands.terminal.options import Json, print_json


def scenes(json: Json = False) -> None:
    """List kinds, colors, the reachable area of each arm and the ready-made scenes.

    Example: sayso scenes
    """
    from sayso.sim.arms.arm_models import ARMS
    from sayso.sim.scenes.palette import ALL_COLORS, MIXED
    from sayso.sim.scenes.scene_choice import area_of
    from sayso.sim.scenes.scene_file import MAX_OBJECTS, REACH, describe, load_scene, scene_names
    from sayso.sim.things.catalog import ALL_KINDS, FAMILIES, MESH_KIND

    areas = {name: area_of(model().spec) for name, model in ARMS.items()}
    ready = {name: describe(name) for name in scene_names()}
    if json:
        objects = {name: [f"{o.color} {o.kind}" for o in load_scene(name).objects] for name in ready}
        print_json(
            {
                "kinds": list(ALL_KINDS),
                "colors": [*ALL_COLORS, MIXED],
                "sizes": {name: {"low": f.low, "high": f.high, "usual": f.usual} for name, f in FAMILIES.items()},
                "reach": dict(REACH.ranges()),
                "reach_by_arm": {name: dict(area.ranges()) for name, area in areas.items()},
                "max_objects": MAX_OBJECTS,
                "scenes": [{"name": n, "description": d, "objects": objects[n]} for n, d in ready.items()],
            }
        )
        return
    print(f"kinds    {', '.join(ALL_KINDS)} (a {MESH_KIND} has a mesh: FILE.obj or FILE.stl)")
    print(f"colors   {', '.join(ALL_COLORS)}, {MIXED}")
    print(f"reach    {REACH} (forward, left, height of an object's foot)")
    for name, area in areas.items():
        if area != REACH:
            print(f"         {area} for {name}; ready-made scenes are moved there")
    print(f"objects  at most {MAX_OBJECTS}\n")
    for name, text in ready.items():
        print(f"{name:12} {text}")
        print(f"{'':12} {', '.join(f'{o.color} {o.kind}' for o in load_scene(name).objects)}")
