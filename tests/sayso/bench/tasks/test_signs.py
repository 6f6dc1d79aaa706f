"""A written sign lies on the table in the cameras' pictures, under the things and in front of nothing else."""

from __future__ import annotations

import numpy as np

from sayso.bench.tasks.signs import SIGNS, SignedTable, heights
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld

ON_THE_SHEET = SceneSpec((ObjectSpec("b1", "block", "red", (0.765, 0.0)),))


def test_the_sheet_is_white_with_black_words_and_a_thing_on_it_hides_it() -> None:
    world = SignedTable(ON_THE_SHEET, SIGNS[0])
    world.reset(0)
    for camera in world.cameras:
        signed, plain = world.look(camera), TableWorld.look(world, camera)
        changed = (signed.rgb != plain.rgb).any(axis=-1)
        assert 100 < changed.sum() < 0.1 * changed.size
        assert signed.rgb[changed].max() > 200 and signed.rgb[changed].min() < 60
        assert not changed[heights(plain) > 0.01].any()
        assert np.array_equal(signed.depth, plain.depth)
    world.close()
