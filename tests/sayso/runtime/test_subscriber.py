"""Whoever follows a runtime may follow only what they like."""

from sayso.runtime.subscriber import Subscriber
from tests.sayso.runtime.parts import RuntimeRig


def test_one_that_follows_nothing_changes_nothing() -> None:
    followed, alone = RuntimeRig(), RuntimeRig()
    followed.runtime.subscribe(Subscriber())
    assert followed.run(0.2) == alone.run(0.2)


def test_subscribers_are_told_in_the_order_in_which_they_came() -> None:
    rig, told = RuntimeRig(), list[str]()

    class Second(Subscriber):
        def cycle_began(self, now: float) -> None:
            told.extend(rig.asked[-1:])

    rig.runtime.subscribe(Second())
    rig.run(0.004)
    assert told == ["cycle"], "the first one was told before"
