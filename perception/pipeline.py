"""The perception pipeline: cameras, detector and tracker behind one call per policy tick."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from sayso.hardware.cameras.health import CameraError
from sayso.hardware.clock import Clock
from sayso.hardware.robot import Camera
from sayso.hardware.types import Frame, JointState, Pose, RobotSpec
from sayso.perception import assignment, encoding, encoding_rgb
from sayso.perception.calibration.steadiness import Steadiness
from sayso.perception.fusion import fuse
from sayso.perception.looks.namer import Namer
from sayso.perception.monocular import OUTPUTS_RGB, MonocularDetection, inferred_depth, read_sightings
from sayso.perception.scene import Scene
from sayso.perception.tracker import Tracker
from sayso.perception.votes import OUTPUTS, Detection, gather, read_votes

if TYPE_CHECKING:
    import onnxruntime as ort


class Perception(Protocol):
    """Source of the scene; ``tool`` is the tool's pose and ``closing`` the gripper's last command, both at the time of
    the joint ``state``."""

    def observe(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The scene from a fresh frame of every camera; blocks for the detector, so the arm must stand still."""
        ...

    def update(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The scene at this policy tick; blocks at most for the reading of one frame."""
        ...

    def reset(self) -> None:
        """Clear the scene, after the table was set anew."""
        ...

    def show(self) -> None:
        """Pass a fresh frame of every camera to the subscribers, for who watches; the scene stays."""
        ...

    def subscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """Also pass every frame to ``on_frame``."""
        ...

    def unsubscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """Stop passing frames to ``on_frame``."""
        ...

    def close(self) -> None:
        """Release threads and cameras."""
        ...


class Sees(Protocol):
    """Finds objects in frames, as `Detector`."""

    def perceive(
        self, frames: Sequence[Frame], tool: Pose | None = None
    ) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        """All objects in frames taken at about the same time, and the frames with the depth that was used.

        ``tool`` is the tool's pose then.
        """
        ...


Seen = TypeVar("Seen")

TOOLS_KEPT = 50  # tool poses of 1 s
DETECT_TICKS = 10
TAKE_TICK = 6
PATIENCE_S, AGAIN_S = 2.0, 0.05


def patiently(observe: Callable[[], Seen], clock: Clock) -> Seen:
    """Call ``observe`` until every camera has a picture, for at most `PATIENCE_S`; use before motion starts.

    Raises the last `CameraError` after that time.
    """
    until = clock.now() + PATIENCE_S
    while True:
        try:
            return observe()
        except CameraError:
            if clock.now() > until:
                raise
        clock.sleep_until(clock.now() + AGAIN_S)


class PerceptionPipeline:
    """Detector and tracker on cameras. Reads one camera a tick; a detection takes `DETECT_TICKS` policy ticks (0.2 s).

    Detection runs in its own thread. The result is taken a fixed number of ticks later, so that no tick waits and a
    seed repeats a run; the tracker predicts in between. On the real clock (``repeatable`` False) the result is taken as
    soon as it is ready, and compared with the tool pose at the frames' time.
    """

    def __init__(self, spec: RobotSpec, detector: Sees, cameras: Sequence[Camera], repeatable: bool = True) -> None:
        self._spec, self._detector, self._tracker, self._cameras = spec, detector, Tracker(spec), list(cameras)
        assignment.load()
        self._repeatable = repeatable
        self._steadiness = Steadiness()
        self.moved_cameras: frozenset[str] = frozenset()  # fixed ones that do not stand where they stood: left out
        self.lost = False  # all of them have moved, so that no place is certain
        self.namer: Namer | None = None  # recognizes what has a name
        self._subscribers: list[Callable[[Frame], None]] = []
        self._tools: deque[tuple[float, Pose]] = deque(maxlen=TOOLS_KEPT)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="detector")
        self._frames: list[Frame] = []
        self._job: Future[tuple[tuple[Detection, ...], tuple[Frame, ...]]] | None = None
        self._seen: tuple[list[Frame], Pose] | None = None
        self._newest: Frame | None = None
        self._tick = 0

    def reset(self) -> None:
        """Clear the scene, after the table was set anew."""
        if self._job is not None:
            self._job.result()
        self._tracker, self._job, self._seen, self._tick = Tracker(self._spec), None, None, 0
        self._steadiness = Steadiness()
        self.moved_cameras, self.lost = frozenset(), False
        self._frames, self._newest = [], None
        self._tools.clear()

    def frames(self) -> tuple[Frame, ...]:
        """A fresh frame of every camera, without detection."""
        return tuple(self._read(camera) for camera in self._cameras)

    def observe(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The scene from a fresh frame of every camera, detected in the calling thread."""
        seen = [self._read(camera) for camera in self._cameras]
        self._newest = seen[0] if seen else None
        detections, frames = self._perceive(seen, tool)
        self._heed()
        scene = self._tracker.update(detections, frames, state, tool, closing, state.t)
        return self._named(scene, frames, everything=True)

    def update(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The scene at this policy tick."""
        phase = self._tick % DETECT_TICKS
        self._tick += 1
        scene = self._tracker.predict(state, tool, closing, state.t)
        self._tools.append((state.t, tool))
        if self._job is not None and self._seen is not None and self._is_due(phase):
            detections, frames = self._job.result()
            self._heed()
            # The frames are older than the state: compare the held object at their tool pose, then predict to now.
            self._tracker.update(detections, frames, state, self._seen[1], closing, state.t)
            scene = self._tracker.predict(state, tool, closing, state.t)
            self._job = None
            self._named(scene, frames)
        if phase == 0:
            self._frames = []
        if phase == len(self._frames) < len(self._cameras) and self._job is None:
            self._frames.append(self._read(self._cameras[phase]))
            if len(self._frames) == len(self._cameras):
                self._seen = (self._frames, self._tool_at(self._frames[0].t))
                self._newest = self._frames[0]
                self._job = self._pool.submit(self._perceive, self._frames, self._seen[1])
        return self._named(scene)

    def _named(self, scene: Scene, frames: Sequence[Frame] = (), everything: bool = False) -> Scene:
        """``scene`` with the names of its things, after a look at one or all of them in new ``frames``."""
        if self.namer is None:
            return scene
        if frames:
            self.namer.look(scene, frames, everything)
        return self.namer.named(scene)

    def _perceive(self, frames: Sequence[Frame], tool: Pose) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        """What the steady ones of the cameras see."""
        return self._detector.perceive(self._steadiness.steady(frames), tool)

    def _heed(self) -> None:
        """Take over which cameras have moved; not before the result, so that a seed repeats a run."""
        self.moved_cameras, self.lost = self._steadiness.moved, self._steadiness.lost

    def show(self) -> None:
        """Pass a fresh frame of every camera to the subscribers; the scene stays."""
        for camera in self._cameras:
            self._read(camera)

    def _read(self, camera: Camera) -> Frame:
        frame = camera.read()
        for subscriber in self._subscribers:
            subscriber(frame)
        return frame

    def _is_due(self, phase: int) -> bool:
        assert self._job is not None
        return phase == TAKE_TICK if self._repeatable else self._job.done()

    def _tool_at(self, t: float) -> Pose:
        """Tool pose at ``t`` s; in simulation the present one, because reading a frame takes no simulated time."""
        if self._repeatable:
            return self._tools[-1][1]
        return min(self._tools, key=lambda known: abs(known[0] - t))[1]

    def subscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """Also pass every frame to ``on_frame``."""
        self._subscribers.append(on_frame)

    def unsubscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """Stop passing frames to ``on_frame``."""
        self._subscribers.remove(on_frame)

    def frame(self) -> Frame | None:
        """The newest frame of the first camera, for planners that use pictures; None before the first look."""
        return self._newest

    def close(self) -> None:
        """End the detector's thread."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Detector:
    """Two networks exported by `sayso.training.detector`: input ``frames`` (B, C, H, W) float32, output ``votes``.

    ``session`` handles frames with depth, ``color`` frames without; one that is not needed may be None. ``table``
    is the height (m) of the table in the base frame. Raises `ValueError` for a model of another shape.
    """

    def __init__(
        self, session: ort.InferenceSession | None, table: float = 0.0, color: ort.InferenceSession | None = None
    ) -> None:
        for model, channels, outputs in (
            (session, encoding.CHANNELS, OUTPUTS),
            (color, encoding_rgb.CHANNELS, OUTPUTS_RGB),
        ):
            if model is None:
                continue
            shapes = model.get_inputs()[0].shape[1:2], model.get_outputs()[0].shape[1:2]
            if shapes != ([channels], [outputs]):
                raise ValueError(f"a detector takes {channels} channels and gives {outputs}; this model has {shapes}")
        self._session, self._table, self._color = session, table, color

    def detect(self, frames: Sequence[Frame]) -> tuple[Detection, ...]:
        """All objects in ``frames`` taken at about the same time by any number of calibrated cameras.

        Raises `ValueError` if there is no network for a frame.
        """
        return self.perceive(frames)[0]

    def perceive(
        self, frames: Sequence[Frame], tool: Pose | None = None
    ) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        """As `detect`, with the frames; frames without depth get the inferred depth, NaN where it is unknown."""
        deep = [frame for frame in frames if frame.depth is not None]
        flat = [frame for frame in frames if frame.depth is None]
        detections: tuple[Detection, ...] = ()
        if deep:
            detections = self._with_depth(deep)
        if not flat:
            return detections, tuple(frames)
        views, guessed = self._without_depth(flat)
        # A position measured with depth has the same uncertainty in every direction.
        measured = [MonocularDetection(d, np.eye(3) * d.deviation**2) for d in detections]
        return fuse([measured, *views]), (*deep, *guessed)

    def _with_depth(self, frames: Sequence[Frame]) -> tuple[Detection, ...]:
        if self._session is None:
            raise ValueError(f"there is no detector for frames with depth, as the camera '{frames[0].camera}' gives")
        encoded = [encoding.encode(encoding.standard_view(frame), self._table) for frame in frames]
        return gather(read_votes(_run(self._session, [e.inputs for e in encoded]), encoded))

    def _without_depth(self, frames: Sequence[Frame]) -> tuple[list[tuple[MonocularDetection, ...]], list[Frame]]:
        if self._color is None:
            raise ValueError(f"there is no detector for frames without depth, as the camera '{frames[0].camera}' gives")
        views = [encoding.standard_view(frame) for frame in frames]
        encoded = [encoding_rgb.encode_rgb(view, self._table) for view in views]
        raw = _run(self._color, [e.inputs for e in encoded])
        guessed = []
        for view, seen, votes in zip(views, encoded, raw, strict=True):
            depth = inferred_depth(votes, seen, view.pose.rotation[:, 2], self._table)
            full = np.repeat(np.repeat(depth, encoding.STRIDE, 0), encoding.STRIDE, 1)
            guessed.append(replace(view, depth=full))
        return [read_sightings(v, e, self._table) for v, e in zip(raw, encoded, strict=True)], guessed


def _run(session: ort.InferenceSession, inputs: Sequence[encoding.Image]) -> encoding.Image:
    (raw,) = session.run(None, {session.get_inputs()[0].name: np.stack(inputs)})
    return np.asarray(raw)
