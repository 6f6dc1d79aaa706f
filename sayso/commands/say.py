"""``sayso say``: a correction to the arm that is moving."""

from __future__ import annotations

from typing import Annotated

import typer

from sayso.commands.options import clean_text


def say(phrase: Annotated[str, typer.Argument(help="What you would tell the arm.")]) -> None:
    """Say something to the newest sayso run under way.

    Example: sayso say "no, the green one"
    """
    from sayso.live import MAX_PHRASE, send

    send("say", clean_text(phrase, "the phrase", MAX_PHRASE))
    print("said")
