"""Questions answered in whole runs from pixels: two blocks of one color, a person who means one of them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.tasks.tabletop import PUT
from sayso.session import Options, Session
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.sim.tasks import TASKS

SEED_BASE = 960_000_000
ANSWERS = (
    "the {side} one",
    "{side}",
    "the one on the {side}",
    "no, I mean the {side} one",
    "the {side} {color} block, please",
)


def table(rng: np.random.Generator) -> tuple[SceneSpec, ObjectSpec, ObjectSpec]:
    """A scene with two blocks of one color at least 8 cm apart from side to side, the left one first."""
    while True:
        scene = random_scene(rng, int(rng.integers(2, 5)), int(rng.integers(1, 3)))
        blocks = [o for o in scene.objects if o.kind == "block"]
        one, other = blocks[0], replace(blocks[1], color=blocks[0].color)
        if abs(one.position[1] - other.position[1]) > 0.08:
            objects = tuple(other if o.id == other.id else o for o in scene.objects)
            left, right = sorted((one, other), key=lambda o: -o.position[1])
            return replace(scene, objects=objects), left, right


def attempt(models: Path, seed: int) -> dict[str, Any]:
    """One run: asked about, answered, done in truth and believed done."""
    rng = np.random.default_rng(SEED_BASE + seed)
    scene, left, right = table(rng)
    bowl = next(o for o in scene.objects if o.kind == "bowl")
    side = ("left", "right")[int(rng.integers(2))]
    meant = left if side == "left" else right
    said = str(rng.choice(PUT)).format(a=f"the {meant.color} block", r="in", b=f"the {bowl.color} bowl")
    words = str(rng.choice(ANSWERS)).format(side=side, color=meant.color)
    talk = [said]
    with Session("sim", scene, SEED_BASE + seed, models=models, options=Options(answer_s=math.inf)) as session:
        before = session.truth
        session.start(said)
        while (result := session.wait(0.01)) is None:
            if (question := session.question) is not None:
                talk += [question.text, words]
                if len(talk) > 5 or not session.say(words):
                    session.stop()
        done = bool(TASKS["put in"].done(before, session.truth, meant.id, bowl.id)) and result.outcome == "done"
        seconds = round(result.duration_s, 2)
    return {
        "ok": done and len(talk) > 1,
        "asked": len(talk) > 1,
        "talk": talk,
        "did": result.outcome,
        "seconds": seconds,
    }
