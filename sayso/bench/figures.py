"""The tables of figures, whole in ``docs/figures.md`` and in a few rows in the README, from ``bench/`` alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.stats import wilson

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
README, WHOLE = Path("README.md"), Path("docs/figures.md")
HEAD = "| suite | what | n | success (95 %) | more | command |\n|---|---|---|---|---|---|"
SUITES = (
    "ladder",
    "tabletop",
    "disturb",
    "critic",
    "branch",
    "cap",
    "constraints",
    "honest",
    "things-errands",
    "detector",
    "obedience",
    "reaction",
    "throughput",
    "language",
    "outsiders",
    "ask",
    "corrections",
    "motion-layer",
    "redteam",
    "negated",
    "world",
    "hardware",
    "soak",
    "timing",
    "faults",
    "wire",
    "stops",
    "mutants",
)


@dataclass(frozen=True, slots=True)
class Headline:
    """A row of the README: a suite's ``cell`` ("": all of them together) in plain ``words``, with ``more`` figures."""

    suite: str
    cell: str
    words: str
    more: tuple[str, ...] = ()


FIRST = (
    Headline(
        "tabletop", "put in / on", "“put the red block in the blue bowl” and the like, from camera pixels", ("seconds",)
    ),
    Headline("tabletop", "stack of three", "“stack all the blocks”, three of them, from camera pixels", ("seconds",)),
    Headline(
        "ladder",
        "flat policy, the motion withheld",
        "the flat policy: no language motions, true positions",
        ("seconds",),
    ),
    Headline("obedience", "directions and holding still", "a direction said at any moment: the tool goes that way"),
    Headline(
        "reaction",
        "words to a moving arm",
        "a correction or a stop changes the next joint target",
        ("motions", "stops"),
    ),
    Headline(
        "reaction-shell",
        "sayso stop from a shell",
        "`sayso stop` typed in another terminal: from Enter to the stop",
        ("ms",),
    ),
    Headline(
        "hardware-so101",
        "through the driver, one view, no depth",
        "an emulated SO-101, its maker's protocol, one plain camera",
        ("seconds",),
    ),
    Headline("language", "product: instruction, right", "instructions by writers of our own test, done as meant"),
    Headline("language", "product: instruction, not wrong", "the same: done as meant, or asked about"),
    Headline("language", "product: correction, right", "their corrections to a moving arm, obeyed as meant"),
    Headline("language", "product: correction, not wrong", "the same: obeyed as meant, or asked about"),
    Headline("faults", "", "killed processes, damaged readings, hostile commands: the promises hold"),
)


def _percent(cell: dict[str, Any]) -> str:
    return f"{100 * cell['rate']:.1f} % ({100 * cell['low']:.1f}–{100 * cell['high']:.1f})"


def _more(cell: dict[str, Any]) -> str:
    """What a cell knows beyond its rate, in a few words."""
    out = []
    if "ms" in cell:
        out.append(f"p50 {cell['ms']['p50']:.2f} ms, p99 {cell['ms']['p99']:.2f} ms")
    if "processor ms" in cell:
        used = cell["processor ms"]
        out.append(f"of the processor p50 {used['p50']:.1f} ms, p99 {used['p99']:.1f} ms")
    if "curve" in cell:
        named = {-1.0: "never", -0.5: "less", 0.0: "normal", 0.9: "more"}
        out.append(
            "; ".join(
                f"{named[c['caution']]}: asked {c['asked %']:.1f} %, wrong {c['wrong %']:.1f} %"
                for c in cell["curve"]
                if c["caution"] in named
            )
        )
    if "of these done" in cell:
        done = cell["of these done"]
        out.append(f"asked {cell['asked']}, done {done['n']} ({100 * done['low']:.1f}–{100 * done['high']:.1f} %)")
    if "ms late" in cell:
        late, share = cell["ms late"], cell["missed %"]
        out.append(
            f"{share} % of {cell['ticks']} ticks missed; late by p99 {late['p99']:.2f} ms, {late['p100']:.2f} at most"
        )
    if "soaked s" in cell:
        out.append(
            f"{cell['soaked s']:.0f} s, {cell['protocol errors']} protocol errors, {cell['bridged']} readings bridged"
        )
    if "invalid steps" in cell:
        before, beside = cell["ms late before"]["p99"], cell["ms late beside"]["p99"]
        out.append(
            f"{cell['asked']} asked, {cell['invalid steps']} invalid steps; p99 {cell['outcome s']['p99']:.2f} s; "
            f"loop late by p99 {before:.2f} ms before, {beside:.2f} ms beside"
        )
    if "outputs" in cell:
        out.append(f"{cell['wrong']} of {cell['outputs']} outputs written wrong")
    if "rad at most" in cell:
        out.append(f"no joint went further than {cell['rad at most']:.4f} rad")
    if "broken" in cell:
        what = f"{cell['cycles']} cycles, a limit" if "cycles" in cell else "the constraint"
        out.append(f"{what} broken in {cell['broken']} episodes")
    if "damaged" in cell:
        refused = f", {cell['refused']} refused" if "refused" in cell else ""
        out.append(f"{cell['damaged']} damaged files{refused}, {cell['passed']} let through")
    if "least ways" in cell:
        out.append(f"{cell['events']} events, at least {cell['least ways']} different ones in each episode")
    for kind in ("motions", "stops"):
        if kind in cell:
            ms = cell[kind]["ms"]
            out.append(f"{kind}: p50 {ms['p50']:.1f} ms, p99 {ms['p99']:.1f} ms (n {cell[kind]['n']})")
    if "times real time" in cell:
        out.append(f"median {cell['times real time']['p50']:.1f}× real time")
    if "position mm" in cell:
        out.append(f"position p50 {cell['position mm']['p50']:.1f} mm, p95 {cell['position mm']['p95']:.1f} mm")
    if "color right" in cell:
        kind, color = (100 * cell[f"{what} right"]["rate"] for what in ("kind", "color"))
        out.append(f"kind right {kind:.1f} %, color right {color:.1f} %")
        out.append(f"{cell['objects']} objects, {cell['found']} found; yaw p50 {cell['yaw deg']['p50']:.1f}°")
    if "hold still drift mm" in cell:
        drift = cell["hold still drift mm"]
        out.append(f"hold still drifts p50 {drift['p50']:.1f} mm, p95 {drift['p95']:.1f} mm")
    if "believed, not done" in cell:
        out.append(
            ", ".join(f"{cell[k]} {k}" for k in ("believed and done", "believed, not done", "done, not believed"))
        )
    if "Code as Policies" in cell:
        theirs = cell["Code as Policies"]
        rates = f"{100 * theirs['rate']:.1f} % of {theirs['n']}, CLIPort {100 * theirs['CLIPort']:.1f} %"
        out.append(f"Code as Policies reported {rates}")
    if "equivalent" in cell:
        out.append(f"of {cell['mutants']}, {cell['equivalent']} of which are equivalent")
    if "ends" in cell:
        out.append(", ".join(f"{end} {n}" for end, n in cell["ends"].items()))
        if cell["s to the first intervention"]:
            out.append(f"first intervention after {cell['s to the first intervention']['p50']:.1f} s")
    if "fails at" in cell:
        out.append(", ".join(f"{group} {n}" for group, n in cell["classes"].items()))
    out += _foresight(cell)
    if "seconds" in cell:
        out.append(f"median {cell['seconds']['p50']:.1f} s")
    if rest := {k: v for k, v in cell.get("outcomes", {}).items() if k != "done"}:
        out.append("ended " + ", ".join(f"{k} {v}" for k, v in rest.items()))
    if "host kept %" in cell:
        host = cell["host kept %"]
        out.append(f"CPU steal {host['mean']:.0f} % (max {host['most']:.0f} %)")
    return "; ".join(out)


def _foresight(cell: dict[str, Any]) -> Iterator[str]:
    """What a cell knows about the critic that looks ahead, and about its remedies."""
    if (area := cell.get("AUROC of failing", {}).get("critic")) is not None:
        others = max(a for name, a in cell["AUROC of failing"].items() if name != "critic")
        yield f"area under the curve {area:.3f} in {cell['moments']} moments, the best baseline {others:.3f}"
    if "accuracy of moments" in cell:
        early, missed = cell["false alarms"], cell["misses"]
        yield f"accuracy {100 * cell['accuracy of moments']['share']:.1f} %"
        yield f"calibration error {cell['calibration error of failing']:.3f}"
        yield f"{early['k']} of {early['n']} runs without failure with a false alarm"
        if missed["n"]:
            p50, p95 = (cell["s to the alarm"][p] for p in ("p50", "p95"))
            yield f"{missed['k']} of {missed['n']} failures missed, alarm after p50 {p50:.1f} s, p95 {p95:.1f} s"
    if "regret" in cell:
        fixed = cell["regret of a fixed remedy"]
        doubts, least = cell["moments of doubt"], min(fixed, key=lambda name: fixed[name])
        yield f"{doubts} moments of doubt, regret {cell['regret']:.1f} points, always “{least}” {fixed[least]:.1f}"
    if "harmed" in cell:
        yield f"made worse {cell['harmed']['k']} of {cell['harmed']['n']}, saved {cell['saved']}"


def table(folder: Path) -> str:
    """The results in ``folder``/SUITE/bench.json, then those of other arms (SUITE-ARM), as one Markdown table."""
    lines = [HEAD]
    for suite in SUITES:
        for path in _results(folder, suite):
            result = json.loads(path.read_text(encoding="utf-8"))
            name, command = path.parent.name, f"`{result['command']}`"
            for row in _whole(result["cells"]):
                lines.append(f"| {name} | {row} | {command} |")
                name = command = ""
    return "\n".join(lines)


def headlines(folder: Path, rows: tuple[Headline, ...] = FIRST) -> str:
    """The ``rows`` as a Markdown table. Raises `ValueError` naming a cell that the results in ``folder`` lack."""
    lines = ["| what was tried | n | success (95 %) | |", "|---|---|---|---|"]
    for row in rows:
        cells = json.loads((folder / row.suite / "bench.json").read_text(encoding="utf-8"))["cells"]
        found = [cell for cell in cells if cell["name"] == row.cell] if row.cell else [_all(cells)]
        if not found:
            raise ValueError(f"{row.suite} has no cell '{row.cell}'; it has: {', '.join(c['name'] for c in cells)}")
        more = _more({key: found[0][key] for key in row.more})
        lines.append(f"| {row.words} | {found[0]['n']} | {_percent(found[0])} | {more} |")
    return "\n".join(lines)


def _whole(cells: list[dict[str, Any]]) -> Iterator[str]:
    for cell in cells:
        yield f"{cell['name']} | {cell['n']} | {_percent(cell)} | {_more(cell)}"


def _all(cells: list[dict[str, Any]]) -> dict[str, Any]:
    n, successes = (sum(cell[key] for cell in cells) for key in ("n", "successes"))
    low, high = wilson(successes, n)
    return {"n": n, "rate": successes / n if n else 0.0, "low": low, "high": high}


def _results(folder: Path, suite: str) -> list[Path]:
    return [p for p in (folder / suite / "bench.json", *sorted(folder.glob(f"{suite}-*/bench.json"))) if p.exists()]


def insert(text: str, figures: str) -> str:
    """``text`` with the part between the markers replaced. Raises `ValueError` if a marker is missing."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"the text lacks the markers {BEGIN} and {END}")
    head, rest = text.split(BEGIN, 1)
    return f"{head}{BEGIN}\n{figures}\n{END}{rest.split(END, 1)[1]}"


def main(root: Path = Path()) -> None:
    """Rewrite the tables in both files under ``root``."""
    for name, text in ((README, headlines(root / "bench")), (WHOLE, table(root / "bench"))):
        page = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(insert(page, text), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
