"""HTML building blocks of the pages; all text is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

STYLE = Path(__file__).parent / "page.css"


@dataclass(frozen=True, slots=True)
class Html:
    """Markup that is safe to insert into a page."""

    markup: str


Content = Html | str | int | float | None


def text(content: Content) -> str:
    """``content`` as markup: escaped unless it is `Html`; None is a dash, a float has at most three decimals."""
    if isinstance(content, Html):
        return content.markup
    if content is None:
        return "–"
    return escape(f"{content:.3f}".rstrip("0").rstrip(".") if isinstance(content, float) else str(content))


def tag(name: str, content: Content | Iterable[Content], **attributes: str) -> Html:
    """One element; ``class_`` stands for class."""
    inner = "".join(map(text, content)) if isinstance(content, list | tuple) else text(content)  # type: ignore[arg-type]
    said = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{said}>{inner}</{name}>")


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Content]], numbers: Sequence[int] = (), classes: Sequence[str] = ()
) -> Html:
    """A table; columns in ``numbers`` are right-aligned, ``classes`` are the rows' CSS classes."""

    def cell(name: str, i: int, content: Content) -> Html:
        return tag(name, content, class_="number") if i in numbers else tag(name, content)

    head = tag("tr", [cell("th", i, h) for i, h in enumerate(heads)])
    body = []
    for k, row in enumerate(rows):
        cells = [cell("td", i, content) for i, content in enumerate(row)]
        body.append(tag("tr", cells, class_=classes[k]) if k < len(classes) and classes[k] else tag("tr", cells))
    return tag("div", [tag("table", [head, *body])], class_="scroll")


def page(title: str, content: Iterable[Html]) -> str:
    """A complete page with its style included: it needs no other file, script or server."""
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE.read_text()}</style>"
    )
    body = "\n".join(part.markup for part in content)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>\n{body}\n</main></body></html>\n'
