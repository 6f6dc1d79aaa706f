"""Findings in a terminal: mark, subject, result, and below them the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sayso.commands.terminal.options import print_json
from sayso.doctor.finding import Finding, Grade, Look, good_enough

_PLAIN_MARKS = {Grade.GOOD: "+", Grade.FAIR: "!", Grade.BAD: "X", Grade.UNSEEN: "-"}  # where there are only letters
_MARKS = {Grade.GOOD: ("✔", "green"), Grade.FAIR: ("!", "yellow"), Grade.BAD: ("✘", "red"), Grade.UNSEEN: ("·", "dim")}


def look_round(looks: Iterable[Look]) -> list[Finding]:
    """Make each check in turn; a terminal shows the current one."""
    console, out = Console(stderr=True, highlight=False), []
    for look in looks:
        if console.is_terminal:
            with console.status(Text(look.doing)):
                out.append(look.find())
        else:
            out.append(look.find())
    return out


def print_findings(parts: dict[str, list[Finding]], verdict: str) -> None:
    """Each part under its heading, and the ``verdict`` at the end."""
    console = Console(highlight=False)
    width = max((len(f.what) for findings in parts.values() for f in findings), default=0)
    for heading, findings in parts.items():
        console.print(Text(heading, style="bold"))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column()
        table.add_column(min_width=width, no_wrap=True)
        table.add_column(overflow="fold")
        for finding in findings:
            mark, style = _MARKS[finding.grade]
            if not console.encoding.startswith("utf"):
                mark = _PLAIN_MARKS[finding.grade]
            said = Text(finding.text, style="dim" if finding.grade is Grade.UNSEEN else "")
            if finding.todo:
                said.append(f"\n{'→' if console.encoding.startswith('utf') else '>'} {finding.todo}", style="cyan")
            table.add_row(Text(mark, style=f"bold {style}"), Text(finding.what), said)
        console.print(Padding(table, (0, 0, 1, 2)))
    every = [f for findings in parts.values() for f in findings]
    console.print(Text(verdict, style="bold green" if good_enough(every) else "bold red"), soft_wrap=True)


def print_findings_json(parts: dict[str, list[Finding]], **more: Any) -> None:
    """The same as JSON on stdout: ``good``, and under each part's name its findings."""
    every = [f for findings in parts.values() for f in findings]
    print_json(
        {"schema": 1, "good": good_enough(every), **more, **{k: [_plain(f) for f in v] for k, v in parts.items()}}
    )


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "grade": finding.grade.value,
        "text": finding.text,
        "todo": finding.todo or None,
        **({"figures": finding.figures} if finding.figures else {}),
    }
