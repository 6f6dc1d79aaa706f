"""``sayso stop``: the arm holds still."""

from __future__ import annotations


def stop() -> None:
    """Stop the arm of the newest sayso run under way, at its next control cycle.

    Example: sayso stop
    """
    from sayso.live import send

    send("stop")
    print("stopped")
