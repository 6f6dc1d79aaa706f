"""The suite of labeled pictures: boxes matched one to one, precision and recall, and folders that are refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from sayso.bench.eyes.pictures import figures, pair, read_labels
from sayso.bench.eyes.things_suite import auroc
from sayso.hardware.types import Frame, Pose
from sayso.perception.eyes.picture_files import PictureError
from sayso.perception.sight.boxes import box_of, overlap
from sayso.perception.votes import Detection


def test_boxes_are_paired_one_to_one() -> None:
    assert overlap(np.array([0, 0, 2, 2]), np.array([1, 0, 3, 2])) == pytest.approx(1 / 3)
    assert overlap(np.array([0, 0, 1, 1]), np.array([5, 5, 6, 6])) == 0.0
    boxes = [(0, 0, 10, 10), (20, 0, 30, 10)]
    assert pair(boxes, [(21, 0, 31, 10), (1, 0, 11, 10), (0, 0, 10, 9)]) == {0: 2, 1: 0}
    assert pair([], boxes) == pair(boxes, []) == {}


@pytest.mark.parametrize(("kind", "fold", "width"), [("box", 4, 50 * 2**0.5), ("can", 0, 50.0), ("bowl", 4, 50.0)])
def test_the_box_of_what_an_arm_sees(kind: str, fold: int, width: float) -> None:
    """A thing of 5 cm, turned by 45°, seen from 50 cm straight above its middle."""
    matrix = np.array([[500.0, 0, 320], [0, 500.0, 240], [0, 0, 1]])
    down = Pose(np.array([0.4, 0.1, 0.5]), np.array([[0.0, -1, 0], [-1, 0, 0], [0, 0, -1]]))
    frame = Frame(0.0, "top", np.zeros((480, 640, 3), np.uint8), None, matrix, down)
    thing = Detection(
        {kind: 1.0}, {"red": 1.0}, np.array([0.4, 0.1, 0.0]), np.full(3, 0.05), np.pi / 4, 0.9, 0.01, 9, fold
    )
    x0, y0, x1, y1 = box_of(thing, frame)
    assert (x0 + x1, y0 + y1) == pytest.approx((640, 480))
    assert (x1 - x0, y1 - y0) == pytest.approx((width / 0.95,) * 2, rel=0.01), "its top is nearer by 5 %"


def test_precision_and_recall() -> None:
    records = [{"objects": 2, "found": 1, "phantoms": ["red mug"]}, {"objects": 2, "found": 2, "phantoms": []}]
    assert figures(records) == {"objects": 4, "recall": 0.75, "precision": 0.75, "phantoms": 1}


def test_a_ranking() -> None:
    assert auroc(np.array([0.1, 0.9, 0.4]), np.array([False, True, False])) == 1.0
    assert auroc(np.array([0.5, 0.5]), np.array([False, True])) == 0.5
    assert auroc(np.array([0.5]), np.array([True])) is None


def test_a_folder_that_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"labels.json cannot be read"):
        read_labels(tmp_path)
    (tmp_path / "labels.json").write_text(json.dumps({"a": {"objects": [{"name": "x", "box": [0, 1]}]}}))
    with pytest.raises(PictureError, match=r"a.objects.0.box"):
        read_labels(tmp_path)
    (tmp_path / "labels.json").write_text(json.dumps({"a": {"objects": []}}))
    with pytest.raises(PictureError, match=r"has no picture a \(.png"):
        read_labels(tmp_path)
