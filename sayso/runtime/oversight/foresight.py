"""Runs the critic that looks ahead on the moments of a run, and acts when a subtask is failing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.certain import LEARNED, in_the_way, with_what_is_seen
from sayso.planner.outlook.critic import Outlook
from sayso.planner.outlook.hidden import hides
from sayso.planner.outlook.moment import Moment
from sayso.planner.outlook.remedy import Choice, Remedy, WorkingMemory, learned
from sayso.planner.outlook.shown import UNSEEN_S
from sayso.planner.outlook.words import LATE_RAD, told
from sayso.planner.plan import Subtask, Verb
from sayso.runtime.oversight.closings import Closings
from sayso.runtime.oversight.lookout import PERIOD_S, Lookout
from sayso.runtime.oversight.reach import Reach

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

VAGUE_S = 4.0  # of an attempt, in which a feeling alone makes the arm hold and look, and no more
QUIET_S = 2.0  # after a remedy, before the next
SHOWN = (Cause.GONE, Cause.BLOCKED)  # causes that the scene shows: news after the arm has gone on for another
ABSENT = 2  # moments in a row that the target of the next subtask is not there
LOST_S = 0.8  # for so long no camera stands where it stood before the arm gives up
LOST = "no camera stands where it stood when I began, so I do not know exactly where things are."
CLOSINGS = 3  # in vain, before a person is asked: as many as there are ways to close
FAST = "my fingers have closed on it three times, and it has not come up with them"


class LooksAhead(Protocol):
    """A critic that looks ahead: `OutlookCritic`, a model on a server, or a baseline."""

    alarms: bool

    def see(self, moment: Moment) -> Outlook:
        """The outlook at the next moment."""
        ...

    def forget(self) -> None:
        """A new instruction begins."""
        ...


class Foresight(Lookout):
    """Asks the ``critic`` at each moment and applies the remedy of which most is expected.

    ``acts`` False: it only watches. Without a critic nothing happens.
    """

    def __init__(self, executive: Executive, critic: LooksAhead | None) -> None:
        super().__init__(executive)
        self.critic, self.acts = critic, True
        self._closings, self._reach = Closings(), Reach(executive.robot.spec.workspace)
        self.newest: Outlook | None = None
        expected = learned(getattr(critic, "tried", {}))
        self.make_memory: Callable[[], WorkingMemory] = lambda: WorkingMemory(
            expected
        )  # a benchmark tries every remedy
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        super().forget()
        self.newest, self.memory, self._quiet_until = None, self.make_memory(), -np.inf
        self._went_on: Cause | None = None
        self._absent = 0
        self._closings.forget()
        self._reach.forget()
        self._told_lost = False
        self._lost_since: float | None = None
        if self.critic is not None:
            self.critic.forget()

    def see(self, moment: Moment) -> None:
        """Judge the moment, and act on an alarm."""
        for camera in sorted(getattr(self._executive.components.perception, "moved_cameras", ())):
            text = f"the {camera} camera does not stand where it stood, or something is in front of it: I look past it"
            self._executive.notices.miss(text, moment.t)
        if self._is_lost(moment.t) or self.critic is None:
            return
        self._executive.remedies.begin(moment.scene)
        began = time.perf_counter()
        self.newest = with_what_is_seen(self.critic.see(moment), moment)
        self._executive.log.time("critic", began)
        self._executive.log.outlooks.append(self.newest)
        if self.acts and self._executive.may_be_helped and (far := self._reach.see(moment, self._next_put(moment))):
            self._give_up(far[1], replace(moment, subtask=far[0]))
            return
        if self.acts and self._closings.see(moment) and self._executive.may_be_helped:
            if self._closings.count < CLOSINGS:
                self._executive.remedies.missed(moment)
            else:
                self._give_up(FAST, moment)
                return
        alarm = self.critic.alarms and moment.subtask.relation in LEARNED and not self._hides(moment)
        if (put := self._without_target(moment)) is not None:
            self.newest = replace(self.newest, succeeds=0.0, failing=1.0, causes={Cause.GONE: 1.0})
            moment, alarm = replace(moment, subtask=put), True
        news = self._went_on is not None and self.newest.cause in SHOWN and self.newest.cause is not self._went_on
        if alarm and self.acts and (news or moment.t >= self._quiet_until) and self._executive.may_be_helped:
            self._act(self.newest, moment)

    def _is_lost(self, now: float) -> bool:
        """Whether no camera stands where it stood: the arm holds, and says so if that lasts; said once."""
        if self._told_lost or not getattr(self._executive.components.perception, "lost", False):
            self._lost_since = None
            return False
        self._lost_since = now if self._lost_since is None else self._lost_since
        self._executive.remedies.hold(now + 2 * PERIOD_S)
        if now - self._lost_since >= LOST_S and self._executive.may_be_helped:
            self._told_lost = True
            self._executive.stand_still(LOST, now)
        return True

    def _next_put(self, moment: Moment) -> Subtask | None:
        """The put that follows the pick of this moment."""
        put = next(iter(self._executive.supervisor.left), None)
        ahead = moment.subtask.verb is Verb.PICK and put is not None and put.object_id == moment.subtask.object_id
        return put if ahead else None

    def _without_target(self, moment: Moment) -> Subtask | None:
        """The put that follows the pick of this moment, if its target is not there any more."""
        put = self._next_put(moment)
        gone = put is not None and put.reference_id is not None and moment.scene.find(put.reference_id) is None
        self._absent = self._absent + 1 if gone else 0
        return put if self._absent >= ABSENT else None

    def _is_vague(self, moment: Moment) -> bool:
        """Whether nothing is seen yet that is wrong: too little to break off what is under way."""
        follows = float(moment.late.max()) < LATE_RAD
        cause = None if self.newest is None else self.newest.cause
        return cause in (Cause.STUCK, Cause.SENSOR) and follows and moment.t - moment.began < VAGUE_S

    def _hides(self, moment: Moment) -> bool:
        """Whether all that speaks for a failure is that hand or container hide the thing."""
        item = moment.scene.find(moment.subtask.object_id)
        sensor = self.newest is not None and self.newest.cause is Cause.SENSOR
        return sensor and item is not None and hides(moment, item)

    def _give_up(self, why: str, moment: Moment) -> None:
        """Ask: nothing that the arm can do helps."""
        assert self.newest is not None
        stuck = replace(self.newest, causes={Cause.STUCK: 1.0})
        self._executive.remedies.apply(Choice(Remedy.ASK, 0.0, 0), stuck, moment, f"{why}: I ask", why)

    def _act(self, outlook: Outlook, moment: Moment) -> None:
        if outlook.shown and (found := self._executive.remedies.come_elsewhere(moment.subtask, moment.scene)):
            self._executive.remedies.follow(found, outlook, moment)
            return
        choice = self.memory.choose(outlook, moment.subtask, self._possible(moment))
        self._quiet_until = moment.t + QUIET_S
        self._went_on = outlook.cause if choice.remedy is Remedy.GO_ON else None
        if choice.remedy is Remedy.GO_ON and choice.nth:
            return  # said once
        words = told(outlook.cause, choice.remedy, moment)
        self._executive.remedies.apply(choice, outlook, moment, words)

    def _is_replaced_unseen(self, moment: Moment) -> bool:
        """Whether another thing is in the thing's place and nobody has seen the exchange.

        In the scene the thing is still there, so that a new plan would find nothing left to do.
        """
        item = moment.scene.find(moment.subtask.object_id)
        shown = self.newest is not None and self.newest.shown and self.newest.cause is Cause.WRONG
        return shown and item is not None and item.age > UNSEEN_S and moment.scene.held in (None, item.id)

    def _possible(self, moment: Moment) -> list[Remedy]:
        """The remedies that the scene allows."""
        scene, subtask = moment.scene, moment.subtask
        there = scene.find(subtask.object_id) is not None
        able = [Remedy.LOOK]
        if self._is_replaced_unseen(moment):
            return [Remedy.ASK]
        if self._is_vague(moment):
            return able
        if there:
            able += [Remedy.AGAIN, Remedy.BACK_OFF]
        other = in_the_way(subtask, scene)
        if other is not None and self._executive.remedies.may_move(other):
            able.append(Remedy.CLEAR)
        # What is not seen is waited for elsewhere: a new plan without it can only end in a question. But a thing of its
        # name that has come since may be the thing itself, lost from sight on its way.
        if not there and self._executive.remedies.has_come(subtask.object_name, scene):
            return [Remedy.NEW_PLAN]
        return [*able, Remedy.NEW_PLAN, Remedy.ASK] if there else able
