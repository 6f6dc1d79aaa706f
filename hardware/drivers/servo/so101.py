"""The SO-101, and the SO-100 with the same servos and lengths, through feetech-servo-sdk."""

from __future__ import annotations

from sayso.hardware.drivers.servo.arm import ServoArm
from sayso.hardware.drivers.servo.bus import ServoBus
from sayso.hardware.drivers.servo.sts_bus import StsBus


class So101(ServoArm):
    """Six STS3215 servos without watchdog: when the loop dies they hold the last goal, at most one step away."""

    watchdog_s = None
    models = ((777,),) * 6
    whole_turns = ("wrist_roll",)

    def make_bus(self, port: str) -> ServoBus:
        """The servos' bus at ``port``."""
        return StsBus(port)
