"""Intervals and percentiles against figures from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sayso.stats import percentiles, wilson


@given(st.integers(1, 600).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(pair: tuple[int, int]) -> None:
    successes, n = pair
    theirs = binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson(successes, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


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
