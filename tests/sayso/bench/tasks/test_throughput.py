"""The time of a reading, and the size of what reads."""

from __future__ import annotations

import pytest

from sayso.bench.tasks.throughput import reading_ms
from sayso.model_store import PACKAGED
from sayso.planner.reader.model import DECODER, ENCODER, TOKENIZER


@pytest.mark.parametrize("group", ["instruction", "correction"])
def test_each_reading_takes_some_time_of_clock_and_processor(group: str) -> None:
    wall, used = reading_ms(0, group, PACKAGED, readings=3)
    assert len(wall) == len(used) == 3 and min(used) > 0.5
    assert all(mine <= clock + 1.0 for mine, clock in zip(used, wall, strict=True))


def test_the_models_that_read_take_35_mb_at_most() -> None:
    files = [f"{ENCODER}.onnx", f"{DECODER}.onnx", TOKENIZER]
    assert sum((PACKAGED / name).stat().st_size for name in files) <= 35e6
