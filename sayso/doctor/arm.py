"""Checks of one arm: its library, connection, readings and models. Sends no motion commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sayso.backends.resolve_robot import ResolvedRobot
from sayso.doctor.finding import Finding, Grade, Look
from sayso.hardware.bounded_robot import BoundedRobot
from sayso.hardware.drivers.driver import REDUCED_SPEED
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import NoReading, Robot, RobotError
from sayso.model_sizes import MODEL_SIZES
from sayso.model_store import ModelStore
from sayso.stats import percentiles

READ_SECONDS = 3.0


@dataclass
class ArmVisit:
    """One examination of an arm: the checks connect, read and, in `close`, disconnect it."""

    resolved: ResolvedRobot
    models: Path | None = None
    seconds: float = READ_SECONDS
    _robot: Robot | None = field(default=None, init=False)

    def looks(self) -> list[Look]:
        """The checks, in order."""
        return [
            Look("the arm's models", self.installed),
            Look("the arm's watchdog", self.watchdog),
            Look("connecting to the arm", self.connected),
            Look("reading the arm", self.readings),
        ]

    def installed(self) -> Finding:
        """Whether the arm's models are installed and fit its joints."""
        store, name = ModelStore(self.models) if self.models else ModelStore(), self.resolved.spec.name
        dof = self.resolved.spec.dof
        wrong = [p for part, sizes in MODEL_SIZES.items() if (p := store.problem(f"{part}-{name}", sizes(dof)))]
        if wrong:
            todo = f"sayso train all --arm {name}; until then the arm can be checked, but follows no instructions"
            return Finding("models", Grade.BAD, wrong[0], todo, {"problems": wrong})
        return Finding(
            "models", Grade.GOOD, f"{', '.join(MODEL_SIZES)} of {name} are installed and fit its {dof} joints"
        )

    def watchdog(self) -> Finding:
        """Whether the arm stops by itself when this computer dies."""
        after = self.resolved.watchdog_s
        if after is None:
            text = f"none: the arm would not stop by itself, so its tool keeps to {1000 * REDUCED_SPEED:.0f} mm/s"
            return Finding("watchdog", Grade.FAIR, text, "keep its power switch within reach")
        text = f"it stops by itself {1000 * after:.0f} ms after the last target"
        return Finding("watchdog", Grade.GOOD, text, "", {"watchdog_s": after})

    def connected(self) -> Finding:
        """Whether the arm answers; sends no motion commands."""
        resolved = self.resolved
        where = resolved.connection.port or resolved.connection.mode
        try:
            robot = open_driver(resolved.driver, resolved.connection)
            BoundedRobot(robot, lambda: False).connect()
        except RobotError as error:
            return Finding("line", Grade.BAD, f"{resolved.name} does not connect at {where}", str(error))
        self._robot = robot
        return Finding("line", Grade.GOOD, f"{resolved.name} answers at {where}")

    def readings(self) -> Finding:
        """Measure the rate of new readings and the time per reading."""
        robot = self._robot
        if robot is None:
            return Finding("readings", Grade.UNSEEN, "the arm does not answer")
        clock, period = robot.clock, 1.0 / robot.spec.control_hz
        ms: list[float] = []
        missing, stamps = 0, set()
        try:
            tick = start = clock.now()
            while tick < start + self.seconds:
                began = clock.now()
                try:
                    stamps.add(robot.read().t)
                except NoReading:
                    missing += 1
                ms.append(1e3 * (clock.now() - began))
                tick += period
                clock.sleep_until(tick)
            seconds = clock.now() - start
        except RobotError as error:
            return Finding("readings", Grade.BAD, "the arm failed during reading", str(error))
        took, fresh = percentiles(ms, (50, 99)), len(stamps) / seconds
        wanted = robot.spec.control_hz
        text = (
            f"{fresh:.0f} of {wanted:.0f} new ones a second, {missing} of {len(ms)} missing; "
            f"a reading takes {took['p50']:.1f} ms, p99 {took['p99']:.1f}"
        )
        figures = {"hz": round(fresh, 1), "wanted_hz": wanted, "missing": missing, "asked": len(ms), "ms": took}
        if fresh >= 0.95 * wanted and missing <= 0.001 * len(ms) + 1:
            return Finding("readings", Grade.GOOD, text, "", figures)
        todo = "another cable or USB port, no hub between, and nothing else running on this computer"
        grade = Grade.FAIR if fresh >= 0.45 * wanted and missing <= 0.05 * len(ms) else Grade.BAD
        return Finding("readings", grade, text, todo, figures)

    def close(self) -> None:
        """Disconnect the arm."""
        if self._robot is not None:
            self._robot.disconnect()
            self._robot = None
