"""A session assembles robot, cameras, models and planner, and executes instructions."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from sayso.backends.backend import Backend, Footage
from sayso.backends.real import RealBackend
from sayso.backends.resolve_robot import resolve_robot
from sayso.backends.simulated_arms import is_simulated, simulated_arm, simulated_robots
from sayso.errors import UserError
from sayso.hardware.control.homing import StoppedError
from sayso.hardware.drivers.open import driver_names
from sayso.hardware.world import ObjectTruth, Task, World
from sayso.hardware.worlds.open import WORLD, open_world, world_name
from sayso.model_sizes import MODEL_SIZES
from sayso.model_store import ModelStore
from sayso.perception.pipeline import Perception, PerceptionPipeline, patiently
from sayso.planner.corrections.reader import warm_up
from sayso.planner.corrections.text import is_stop
from sayso.planner.critic import Critic
from sayso.planner.ending import in_hand
from sayso.planner.heeding import Heeding
from sayso.planner.language.instruction_pace import without_pace
from sayso.planner.local import LocalPlanner
from sayso.planner.motion_planner import MotionPlanner
from sayso.planner.plan import Planner, Question
from sayso.planner.remote.planner import RemotePlanner
from sayso.planners import load_planner
from sayso.result import RunResult
from sayso.runs.summary import result_of
from sayso.runtime.after_stop import Journey, Way, next_after_stop
from sayso.runtime.command_queue import CommandQueue
from sayso.runtime.command_server import CommandServer
from sayso.runtime.executive import Components, Executive
from sayso.runtime.operator import STOP_GRACE_S
from sayso.runtime.progress import Progress, ProgressTeller
from sayso.skills.policy import OnnxPolicy
from sayso.skills.posture import standing_policy

if TYPE_CHECKING:  # loaded by a session that needs them: a real arm needs no simulator, words need no network
    from onnxruntime import InferenceSession

    from sayso.sim.scenes.scene_spec import SceneSpec

Truth = Mapping[str, ObjectTruth]
LIMIT_S = 25.0
FIRST_LOOKS = 3
LEAVE_S = 10.0
GO_ON_S = 30.0
# After these outcomes an arm with an empty hand lies down at the session's end; else it stays where it is.
ENDED_WELL = ("done", "asked", "refused", "failed")


class SessionError(ValueError):
    """A call that the session cannot serve; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a session beside robot, scene, seed and planner.

    ``sees`` "pixels" is the product, with color and depth; the other `SIGHTS` leave depth or a camera out, and "truth"
    is for benchmarks that leave perception out. ``limit_s`` is simulated seconds allowed; None: by the length of the
    plan. ``film`` takes snapshots for a video. A stopped arm waits ``go_on_s`` for "go on" before the run ends; None:
    30 s where time is real and a person stopped it, 1 s in simulation and after `Session.stop`. ``listen``: whether
    `sayso say` and `sayso stop` reach the session. With ``hold_to_run`` a real arm moves only while `Session.ask` tells
    that a key is held. ``keys`` is entered before the arm is connected and left after the arm was let go of.
    """

    sees: str = "pixels"
    limit_s: float | None = None
    film: bool = False
    go_on_s: float | None = None
    listen: bool = True
    hold_to_run: bool = False
    keys: Callable[[Session], AbstractContextManager[object]] | None = None


class Session:
    """One robot that executes any number of instructions, one after another.

    ``robot`` "sim" or "sim:ARM" (a name, or a folder with arm.json) is simulated in ``scene``: a ready-made name, a
    file or a `SceneSpec`. "world:NAME", or a given ``world``, is another simulator; ``task`` is one of its tasks. Any
    other ``robot`` is a real arm: ``port``, ``cameras`` (NAME=SOURCE) and ``mode`` override its kept configuration
    (`sayso.backends.resolve_robot`); ``seed`` has no effect.

    A real arm moves only if ``live``, or after its limits were confirmed once with ``live``. In simulation ``live``
    keeps real time. `sayso stop` in any terminal stops the arm from before its connection until its release. An arm
    stopped while it gets up waits for "go on" (`Options.go_on_s`).

    Raises `SessionError`, `SceneError`, `ModelError` or `UserError` if the set-up fails, `StoppedError` if a stop ended
    it.
    """

    def __init__(
        self,
        robot: str = "sim",
        scene: str | Path | SceneSpec | None = None,
        seed: int = 0,
        planner: str | Planner = "local",
        models: Path | None = None,
        options: Options | None = None,
        *,
        port: str | None = None,
        cameras: Sequence[str] = (),
        mode: str | None = None,
        live: bool = False,
        tell: Callable[[str], None] = print,
        world: World | None = None,
        task: str | None = None,
    ) -> None:
        if world is not None:
            robot = f"{WORLD}:{type(world).__name__}"
        self.robot_name, self.seed, self.options = robot, seed, options or Options()
        self.store = ModelStore(models) if models else ModelStore()
        self.commands = CommandQueue(self._stop_at_once)
        self._thread: threading.Thread | None = None
        self._result: RunResult | None = None
        self._error: BaseException | None = None
        self._doing, self._wants_rest = "getting up", True
        self._carrying = self._sent = self._closed = False  # executes an instruction; on a `Journey`; closed
        self._one = threading.Lock()  # one instruction at a time
        self._leaving = threading.Lock()
        self._idle = threading.Event()  # set while no instruction runs
        self._idle.set()
        self._ends = self._own_stop = False  # end without waiting for "go on"; the program made the last stop
        self._carrier: threading.Thread | None = None
        self._real = live or not is_simulated(robot)
        self.began = 0.0  # start of the instruction, s on the robot's clock
        self._simulated = is_simulated(robot)
        with ExitStack() as setting_up:
            if self.options.listen:
                self._listen(setting_up, tell)
            if self.options.keys is not None:
                setting_up.enter_context(self.options.keys(self))
            if self._simulated and (idle := _given(port=port, camera=cameras, mode=mode)):
                raise SessionError(f"{robot} is simulated and has no {idle}; leave that out, or name a real robot")
            if self._simulated:
                if world is None:
                    world = self._world(scene)
                    setting_up.callback(world.close)
                self.backend = self._in_world(world, task, live)
            elif task is not None:
                raise SessionError(f"{robot} is real and knows no tasks; say what it is to do")
            else:
                found = resolve_robot(robot, port, cameras, mode, live)
                self.backend = RealBackend(
                    found, self.store, tell, film=self.options.film, hold_to_run=self.options.hold_to_run
                )
            setting_up.callback(self.backend.close)
            self._journey = Journey(self.backend, self.commands, self._waits_s, lambda: self._ends, tell)
            self._put_together(planner)
            self._doing, self._left = "", setting_up.pop_all()

    def _listen(self, stack: ExitStack, tell: Callable[[str], None]) -> None:
        try:
            stack.enter_context(CommandServer(_Ear(self), self.robot_name, lambda: self._doing, self._stop_line))
        except UserError as error:
            tell(f"sayso say and sayso stop will not reach this session: {error}")

    def _stop_at_once(self) -> None:
        """Stop the arm before the loop takes the stop from the queue."""
        if hasattr(self, "backend"):
            self.backend.stop()

    def _stop_line(self) -> str:
        return self.backend.stop_line if hasattr(self, "backend") else ""

    def _world(self, scene: str | Path | SceneSpec | None) -> World:
        """The world of the robot's name: another package's, or this project's table."""
        if (name := world_name(self.robot_name)) is not None:
            if scene is not None:
                raise SessionError(f"{self.robot_name} sets up its own scenes; leave the scene out")
            return open_world(name)
        arm = simulated_arm(self.robot_name)
        if arm is None or (self.robot_name not in simulated_robots() and not Path(arm).exists()):
            raise SessionError(f"no robot '{self.robot_name}'; there are: {_robots()}")
        from sayso.sim.table_world import TableWorld

        return TableWorld(arm, scene)

    def _in_world(self, world: World, task: str | None, live: bool) -> Backend:
        from sayso.backends.simulated import SimBackend

        options = self.options
        return SimBackend(world, self.seed, self.store, task, sees=options.sees, film=options.film, live=live)

    def _put_together(self, planner: str | Planner) -> None:
        backend, arm = self.backend, self.backend.arm
        words = LocalPlanner(self.store.root)
        used = [*backend.seen_with, f"policy-{arm}", f"motion-{arm}", f"critic-{arm}", "words"]
        self.models = {name: self.store.card(name).digest for name in used}

        def load(part: str) -> InferenceSession:
            return self.store.load(f"{part}-{arm}", MODEL_SIZES[part](backend.robot.spec.dof))

        self.planner_name = planner if isinstance(planner, str) else planner.name
        self._components = Components(
            policy=standing_policy(OnnxPolicy(load("policy")), backend.robot.spec),
            motions=MotionPlanner(load("motion")),
            critic=Critic(load("critic")),
            planner=_planner(planner, words, backend.perception) if isinstance(planner, str) else Heeding(planner),
            perception=backend.perception,
            embed=words.model.embed,
        )
        warm_up(words.model.embed)
        self.robot = backend.robot
        self._get_up()  # last: the arm moves only when everything else is ready
        self._take_over()

    def _take_over(self) -> None:
        """Make a new executive with its runtime and operator."""
        self.executive = Executive(self.robot, self.backend.loop, self._components, self.commands)
        self.operator, self.runtime = self.executive.operator, self.executive.runtime
        self.operator.go_on_s = self._waits_s()

    @property
    def task(self) -> Task | None:
        """The world's task; None for a real arm and for a world without a task."""
        return self.backend.task if self.backend.task.instruction else None

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Reset the world by ``seed`` and keep models and planner; ``task`` None: the world chooses.

        Raises `SessionError` during a run or after `close`, `RobotError` on a real arm.
        """
        with self._one:
            if self._carrying or self._closed:
                raise SessionError("the world can be set up anew only while a session is open and carries out nothing")
            asked, self.seed = self.backend.reset(seed, task), seed
            self.commands.clear()
            self._get_up()
            self.runtime.close()
            self._take_over()
        return asked

    def _get_up(self) -> None:
        if self._go("up") != "up":
            raise StoppedError(f"{self.robot_name} was stopped while it got up, before anything was carried out")

    def _go(self, way: Way) -> Way | None:
        """Take ``way``, or the way that a person commands after a stop."""
        self._sent = True
        try:
            return self._journey.take(way)
        finally:
            self._sent = False

    def _waits_s(self) -> float:
        """How long (s) a stopped arm waits for a command."""
        if self.options.go_on_s is not None:
            return self.options.go_on_s
        return GO_ON_S if self._real and not self._own_stop else STOP_GRACE_S

    def run(
        self,
        instruction: str | None = None,
        say: Sequence[tuple[float, str]] = (),
        progress: Progress | None = None,
    ) -> RunResult:
        """Execute ``instruction`` (None: the world's task) and return the result.

        ``say`` are corrections with their times in s from the start. Raises `SessionError` if the session is busy or
        closed.
        """
        if instruction is None:
            if self.task is None:
                raise SessionError(f"{self.robot_name} asks for nothing; say what it is to do")
            instruction = self.task.instruction
        self._begin(instruction)
        with self._under_way():
            return self._execute(instruction, say, progress)

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self._carrier = threading.current_thread()
        try:
            yield
        finally:
            self._put_down()

    def _put_down(self) -> None:
        self._carrying, self._doing, self._carrier = False, "", None
        self._idle.set()

    def _begin(self, instruction: str) -> None:
        """Accept a new instruction; words and stops from here on concern it."""
        if not isinstance(instruction, str) or not instruction.strip():
            raise SessionError(f"an instruction is a text in plain words; got {instruction!r:.60}")
        with self._one:
            if self._closed:
                raise SessionError("the session is closed; make another")
            if self._carrying:
                raise SessionError("an instruction is already being carried out; stop it or wait for it")
            self._carrying, self._ends = True, False
            self._idle.clear()
        try:
            self._doing, self._result, self._error = instruction, None, None
            # Clear only the stops pressed before this instruction.
            stops = self.backend.stops()
            self.commands.clear()
            self._pressed_by(program=False)
            if self.backend.rested:
                self.backend.clear(stops)
                self._get_up()
            self.executive.clear()
            if self._ends:  # a signal, or the session was closed, meanwhile
                self.interrupt()
            if self.backend.film is not None:
                self.backend.film.clear()
        except BaseException:
            self._put_down()
            raise

    def _execute(self, instruction: str, say: Sequence[tuple[float, str]], progress: Progress | None) -> RunResult:
        executive, before, missed = self.executive, self.backend.truth(), self.runtime.loop.ticks_missed()
        stops = 0
        self.backend.begin()
        self._settle()
        self.began = start = self.robot.clock.now()
        self.commands.schedule([(start + t, text) for t, text in say])
        own = self.backend.task if self.backend.task.instruction == instruction else Task(instruction)
        limit_s = self.options.limit_s or own.limit_s
        executive.begin(instruction, limit_s or LIMIT_S)
        if limit_s is None:
            executive.extend(LIMIT_S * max(1, len(executive.supervisor.left) + 1))
        if executive.outcome is None:
            with self._told(start, progress):
                executive.run()
            stops = self.backend.stops()
            self._settle(0.4)
        after = self.backend.truth()
        verdict = self._verdict(before)
        self._result = result_of(self, instruction, start, before, after, verdict, self.models, missed)
        # An arm that lies down with a held object would press the object on the table and drop it.
        self._wants_rest = executive.outcome in ENDED_WELL and not executive.faulty and not in_hand(executive.scene)
        if self.operator.wish is not None:
            self.backend.clear(stops)  # a stop pressed after the command still wins
            self._go(self.operator.wish)
        return self._result

    @contextmanager
    def _told(self, start: float, progress: Progress | None) -> Iterator[None]:
        """Report to ``progress`` with times from ``start`` s on."""
        if progress is None:
            yield
            return
        teller = ProgressTeller(self.executive, start, progress)
        self.runtime.subscribe(teller)
        try:
            yield
        finally:
            self.runtime.unsubscribe(teller)

    def _verdict(self, before: Truth | None) -> bool | None:
        """The world's verdict on the last instruction; None after a correction exchanged an object."""
        swapped = any(heard.correction.level == "subtask" for heard in self.executive.log.heard)
        asked = self.executive.instruction
        return None if swapped else self.backend.verdict(without_pace(asked) or asked, before)

    def _settle(self, seconds: float = 0.0) -> None:
        """Observe the first frames, or wait ``seconds`` for objects to come to rest."""
        clock = self.robot.clock
        if seconds:
            clock.sleep_until(clock.now() + seconds)
            return
        for _ in range(FIRST_LOOKS):
            clock.sleep_until(clock.now() + 0.1)
            patiently(self.runtime.observe, clock)

    def start(self, instruction: str) -> None:
        """Execute ``instruction`` in a new thread and return at once; see `say`, `stop` and `wait`."""
        self._begin(instruction)

        def work() -> None:
            try:
                with self._under_way():
                    self._execute(instruction, (), None)
            except BaseException as error:
                self._error = error  # `wait` raises it

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> RunResult | None:
        """Wait for the run of `start` and return its result; None after ``timeout_s``. Raises the run's exception."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                return None
        if self._error is not None:
            raise self._error
        return self._result

    def say(self, text: str) -> bool:
        """Pass a correction to the moving arm and return at once; False if no run can take it.

        A stop works at any time, also while the arm gets up or lies down; an arm stopped there takes the same commands
        as one stopped in a run.
        """
        if is_stop(text):
            self._pressed_by(program=False)
            if not self._is_driving:
                self.commands.stop()
                return True
        if self._sent:
            if (not self.commands.stopped and not self._journey.waiting) or next_after_stop(text) is None:
                return False
        elif not self._carrying:
            return False
        # In simulation words arrive when the loop takes them, so that a replay takes them in the same cycle.
        at_once = self._simulated or not hasattr(self, "robot")
        self.commands.say(text, None if at_once else self.robot.clock.now())
        return True

    def stop(self) -> None:
        """Stop the arm at the next loop cycle; any thread may call this.

        After this program stop the run ends in 1 s (or `Options.go_on_s`) without a "go on" through `say`. A stop from
        another terminal or through `say` is a person's.
        """
        self._pressed_by(program=True)
        self.commands.stop()

    def press_stop(self) -> None:
        """Stop the arm at the next loop cycle, from any thread: a person's stop, as `sayso stop` is one."""
        self._pressed_by(program=False)
        self.commands.stop()

    def _pressed_by(self, program: bool) -> None:
        if program != self._own_stop:
            self._own_stop = program
            if hasattr(self, "executive"):
                self.operator.go_on_s = self._waits_s()

    def hold_stop(self, held: bool) -> None:
        """A person's stop that is kept pressed until it is let go: nobody else starts a real arm meanwhile."""
        if held:
            self.press_stop()
        if hasattr(self, "backend"):
            self.backend.hold_stop(held)

    @property
    def stops(self) -> int:
        """How many stops were asked for in this session."""
        return self.commands.stops

    @property
    def stands(self) -> bool:
        """Whether a stop holds the arm."""
        if self.commands.stopped or (hasattr(self, "_journey") and self._journey.waiting):
            return True
        return self._is_driving and self.runtime.loop.stopped

    @property
    def may_move(self) -> bool:
        """Whether something is under way that moves the arm, and no stop holds it."""
        return (self._sent or self._is_driving) and not self.stands

    @property
    def _is_driving(self) -> bool:
        return hasattr(self, "executive") and self.executive.driving

    def ask(self, speed: float, pressed: bool) -> None:
        """A person wants at most this fraction, in (0, 1], of full speed, and holds the hold-to-run key or not.

        To be asked again every 0.05 s, for an arm that is connected anew begins with full speed and no key held.
        """
        if hasattr(self, "backend"):
            self.backend.ask(speed, pressed)

    def interrupt(self) -> bool:
        """Stop the arm and end the current run as stopped; False if there is no run to end."""
        self._ends = True
        self.commands.stop()
        if not hasattr(self, "executive"):
            return False
        self.operator.end()
        return self.executive.driving or self._sent

    @property
    def truth(self) -> Truth:
        """The simulator's true object poses, for reports and verdicts only; empty on a real arm."""
        return self.backend.truth() or {}

    @property
    def film(self) -> Footage | None:
        """Pictures of the run, if `Options.film` is set."""
        return self.backend.film

    def close(self) -> None:
        """Release robot, cameras and world; may be called twice.

        A run in another thread is stopped and ended first. The arm lies down first if it can, unless it was stopped,
        timed out, is in fault or holds an object. Raises `SessionError` if the run's own thread calls it.
        """
        self._close(rest=True)

    def _close(self, rest: bool) -> None:
        if self._carrier is threading.current_thread():
            raise SessionError(
                "a run cannot close its own session; stop it, and close the session when it has returned"
            )
        with self._one:
            self._closed = True
        if self._carrying:
            rest = False
            self.interrupt()
        self._idle.wait(LEAVE_S)
        with self._leaving, self._left:
            if rest and self._wants_rest and self.backend.lies_down:
                self._doing = "lying down"
                self._go("rest")
            self._wants_rest = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(rest=kind is None)


class _Ear:
    """The session's receiver of other terminals: their stops are a person's."""

    def __init__(self, session: Session) -> None:
        self.stop, self.say = session.press_stop, session.say


def _planner(name: str, words: LocalPlanner, perception: Perception) -> Planner:
    if name == "local":
        return words
    if name.startswith("openai:"):
        _check_host(name)
        image = perception.image if isinstance(perception, PerceptionPipeline) else None
        return RemotePlanner.from_spec(name, image=image)
    return load_planner(name)


def _check_host(planner: str) -> None:
    """Raise `SessionError` for an unknown host now: the planner asks it only when the arm is ready."""
    try:
        host = urlsplit(planner.rpartition("@")[2]).hostname
        if host:
            socket.getaddrinfo(host, None)
    except ValueError:
        return  # the planner reports a malformed URL
    except OSError as error:
        raise SessionError(f"the planner's host '{host}' is not known: {error.strerror or error}") from error


def _given(**options: object) -> str:
    """The names of the given options, joined by "or"."""
    return " or ".join(name for name, value in options.items() if value)


def _robots() -> str:
    return ", ".join([*simulated_robots(), "sim:FOLDER with arm.json", f"{WORLD}:NAME", *driver_names()])


__all__ = ["Options", "Question", "Session", "SessionError"]
