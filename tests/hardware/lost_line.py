"""A process that drives a UR until its line is lost; whoever uses the maker's library after that may crash."""

from itertools import count
from multiprocessing.connection import Connection as Pipe

import numpy as np

from sayso.hardware.drivers import robotiq, ur
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget


def drive_until_lost(host: str, pipe: Pipe) -> None:
    """Tell ``pipe`` once it drives, then what ends that, then what is said to another try."""
    ur.WATCHDOG_S, ur.STALE_S, robotiq.TIMEOUT_S = 5.0, 10.0, 10.0  # as the tests beside it
    robot = open_driver("ur5e", Connection(host, Mode.LIVE))
    robot.connect()
    here, still = robot.read().position, np.zeros(robot.spec.dof)
    try:
        for cycle in count():
            robot.write(JointTarget(here, still, 1.0, np.inf))
            if cycle == 50:
                pipe.send("drives")
            robot.clock.sleep_until(robot.clock.now() + 1 / robot.spec.control_hz)
    except RobotError as error:
        pipe.send(str(error))
    robot.disconnect()
    try:
        robot.connect()
    except RobotError as error:
        pipe.send(str(error))
