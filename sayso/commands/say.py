"""``sayso say``: a correction to the arm that is moving."""

from __future__ import annotations

from typing import Annotated

import typer

from sayso.commands.options import OneRobot, OneSession, clean_text


def say(
    phrase: Annotated[str, typer.Argument(help="What you would tell the arm.")],
    session: OneSession = None,
    robot: OneRobot = None,
) -> None:
    """Say something to the session that is under way; if there are several, name one.

    Example: sayso say "no, the green one"
    """
    from sayso import live_client

    live_client.say(clean_text(phrase, "the phrase", live_client.MAX_PHRASE), session, robot)
    print("said")
