"""The session: one robot, one instruction at a time, from the arm's connection to its release."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sayso.backends.backend import Footage
from sayso.backends.simulated_arms import is_simulated
from sayso.hardware.types import JointState
from sayso.hardware.world import ObjectTruth, Task, World
from sayso.hardware.worlds.open import WORLD
from sayso.model_store import ModelStore
from sayso.perception.scene import Scene
from sayso.planner.plan import Planner, Question
from sayso.planner.remote.usage import Exchange
from sayso.result import RunResult
from sayso.runtime.executive import Executive
from sayso.runtime.hearing.understood import Understood
from sayso.runtime.progress import Event, Progress
from sayso.session import given
from sayso.session.assembly import check_simulated, components_for, real_backend, simulated_backend
from sayso.session.disturbing import director_for
from sayso.session.instruction import execute, look, may_lie_down
from sayso.session.options import Options, SessionError
from sayso.session.remembering import Watching, looks_for, memory_for, remember
from sayso.session.steering import ANSWER_S, Steering

if TYPE_CHECKING:  # loaded by a session that needs it: a real arm needs no simulator
    from sayso.sim.scenes.scene_spec import SceneSpec

LEAVE_S = 10.0


class Session:
    """One robot that executes any number of instructions, one after another.

    ``robot`` "sim" or "sim:ARM" (a name, or a folder with arm.json) is simulated in ``scene``: a ready-made name, a
    file or a `SceneSpec`. "world:NAME", or a given ``world``, is another simulator; ``task`` is one of its tasks. Any
    other ``robot`` is a real arm: ``port``, ``cameras`` (NAME=SOURCE) and ``mode`` override its saved configuration
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
        models: str | Path | None = None,
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
        _check(robot, scene, seed, planner, models, options, port, cameras, mode, live)
        if world is not None:
            robot = f"{WORLD}:{type(world).__name__}"
        self.robot_name, self.seed, self.options = robot, seed, options or Options()
        self.store = ModelStore(Path(models)) if models else ModelStore.of_user()
        self._thread: threading.Thread | None = None
        self._result: RunResult | None = None
        self._error: BaseException | None = None
        self._closed, self._wants_rest = False, True
        self.listeners: list[Callable[[Event], None]] = []
        self._one = threading.Lock()  # one instruction at a time
        self._leaving = threading.Lock()
        self._idle = threading.Event()  # set while no instruction runs
        self._idle.set()
        self.began = 0.0  # start of the instruction, s on the robot's clock
        self.exchanges: tuple[Exchange, ...] = ()  # what a model server was asked for the last instruction
        simulated = is_simulated(robot)
        self.steering = Steering(robot, self.options, tell, simulated=simulated, real_time=live or not simulated)
        self.commands = self.steering.commands
        with ExitStack() as setting_up:
            if self.options.listen:
                self.steering.listen(setting_up)
            if self.options.keys is not None:
                setting_up.enter_context(self.options.keys(self))
            if simulated:
                check_simulated(robot, port=port, camera=cameras, mode=mode)
                self.backend = simulated_backend(
                    robot, world, scene, seed, task, self.options, self.store, live, setting_up
                )
            elif task is not None:
                raise SessionError(f"{robot} is real and knows no tasks; say what it is to do")
            else:
                self.backend = real_backend(robot, port, cameras, mode, live, self.options, self.store, tell)
            setting_up.callback(self.backend.close)
            self.director = director_for(self.backend, robot, seed, self.options.disturb, self.commands.say)
            self.steering.take_backend(self.backend)
            self.planner_name = planner if isinstance(planner, str) else planner.name
            self.memory = memory_for(robot, self.options, tell)
            self.memory.looks = looks_for(self.backend.perception, self.store, self.options, tell)
            self._components, self.models = components_for(
                self.backend, planner, self.store, self.options, self.memory, real_time=live or not simulated
            )
            for remote in (self._components.spoken, self._components.model):
                if remote is not None:
                    setting_up.callback(remote.close)
            self.robot = self.backend.robot
            self.steering.get_up()  # last: the arm moves only when everything else is ready
            self._take_over()
            self.steering.doing, self._left = "", setting_up.pop_all()
        # Threads keep a session alive: one that was never closed is closed at the program's exit.
        self._forgotten = weakref.finalize(self, _leave, weakref.ref(self), self._left)

    def _take_over(self) -> None:
        """Make a new executive with its runtime and operator."""
        self.executive = Executive(
            self.robot, self.backend.loop, self._components, self.commands, self.options.viewpoint_yaw
        )
        self.operator, self.runtime = self.executive.operator, self.executive.runtime
        self.runtime.subscribe(Watching(self.memory))
        self.steering.take_over(self.executive)
        self.steering.told_idle = self._told

    def _told(self, text: str) -> str | None:
        """The answer to a name, a preference or a tip that is told while nothing is done; None if ``text`` is none."""
        with self._one:
            if self.scene is None or self.steering.carrying or self._closed:
                return None
            return self._components.planner.told_idle(text, self.scene)

    @property
    def task(self) -> Task | None:
        """The world's task; None for a real arm and for a world without a task."""
        return self.backend.task if self.backend.task.instruction else None

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Reset the world by ``seed`` and keep models and planner; ``task`` None: the world chooses.

        Raises `SessionError` during a run or after `close`, `RobotError` on a real arm.
        """
        given.seed(seed)
        with self._one:
            if self.steering.carrying or self._closed:
                raise SessionError("reset needs an open session without a running instruction")
            asked, self.seed = self.backend.reset(seed, task), seed
            self.memory.clear()
            self.commands.clear()
            self.steering.get_up()
            self.runtime.close()
            self._take_over()
        return asked

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
                raise SessionError(f"{self.robot_name} has no instruction of its own; give one")
            instruction = self.task.instruction
        self._begin(instruction)
        with self._under_way():
            return self._execute(instruction, say, progress)

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self.steering.drive()
        try:
            yield
        finally:
            self._put_down()

    def _put_down(self) -> None:
        self.steering.put_down()
        self._idle.set()

    def _begin(self, instruction: str) -> None:
        """Accept a new instruction; words and stops from here on concern it."""
        if not isinstance(instruction, str) or not instruction.strip():
            raise SessionError(f"an instruction is a text in plain words; got {instruction!r:.60}")
        with self._one:
            if self._closed:
                raise SessionError("the session is closed; make another")
            if self.steering.carrying:
                raise SessionError("an instruction is already being carried out; stop it or wait for it")
            self.steering.accept()
            self._idle.clear()
        try:
            self.steering.doing, self._result, self._error = instruction, None, None
            # Clear only the stops pressed before this instruction.
            stops = self.backend.stops()
            self.steering.begin()
            if self.backend.rested:
                self.backend.clear(stops)
                self.steering.get_up()
            self.executive.clear()
            if self.steering.ends:  # a signal, or the session was closed, meanwhile
                self.interrupt()
            if self.backend.film is not None:
                self.backend.film.clear()
        except BaseException:
            self._put_down()
            raise

    def take_exchanges(self) -> None:
        """Keep what a model server was asked since the last call."""
        ledger = self._components.ledger
        self.exchanges = ledger.take() if ledger is not None else ()

    def _execute(self, instruction: str, say: Sequence[tuple[float, str]], progress: Progress | None) -> RunResult:
        record = self.options.record
        with record(self, instruction) if record is not None else nullcontext(lambda _: None) as ended:
            self._result, stops = execute(self, instruction, say, progress)
            ended(self._result)
        self._wants_rest = may_lie_down(self.executive)
        remember(self.memory, self.executive)
        if self.operator.wish is not None:
            self.backend.clear(stops)  # a stop pressed after the command still wins
            self.steering.go(self.operator.wish)
        return self._result

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

    def say(self, text: str, wait_s: float = ANSWER_S, viewpoint_yaw: float | None = None) -> Understood:
        """Say something to the moving arm, or answer its `question`; return what was understood.

        The reading takes a few ms; after ``wait_s`` s of real time, and in the thread that drives the arm, the result
        says that nobody has read it yet. False if no run can take it. A stop works at any time, also while the arm gets
        up or lies down; an arm stopped there takes the same commands as one stopped in a run. ``viewpoint_yaw``: where
        the speaker looks from now on, see `Options`.
        """
        return self.steering.say(text, wait_s, viewpoint_yaw)

    @property
    def is_running(self) -> bool:
        """Whether an instruction is carried out."""
        return self.steering.carrying

    @property
    def scene(self) -> Scene | None:
        """What the robot saw last; None before its first look. `look` looks anew."""
        return self.executive.scene

    def look(self) -> Scene:
        """What the robot sees now; `SessionError` during a run or after `close`. A stop holds: nothing moves."""
        with self._one:
            if self.stands and self.steering.is_idle and not self._closed:
                return look(self)
        self._begin("look")
        try:
            return look(self)
        finally:
            self._put_down()

    def peek(self) -> tuple[JointState, Scene] | None:
        """How the arm stands and what the robot sees while nothing is carried out; moves and releases nothing.

        None during a run and after `close`. Raises `RobotError` if the arm or a camera does not answer.
        """
        with self._one:
            if self.steering.carrying or self._closed:
                return None
            return self.robot.read(), self.runtime.observe()

    def name(self, object_id: str, name: str) -> str:
        """Give the object of `scene` with this id a name, for `run` and `say`; returns what was remembered.

        Raises `SessionError` if the object is not seen, and during a run.
        """
        with self._one:
            if self.steering.carrying:
                raise SessionError("wait for the end of the instruction, or say the name")
            thing = self.scene.find(object_id) if self.scene is not None else None
            if thing is None:
                seen = ", ".join(o.id for o in self.scene.objects) if self.scene is not None else "nothing yet"
                raise SessionError(f"no object '{object_id}' is seen; there are: {seen}")
            return self.memory.give_name(thing, name)

    def go_home(self) -> bool:
        """Move the arm home and wait for it; False if a stop ended this. `SessionError` as `run`, and `RobotError`."""
        self._begin("go home")
        try:
            return self.steering.go("home") == "home"
        finally:
            self._put_down()

    @property
    def question(self) -> Question | None:
        """The question that waits for an answer through `say`; None without one."""
        return self.steering.question

    def on_event(self, callback: Callable[[Event], None]) -> None:
        """Call ``callback`` in the thread that drives the arm at each change of what is done, phrase and question.

        A question then waits for an answer through `say`, which the callback may call.
        """
        self.listeners.append(callback)
        self.steering.wait_for_answers()

    def on_words_at_rest(self, begin: Callable[[str], Understood | None]) -> None:
        """Pass to ``begin`` what `sayso say` brings while nothing is under way; None: it begins nothing."""
        self.steering.begun_idle = begin

    def stop(self) -> None:
        """Stop the arm at the next loop cycle; any thread may call this.

        After this program stop the run ends in 1 s (or `Options.go_on_s`) without a "go on" through `say`. A stop from
        another terminal or through `say` is a person's.
        """
        self.steering.stop()

    def press_stop(self) -> None:
        """Stop the arm at the next loop cycle, from any thread: a person's stop, as `sayso stop` is one."""
        self.steering.press_stop()

    def hold_stop(self, held: bool) -> None:
        """A person's held stop: until its release no other person starts a real arm."""
        self.steering.hold_stop(held)

    @property
    def stops(self) -> int:
        """How many stops were asked for in this session."""
        return self.commands.stops

    @property
    def stands(self) -> bool:
        """Whether a stop holds the arm."""
        return self.steering.stands

    @property
    def may_move(self) -> bool:
        """Whether something is under way that moves the arm, and no stop holds it."""
        return self.steering.may_move

    def ask(self, speed: float, pressed: bool) -> None:
        """A person wants at most this fraction, in (0, 1], of full speed, and holds the hold-to-run key or not.

        To be asked again every 0.05 s, for an arm that is connected anew begins with full speed and no key held.
        """
        self.steering.ask(speed, pressed)

    def interrupt(self) -> bool:
        """Stop the arm and end the current run as stopped; False if there is no run to end."""
        return self.steering.interrupt()

    @property
    def truth(self) -> Mapping[str, ObjectTruth]:
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
        if self.steering.is_driver:
            raise SessionError(
                "a run cannot close its own session; stop it, and close the session when it has returned"
            )
        with self._one:
            self._closed = True
        if self.steering.carrying:
            rest = False
            self.interrupt()
        self._idle.wait(LEAVE_S)
        with self._leaving, self._left:
            if rest and self._wants_rest and self.backend.lies_down:
                self.steering.doing = "lying down"
                self.steering.go("rest")
            self._wants_rest = False
        self._forgotten.detach()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(rest=kind is None)


def _leave(session: weakref.ref[Session], left: ExitStack) -> None:
    """Release what a session held that nobody closed; the arm stays where it is."""
    forgotten = session()
    if forgotten is not None:
        forgotten._close(rest=False)
    else:
        left.close()


def _check(
    robot: object, scene: object, seed: object, planner: object, models: object, options: object, port: object,
    cameras: object, mode: object, live: object,
) -> None:  # fmt: skip
    """Raise `UserError` for a value of a wrong kind."""
    given.text("robot", robot, '"sim", "sim:so101" or "so101"')
    given.seed(seed)
    given.is_of("models", models, (str, Path), "a folder")
    given.is_of("options", options, Options, "sayso.Options")
    given.is_of("port", port, str, "a text")
    given.texts("cameras", cameras, '"front=0"')
    given.is_of("mode", mode, str, "a text")
    given.flag("live", live)
    if not isinstance(planner, str | Planner):
        given.wrong("planner", planner, 'a text such as "local", or a sayso.planner.plan.Planner')
    if scene is not None and not isinstance(scene, str | Path):
        from sayso.sim.scenes.scene_spec import SceneSpec

        if not isinstance(scene, SceneSpec):
            given.wrong("scene", scene, "the name of a ready-made scene, the path of a file, or a SceneSpec")
