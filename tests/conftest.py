"""For all tests: a property must hold however slow the computer is, and every run tries the same examples.

`pytest --hypothesis-profile explore` looks for new counterexamples; one that is found becomes an `@example`.
"""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile("sayso", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("explore", settings.get_profile("sayso"), derandomize=False)
# Against mutants: the same examples each time, and the first failure is enough.
settings.register_profile(
    "mutants", settings.get_profile("sayso"), derandomize=True, max_examples=30, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("sayso")  # --hypothesis-profile is loaded after this

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and so would children


@pytest.fixture(autouse=True)
def ordinary_scheduling() -> Iterator[None]:
    """libfranka takes the highest real-time priority for whoever connects: the next test starts without it."""
    yield
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
