"""``sayso scenes``: what a scene file may hold, and the ready-made ones."""

from __future__ import annotations

from sayso.commands.options import Json, print_json


def scenes(json: Json = False) -> None:
    """List kinds, colours, the reachable area and the ready-made scenes.

    Example: sayso scenes
    """
    from sim.palette import COLORS, KINDS
    from sim.scene_file import MAX_OBJECTS, REACH, describe, load_scene, scene_names

    ready = {name: describe(name) for name in scene_names()}
    if json:
        objects = {name: [f"{o.color} {o.kind}" for o in load_scene(name).objects] for name in ready}
        print_json(
            {
                "kinds": list(KINDS),
                "colors": list(COLORS),
                "reach": dict(REACH.ranges()),
                "max_objects": MAX_OBJECTS,
                "scenes": [{"name": n, "description": d, "objects": objects[n]} for n, d in ready.items()],
            }
        )
        return
    print(f"kinds    {', '.join(KINDS)}")
    print(f"colours  {', '.join(COLORS)}")
    print(f"reach    {REACH} (forward, left, height of an object's foot)")
    print(f"objects  at most {MAX_OBJECTS}\n")
    for name, text in ready.items():
        print(f"{name:12} {text}")
        print(f"{'':12} {', '.join(f'{o.color} {o.kind}' for o in load_scene(name).objects)}")
