"""Real-time scheduling, or else short turns, is for the loop and for every thread that may hold Python's lock."""

import json
import platform
import subprocess
import sys

import pytest

LOOK = """
import json, os, threading
from hardware.realtime import PRIORITY, keep_rate, may_keep_rate
done = threading.Event()
threads = [threading.Thread(target=done.wait) for _ in range(3)]
[thread.start() for thread in threads]
may, said = may_keep_rate(), keep_rate(WANTED)
ids = [threading.get_native_id(), *(thread.native_id for thread in threads)]
print(json.dumps([may, said, [(os.sched_getscheduler(i), os.sched_getparam(i).sched_priority) for i in ids]]))
done.set()
"""


def looked(wanted: bool) -> tuple[str, str, list[list[int]]]:
    """What a process of its own says, and the scheduling of its threads, the caller's first."""
    out = subprocess.run(
        [sys.executable, "-c", LOOK.replace("WANTED", str(wanted))], capture_output=True, text=True, check=True
    )
    may, said, threads = json.loads(out.stdout)
    return may, said, threads


def test_a_librarys_threads_are_not_kept_from_the_processor_with_pythons_lock_in_their_hands() -> None:
    may, said, threads = looked(True)
    if may.startswith("no "):
        assert said.startswith("ordinary scheduling") and threads == [[0, 0]] * 4
    else:
        assert said == "real-time scheduling, priority 40"
        assert threads == [[1, 40], [1, 39], [1, 39], [1, 39]]


def test_where_it_is_not_wanted_turns_are_short() -> None:
    _, said, threads = looked(False)
    assert said == "ordinary scheduling" and threads == [[0, 0]] * 4


TURNS = """
import ctypes, json, os, struct, threading
from hardware.realtime import keep_rate
from hardware.turns import _SETATTR, take_turns
def turn(thread):
    space = ctypes.create_string_buffer(48)
    ctypes.CDLL(None).syscall(_SETATTR[os.uname().machine] + 1, thread, space, 48, 0)
    return struct.unpack_from("=Q", space, 24)[0], struct.unpack_from("=i", space, 16)[0]
done = threading.Event()
first = threading.Thread(target=done.wait)
first.start()
os.nice(3)
usual = turn(0)[0]
keep_rate(False)
second = threading.Thread(target=done.wait)
second.start()
short = [turn(i) for i in (0, first.native_id, second.native_id)]
take_turns()
print(json.dumps([usual, short, turn(0)]))
done.set()
"""


@pytest.mark.skipif(
    platform.system() != "Linux" or tuple(map(int, platform.release().split(".")[:2])) < (6, 12),
    reason="this system has no turns of one's own",
)
def test_short_turns_are_for_all_threads_and_change_nothing_else() -> None:
    out = subprocess.run([sys.executable, "-c", TURNS], capture_output=True, text=True, check=True)
    usual, short, again = json.loads(out.stdout)
    assert short == [[100_000, 3], [100_000, 0], [100_000, 3]]  # a thread of its own niceness keeps it
    assert again == [usual, 3] and usual > 100_000
