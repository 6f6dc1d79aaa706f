"""The drawing of a curve of asking: share asked against share confidently wrong, with the conformal sets beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sayso.report.html import Content, Html, table, tag

DRAWN = ("curve", "conformal")
"""Figures of a cell that are drawn here."""
WIDTH, HEIGHT, LEFT, BOTTOM = 720, 360, 56, 48
STEP = 10  # % between the marks of the horizontal axis


def curve(figures: Mapping[str, Any]) -> list[Html]:
    """The drawing and its tables; empty without a curve."""
    settings: Sequence[Mapping[str, float]] = figures.get("curve", ())
    sets: Sequence[Mapping[str, float]] = figures.get("conformal", ())
    if not settings:
        return []
    lines = {
        "setting of the planner": (
            "var(--accent)",
            [(s["asked %"], s["wrong %"], f"{s['caution']:g}") for s in settings],
        ),
        "conformal set": ("var(--operator)", [(100 * s["asked"], 100 * s["wrong"], f"{s['level']:g}") for s in sets]),
    }
    parts = [tag("figure", Html(_drawing(lines)))]
    rows: list[tuple[Content, ...]] = [
        tuple(f"{s[k]:g}" for k in ("caution", "asked %", "wrong %", "right %")) for s in settings
    ]
    parts.append(table(("caution", "asked %", "confidently wrong %", "right %"), rows, numbers=(0, 1, 2, 3)))
    if sets:
        heads = ("promised misses", "threshold", "coverage %", "mean size", "asked %", "confidently wrong %")
        rows = [
            (f"{s['level']:g}", f"{s['threshold']:.3f}", *(f"{100 * s['coverage']:.1f} {s['size']:.2f}".split()),
             f"{100 * s['asked']:.1f}", f"{100 * s['wrong']:.1f}")
            for s in sets
        ]  # fmt: skip
        parts.append(table(heads, rows, numbers=range(6)))
    return parts


def _drawing(lines: Mapping[str, tuple[str, Sequence[tuple[float, float, str]]]]) -> str:
    """An SVG of the lines: (x %, y %, label) of each point."""
    top = max(1.0, 1.1 * max(y for _, points in lines.values() for _, y, _ in points))
    unit = 5.0 if top > 10 else 2.0 if top > 4 else 1.0 if top > 2 else 0.5

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / 100 * (WIDTH - LEFT - 16), HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - 32)

    out = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="share asked against share confidently wrong" '
        f'font-size="12" fill="currentColor">'
    ]
    for x in range(0, 101, STEP):
        (px, py), (_, high) = at(x, 0), at(x, top)
        out.append(f'<path d="M{px:.1f} {py:.1f}V{high:.1f}" stroke="var(--line)"/>')
        out.append(f'<text x="{px:.1f}" y="{py + 16:.1f}" text-anchor="middle">{x}</text>')
    for k in range(int(top / unit) + 1):
        (px, py), (end, _) = at(0, k * unit), at(100, 0)
        out.append(f'<path d="M{px:.1f} {py:.1f}H{end:.1f}" stroke="var(--line)"/>')
        out.append(f'<text x="{px - 6:.1f}" y="{py + 4:.1f}" text-anchor="end">{k * unit:g}</text>')
    out.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle">asked or refused, %</text>')
    out.append(f'<text x="{LEFT}" y="14">confidently wrong, %</text>')
    for i, (name, (color, points)) in enumerate(lines.items()):
        if not points:
            continue
        places = [at(x, y) for x, y, _ in points]
        way = "L".join(f"{px:.1f} {py:.1f}" for px, py in places)
        out.append(f'<path d="M{way}" fill="none" stroke="{color}" stroke-width="2"/>')
        for (px, py), (_, _, label) in zip(places, points, strict=True):
            out.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{color}"/>')
            out.append(f'<text x="{px + 5:.1f}" y="{py - 6:.1f}" fill="{color}">{label}</text>')
        out.append(f'<text x="{WIDTH - 16}" y="{14 + 16 * i}" text-anchor="end" fill="{color}">{name}</text>')
    return "".join([*out, "</svg>"])
