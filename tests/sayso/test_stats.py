"""Intervals and percentiles against figures from elsewhere."""

import pytest

from sayso.stats import percentiles, wilson

# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("successes", "n", "low", "high"), PUBLISHED)
def test_wilson_is_as_published(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_at_its_ends() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 50)[0] == 0.0 and wilson(50, 50)[1] == 1.0
    for successes, n in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="between 0 and n = 2"):
            wilson(successes, n)


def test_percentiles_of_nothing_are_nothing() -> None:
    assert percentiles([]) == {}
    assert percentiles([float(i) for i in range(101)]) == {"p50": 50.0, "p99": 99.0}
    assert percentiles([1.0, 2.0], (10, 90)) == {"p10": 1.1, "p90": 1.9}
