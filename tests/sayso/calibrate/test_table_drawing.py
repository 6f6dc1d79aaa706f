"""The drawing of the docs holds the numbers of the arm's model."""

from pathlib import Path

import numpy as np

from sayso.calibrate.table_drawing import drawing, table_numbers
from sayso.hardware.arms.load import load_arm

DOCS = Path(__file__).parents[3] / "docs"


def test_the_drawing_in_the_docs_is_the_models() -> None:
    assert (DOCS / "images" / "so101-table.svg").read_text() == drawing(load_arm("so101"))


def test_the_page_gives_the_numbers_of_the_model() -> None:
    n, page = table_numbers(load_arm("so101")), (DOCS / "from-the-box.md").read_text()
    low, high = 100 * n.reach.lower, 100 * n.reach.upper
    assert f"{low[0]:.0f} to {high[0]:.0f} cm ahead of the base and {high[1]:.0f} cm to each side" in page
    x, y, z = 100 * np.array(n.camera.eye)
    assert f"{x:.0f} cm ahead of the base, {y:.0f} cm to its left and {z:.0f} cm above the table" in page
    assert f"{100 * n.distance:.0f} cm from the middle of the reach, looking down by {n.down:.0f}°" in page
