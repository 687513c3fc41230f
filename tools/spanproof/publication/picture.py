"""The picture of an annotated article on the card: the beginning of a text with its highlights, as SVG.

Every character has a cell of one width, so that the picture is the same wherever it is drawn.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Any

from spanproof.publication.configs import label_names
from spanproof.schema.schema import Schema
from spanproof.text.offsets import graphemes

_WIDTH, _COLUMNS, _LINES = 8.4, 100, 9
_LINE, _LEFT, _TOP = 46, 24, 56
_COLOURS = {"entities": ("#dbe9f6", "#1f4e79"), "dates": ("#fbe3cf", "#7a3b00")}
_QUOTE, _PART = "#5b2a86", {"source": "#0b6b4f", "cue": "#8a1c3c"}
_LEGEND = (
    ("entity and type", _COLOURS["entities"][1]), ("date and value", _COLOURS["dates"][1]),
    ("quotation", _QUOTE), ("its source", _PART["source"]), ("its cue", _PART["cue"]),
)  # fmt: skip


def picture(document: Mapping[str, Any], schema: Schema) -> str:
    """The first lines of a document (labels as ids) as an SVG image with a title and a description."""
    text = document["text"]
    rows = list(_rows(text))[:_LINES]
    height = _TOP + _LINE * len(rows) + 8
    width = round(_LEFT * 2 + _WIDTH * _COLUMNS)
    font = "font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t">',
        f'<title id="t">The beginning of article {escape(document["id"])} with its annotations</title>',
        f'<rect width="{width}" height="{height}" rx="8" fill="#fffefb" stroke="#d8d4c8"/>',
        *_legend(font),
    ]
    for k, (start, cells) in enumerate(rows):
        y = _TOP + k * _LINE + 20
        end = start + sum(map(len, cells))
        at = _columns(start, cells)
        parts += _marks(document, schema, start, end, at, y, font)
        for column, cell in _words(cells):
            run = f'textLength="{_width(cell) * _WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"'
            place = f'x="{_LEFT + column * _WIDTH:.1f}" y="{y}"'
            parts.append(f'<text {place} {run} {font} font-size="14" fill="#1c1b19">{escape("".join(cell))}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _legend(font: str) -> Iterator[str]:
    x = float(_LEFT)
    for name, colour in _LEGEND:
        yield f'<rect x="{x:.0f}" y="19" width="14" height="5" fill="{colour}"/>'
        yield f'<text x="{x + 20:.0f}" y="26" {font} font-size="12" fill="{colour}">{name}</text>'
        x += 36 + 7.3 * len(name)


def _wide(cell: str) -> int:
    return 2 if unicodedata.east_asian_width(cell[0]) in "WF" else 1


def _width(cells: list[str]) -> int:
    return sum(map(_wide, cells))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that fit, as grapheme clusters, with the offset of their first; broken at blanks."""
    start, row = 0, list[str]()
    bounds = graphemes(text).tolist()
    for low, high in pairwise(bounds):
        cluster = text[low:high]
        if cluster in ("\n", "\r", "\r\n"):
            if row:
                yield start, row
            start, row = high, []
            continue
        row.append(cluster)
        if _width(row) > _COLUMNS:
            cut = next((k for k in range(len(row) - 1, 0, -1) if row[k] == " "), len(row) - 2) + 1
            yield start, row[:cut]
            start, row = start + sum(map(len, row[:cut])), row[cut:]
    if row:
        yield start, row


def _columns(start: int, cells: list[str]) -> dict[int, int]:
    """The column of each offset of a row."""
    at, column = {}, 0
    for cell in cells:
        for k in range(len(cell)):
            at[start + k] = column
        start, column = start + len(cell), column + _wide(cell)
    at[start] = column
    return at


def _words(cells: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs without blanks, each with its column, so that no renderer folds blanks."""
    word, column, first = list[str](), 0, 0
    for cell in [*cells, " "]:
        if cell.isspace():
            if word:
                yield first, word
            word = []
        else:
            first = first if word else column
            word.append(cell)
        column += _wide(cell)


def _marks(
    document: Mapping[str, Any], schema: Schema, start: int, end: int, at: Mapping[int, int], y: int, font: str
) -> Iterator[str]:
    def within(span: Mapping[str, Any]) -> tuple[float, float] | None:
        low, high = max(start, span["start"]), min(end, span["end"])
        return (_LEFT + at[low] * _WIDTH, (at[high] - at[low]) * _WIDTH) if low < high else None

    labels = label_names(schema.nodes[("entities", "*", "label")])
    for layer, (fill, stroke) in _COLOURS.items():
        for span in document[layer]:
            if box := within(span):
                x, width = box
                box_ = f'x="{x - 1.5:.1f}" y="{y - 14}" width="{width + 3:.1f}" height="19" rx="3"'
                yield f'<rect {box_} fill="{fill}" stroke="{stroke}" stroke-width=".8"/>'
                name = labels[span["label"]] if layer == "entities" else span["value"]
                if span["start"] >= start:
                    yield f'<text x="{x:.1f}" y="{y - 17}" {font} font-size="8.5" fill="{stroke}">{escape(name)}</text>'
    for quote in document["quotes"]:
        lines = [(quote, _QUOTE, 8)] + [(quote[p], c, 12) for p, c in _PART.items() if quote[p]]
        for span, colour, below in lines:
            if box := within(span):
                place = f'x="{box[0]:.1f}" y="{y + below}" width="{box[1]:.1f}"'
                yield f'<rect {place} height="2.4" fill="{colour}"/>'
