"""Every convention of points is read back as it was written, in pictures of any size."""

from __future__ import annotations

import pytest

from sayso.planner.remote.pointing import (
    CONVENTIONS,
    GEMINI,
    LEROBOT,
    MOLMO,
    QWEN3,
    QWEN25,
    UNIT,
    convention_of,
    pointed,
)

SIZES = ((640, 480), (768, 576), (28, 1000), (333, 217))
POINTS = ((0.0, 0.0), (0.25, 0.75), (0.5, 0.5), (1.0, 1.0))


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.name)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("point", POINTS)
def test_a_point_is_read_back_as_it_was_written(convention: object, size: tuple[int, int], point: object) -> None:
    numbers = convention.write(point, size)  # type: ignore[attr-defined]
    assert convention.point(numbers, size) == pytest.approx(point, abs=0.002)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("model", "convention"),
    [
        ("google/gemini-2.5-flash", GEMINI), ("gemini-robotics-er-1.6", GEMINI), ("Qwen/Qwen2.5-VL-7B", QWEN25),
        ("qwen2.5vl:7b", QWEN25), ("qwen3-vl", QWEN3), ("zai/GLM-4.5V", QWEN3), ("allenai/Molmo-7B-D", MOLMO),
        ("lerobot/vqa", LEROBOT), ("gpt-5", UNIT), ("claude-opus", UNIT),
    ],
)  # fmt: skip
def test_the_models_name_tells_its_convention(model: str, convention: object) -> None:
    assert convention_of(model) is convention


@pytest.mark.parametrize(
    ("found", "convention", "point"),
    [
        ({"point": [750, 250], "label": "mug"}, GEMINI, (0.25, 0.75)),
        ({"box_2d": [700, 200, 800, 300]}, GEMINI, (0.25, 0.75)),
        ({"point_2d": [250, 750]}, QWEN3, (0.25, 0.75)),
        ({"bbox_2d": [200, 700, 300, 800], "label": "mug"}, QWEN3, (0.25, 0.75)),
        ({"bbox_2d": [140, 308, 168, 336]}, QWEN25, (154 / 644, 322 / 476)),  # 640 x 480 is seen as 644 x 476
        ('<point x="25.0" y="75.0" alt="mug">mug</point>', UNIT, (0.25, 0.75)),
        ('<points x1="25.0" y1="75.0" x2="30" y2="1">', UNIT, None),
        ({"x": 160, "y": 360}, LEROBOT, (0.25, 0.75)),
        ({"type": "point", "u": 0.25, "v": 0.75}, QWEN3, (0.25, 0.75)),
        ({"label": "mug"}, QWEN3, None),
        (3, QWEN3, None),
    ],
)
def test_the_forms_of_all_families_are_read(found: object, convention: object, point: object) -> None:
    assert pointed(found, convention, (640, 480)) == (None if point is None else pytest.approx(point, abs=1e-6))  # type: ignore[arg-type]


@pytest.mark.parametrize("numbers", [[1], [1, 2, 3], ["a", 1], [True, 0], [0.5, float("nan")], [-3, 0.5], [0.5, 2]])
def test_what_is_no_point_of_the_picture_is_refused(numbers: list[object]) -> None:
    with pytest.raises(ValueError, match=r"a point is two numbers|outside of the picture"):
        UNIT.point(numbers, (640, 480))
