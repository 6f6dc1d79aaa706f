"""The tests that one worker of `make test` runs one after another."""

from pathlib import Path

import pytest

from tests.conftest import REAL_TIME


@pytest.mark.parametrize("path", REAL_TIME)
def test_the_tests_that_keep_real_time_are_where_conftest_names_them(path: str) -> None:
    assert (Path(__file__).parents[1] / path).exists(), "name its new place in REAL_TIME"
