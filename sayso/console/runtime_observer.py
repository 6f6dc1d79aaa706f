"""What the loop's thread leaves for the console: references to the newest values, set without waiting for anyone."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress

from sayso.hardware.control.loop import Cycle
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Frame, JointState
from sayso.perception.pipeline import Perception
from sayso.runtime.log import Heard
from sayso.runtime.runtime import Runtime
from sayso.runtime.subscriber import Subscriber, Tick

MOST_HEARD = 500


class RuntimeObserver(Subscriber):
    """Keeps the newest joint state, tick and picture of each camera, and what was heard since `take_heard`.

    A stopped run reads no camera by itself: with ``wants_pictures`` it reads each once, in the loop's own thread.
    """

    def __init__(self) -> None:
        self.wants_pictures = False
        self._perception: Perception | None = None
        self.state: JointState | None = None
        self.tick: Tick | None = None
        self._frames: dict[str, Frame] = {}
        self._heard: deque[Heard] = deque(maxlen=MOST_HEARD)
        self._lock = threading.Lock()

    def run_began(self, runtime: Runtime) -> None:
        """Keep the source of the pictures."""
        self._perception = runtime.perception

    def ticked(self, tick: Tick) -> None:
        """Keep the tick."""
        self.tick = tick

    def cycle_ended(self, cycle: Cycle) -> None:
        """Keep the joint state, also of an arm that is stopped."""
        self.state = cycle.state
        if self.wants_pictures:
            self.wants_pictures = False
            if cycle.stopped and self._perception is not None:
                with suppress(RobotError):  # a lost camera ends no stop
                    self._perception.show()

    def frame_read(self, frame: Frame) -> None:
        """Keep the picture in place of the camera's last one."""
        with self._lock:  # held elsewhere for one exchange of a dictionary
            self._frames[frame.camera] = frame

    def heard(self, heard: Heard) -> None:
        """Keep what was heard."""
        self._heard.append(heard)

    def take_frames(self) -> list[Frame]:
        """The pictures that came since the last call, one a camera."""
        with self._lock:
            frames, self._frames = self._frames, {}
        return list(frames.values())

    def take_heard(self) -> list[Heard]:
        """What was heard since the last call."""
        return [self._heard.popleft() for _ in range(len(self._heard))]
