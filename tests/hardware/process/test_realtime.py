"""Real-time scheduling is for the loop and for every thread that may hold Python's lock while the loop wants it."""

import json
import subprocess
import sys

LOOK = """
import json, os, threading
from sayso.hardware.process.realtime import PRIORITY, keep_rate, may_keep_rate
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


def test_it_is_left_alone_where_it_is_not_wanted() -> None:
    _, said, threads = looked(False)
    assert said == "ordinary scheduling" and threads == [[0, 0]] * 4
