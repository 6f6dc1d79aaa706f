"""Measures this computer: loop rate, policy time, disk speed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from sayso.bench.reliability.timing import T1, T2, T3, Rate, keep_rate
from sayso.bench.tasks.throughput import policy_step_ms
from sayso.cpu_steal import kept, ticks
from sayso.doctor.finding import Finding, Grade, Look
from sayso.hardware.process.realtime import may_keep_rate
from sayso.hardware.robot import RobotError
from sayso.model_store import ModelError
from sayso.stats import percentiles

ARM = "panda"  # arm of the mock device and of the timed policy, if no arm is given
SECONDS = 3.0
RATES = (T1, T2, T3)
POLICY_CALLS = 2000
POLICY_GOOD_MS, POLICY_BAD_MS = 1.0, 10.0  # the requirement, and half of a policy tick
HOST_MOST = 0.02  # tolerable CPU steal, a fraction
WRITTEN = 32 << 20
DISK_GOOD, DISK_BAD, ROOM = 20e6, 5e6, 1e9  # bytes/s, bytes/s, bytes; two cameras and the loop's rows need about 3 MB/s
RTPRIO = "add '@realtime - rtprio 60' to /etc/security/limits.d/sayso.conf, yourself to that group, and log in again"


def looks(arm: str | None, hz: float, models: Path | None, folder: Path, seconds: float = SECONDS) -> list[Look]:
    """The checks for an arm with a control rate of ``hz``; recordings go into ``folder``."""
    rates = [
        Look(f"a loop at {rate.hz:.0f} Hz beside a busy planner", partial(loop_rate, rate, hz, seconds))
        for rate in RATES
    ]
    return [
        Look("processors", processors),
        Look("scheduling", scheduling),
        *rates,
        Look("the policy", lambda: policy_step(models, arm or ARM)),
        Look(f"writing to {folder}", lambda: disk(folder)),
    ]


def processors() -> Finding:
    """Number of processors, load and power saving."""
    n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = os.getloadavg()[0]
    figures = {"processors": n, "load": round(load, 2)}
    text = f"{n}, of which {load:.1f} are busy"
    slow = [c for c in _governors() if c == "powersave"]
    if n < 2:
        return Finding("processors", Grade.BAD, text, "the loop needs one beside the planner's: two at least", figures)
    if load > n - 1:
        todo = "end other programs: the loop needs one to itself"
        return Finding("processors", Grade.FAIR, text, todo, figures)
    if slow:
        todo = "sudo cpupower frequency-set -g performance"
        return Finding("processors", Grade.FAIR, f"{text}; in power-saving mode", todo, figures)
    return Finding("processors", Grade.GOOD, text, "", figures)


def _governors(root: Path = Path("/sys/devices/system/cpu")) -> list[str]:
    return [p.read_text().strip() for p in sorted(root.glob("cpu[0-9]*/cpufreq/scaling_governor"))]


def scheduling() -> Finding:
    """Whether the loop may get real-time priority."""
    text = may_keep_rate()
    if text.startswith("no "):
        return Finding("scheduling", Grade.FAIR, text, RTPRIO)
    return Finding("scheduling", Grade.GOOD, text)


def loop_rate(rate: Rate, needed_hz: float, seconds: float) -> Finding:
    """Whether a loop in its own process keeps its rate beside a planner, a console and a recorder."""
    what = f"loop at {rate.hz:.0f} Hz"
    grade = Grade.BAD if rate.hz <= max(needed_hz, T1.hz) else Grade.FAIR
    before = ticks()
    try:
        record = keep_rate(ARM, rate, seconds, 0)
    except RobotError as error:
        return Finding(what, grade, f"could not be measured: {error}", "end other programs, and try again")
    host = kept(before, ticks())
    missed, due, late = record["missed"], record["cycles"] + record["missed"], record["late"]
    text = (
        f"{missed} of {due} ticks missed ({100 * missed / max(due, 1):.2g} %), "
        f"late p50 {late['p50']:.2f}, p99 {late['p99']:.2f}, at most {late['p100']:.2f} ms"
    )
    figures = {"hz": rate.hz, "ticks": due, "missed": missed, "late_ms": late, "host": round(host, 3)}
    # In a short measurement, one tick exceeds the share allowed over a day.
    if missed <= max(1.0, rate.missed * due) and late["p99"] <= 2.0:
        return Finding(what, Grade.GOOD, text, "", figures)
    todo = "a processor to spare, or real-time priority (see scheduling); nothing else should be running"
    if host > HOST_MOST:
        text += f"; CPU steal {100 * host:.0f} %"
        todo = "a physical computer, or a less busy host: priority does not help against CPU steal"
    return Finding(what, grade, text, todo, figures)


def policy_step(models: Path | None, arm: str) -> Finding:
    """Measure the time of one policy step."""
    what = f"policy of {arm}"
    try:
        ms = percentiles(policy_step_ms(models, arm, POLICY_CALLS), (50, 99))
    except ModelError as error:
        return Finding(what, Grade.BAD, "cannot be loaded", str(error))
    text = f"a step takes {ms['p50']:.2f} ms, p99 {ms['p99']:.2f}; it has 20 ms"
    grade = Grade.GOOD if ms["p99"] <= POLICY_GOOD_MS else Grade.FAIR if ms["p99"] <= POLICY_BAD_MS else Grade.BAD
    todo = "" if grade is Grade.GOOD else "end other programs, or take a faster processor"
    return Finding(what, grade, text, todo, {"ms": ms})


def disk(folder: Path) -> Finding:
    """Check that recordings can be written to their folder, and how fast."""
    there = folder
    while not there.exists():
        there = there.parent
    block = np.random.default_rng(0).integers(0, 255, 1 << 20, dtype=np.uint8).tobytes()
    try:
        room = shutil.disk_usage(there).free
        with tempfile.TemporaryFile(dir=there) as file:
            began = time.perf_counter()
            for _ in range(WRITTEN >> 20):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
            speed = WRITTEN / (time.perf_counter() - began)
    except OSError as error:
        return Finding("recordings", Grade.BAD, f"{there}: {error.strerror}", "name another folder with --out")
    text = f"{speed / 1e6:.0f} MB/s in {there.resolve()}, {room / 1e9:.1f} GB free"
    figures = {"bytes_per_s": round(speed), "free_bytes": room}
    if room < ROOM:
        return Finding("recordings", Grade.BAD, text, "make room, or name another folder with --out", figures)
    grade = Grade.GOOD if speed >= DISK_GOOD else Grade.FAIR if speed >= DISK_BAD else Grade.BAD
    return Finding("recordings", grade, text, "" if grade is Grade.GOOD else "record to a faster disk", figures)
