"""For all tests: a property must hold however slow the computer is, and every run tries the same examples.

`pytest --hypothesis-profile explore` looks for new counterexamples; one that is found becomes an `@example`.
"""

import os
import signal
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.misread import MISREAD

if TYPE_CHECKING:  # it comes with the extra dev, and make test alone needs it
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

settings.register_profile("sayso", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("explore", settings.get_profile("sayso"), derandomize=False)
# Against mutants: the same examples each time, and the first failure is enough.
settings.register_profile(
    "mutants", settings.get_profile("sayso"), derandomize=True, max_examples=30, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("sayso")  # --hypothesis-profile is loaded after this

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and so would children

# Makers' libraries, camera streams, loops' processes and terminals: what they wait for comes in real time.
REAL_TIME = (
    "tests/hardware/cameras/", "tests/hardware/drivers/", "tests/hardware/emulated/", "tests/hardware/ipc/",
    "tests/hardware/process/", "tests/hardware/control/test_watchdog_contract.py", "tests/sayso/backends/test_real.py",
    "tests/sayso/bench/reliability/test_camera_faults.py", "tests/sayso/bench/reliability/test_driver_faults.py",
    "tests/sayso/bench/reliability/test_planner_faults.py", "tests/sayso/bench/reliability/test_stops.py",
    "tests/sayso/bench/reaction/", "tests/sayso/bench/tasks/test_hardware.py", "tests/sayso/bench/tasks/test_shell.py",
    "tests/sayso/calibrate/test_calibrate_arm.py", "tests/sayso/calibrate/test_motors.py",
    "tests/sayso/calibrate/test_from_the_box.py",
    "tests/sayso/commands/terminal/", "tests/sayso/console/",
    "tests/sayso/emulation/", "tests/sayso/runs/test_run.py", "tests/sayso/runtime/hearing/test_command_server.py",
    "tests/sayso/runtime/test_pacing.py", "tests/sayso/runtime/test_stopped_on_its_way.py",
)  # fmt: skip
GIVES_WAY = 10  # the niceness of a worker that only computes


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadFileScheduling":
    """One worker has all tests in real time, one after another: each shares the computer with one other test at most
    and meets no other at a fixed port. The files of the rest go to whichever worker is free."""
    from xdist.scheduler import LoadFileScheduling

    class RealTimeApart(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "real time" if nodeid.startswith(REAL_TIME) else str(super()._split_scope(nodeid))

    config.option.loadscopereorder = False  # in our order, not by how many tests a file has
    return RealTimeApart(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that the workers end together: tests in real time, then those of the whole tree."""
    items.sort(key=lambda item: (not item.nodeid.startswith(REAL_TIME), item.nodeid.count("/")))
    for item in items:  # a host may take the processor away for seconds; who fails twice running fails
        if item.nodeid.startswith((*REAL_TIME, "tests/planner/remote/")):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if f"{item.path.name}::{item.name}" in MISREAD:
            item.add_marker(pytest.mark.xfail(reason="the shipped reader reads it otherwise"))


@pytest.fixture(scope="session", autouse=True)
def own_runtime_folder() -> Iterator[None]:
    """A test's `sayso stop` reaches no session of another worker's and none of a person's, nor do memories mix."""
    with tempfile.TemporaryDirectory(prefix="sayso-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        patch.setenv("XDG_DATA_HOME", f"{folder}/data")
        yield


@pytest.fixture(autouse=True, scope="module")
def computing_gives_way(request: pytest.FixtureRequest) -> None:
    """A worker that is done with real time, or never had it, leaves the processors to the worker that waits in it."""
    if "PYTEST_XDIST_WORKER" in os.environ and not request.node.nodeid.startswith(REAL_TIME):
        os.nice(max(0, GIVES_WAY - os.nice(0)))


@pytest.fixture(autouse=True)
def ordinary_scheduling() -> Iterator[None]:
    """libfranka takes the highest real-time priority for whoever connects: the next test starts without it."""
    yield
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
