"""``sayso sessions``: the sessions on this computer."""

from __future__ import annotations

import time

from sayso.commands.terminal.options import Json, print_json


def sessions(json: Json = False) -> None:
    """List your sessions on this computer: name (for sayso stop --session), robot, start and activity.

    Example: sayso sessions
    """
    from sayso.runtime.hearing import command_client

    found = command_client.answers(command_client.sessions())
    if json:
        rows = [
            {"id": e.id, "robot": e.robot, "doing": e.doing, "since": e.since, "pid": e.pid, "answers": answers}
            for e, answers in found
        ]
        print_json({"schema": 1, "sessions": rows})
        return
    for entry, answers in found:
        state = "" if answers else f"; no answer (process {entry.pid})"
        since = time.strftime("%H:%M:%S", time.localtime(entry.since))
        print(f"{entry.id}  {entry.robot:12} since {since}  {entry.doing}{state}")
    if not found:
        print('no session is running; start one with, for example: sayso run "stack all the blocks" --live')
