"""The picture of an annotated article on the card: the beginning of a text with its highlights, as SVG.

Every character has a cell of one width, so that the picture is the same wherever it is drawn.
"""

import functools
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from spanproof.publication.documents import Documents, spans_below
from spanproof.publication.names import singular
from spanproof.schema.layers import Layer
from spanproof.schema.node import Json, Node, Place
from spanproof.text.offsets import graphemes
from spanproof.viewer.articles import layers
from spanproof.viewer.hues import HUES, INK, LINE, PAPER, TURNS, hues, turns

_WIDTH, _COLUMNS, _LINES = 8.4, 100, 9
_LINE, _LEFT, _TOP = 46, 24, 56
_SHOWN = 800
"""Annotations that begin before this offset count for the choice of the document."""
_FONT = "font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\""


@dataclass(frozen=True)
class Picture:
    """The document ``row`` of a corpus, of which the beginning of the text ``member`` is drawn with its ``layers``.

    Spans are boxes with their label (TIMEX3: their value) above; quotations and what is made of several spans are
    underlined, the parts of a quotation in colours of their own. Colours are those of the reader, on light and dark: a
    label turns the hue of its layer.
    """

    documents: Documents
    row: int
    member: str
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, documents: Documents, names: Sequence[str]) -> "Picture | None":
        """Return the picture of the document with the most annotations in its first 800 characters.

        Args:
            documents: those of a dataset.
            names: the layers to draw.

        Returns:
            None where there is no text or no layer to draw.
        """
        wanted = [layer for layer in documents.layers if layer.name in names]
        if not wanted:
            return None
        member = next(str(node.span_of) for node in wanted[0].node.walk() if node.span_of)
        rows = [k for k in range(len(documents.rows)) if (documents.text(k, member) or "").strip()]
        if not rows:
            return None
        row = max(
            rows, key=lambda k: sum(_begins(item, layer) for layer in wanted for item in layer.items(documents.rows[k]))
        )
        return cls(documents, row, member, tuple(wanted))

    @property
    def boxes(self) -> list[tuple[Layer, str]]:
        """The layers that are drawn as boxes, with the classes of their colours."""
        boxed = [layer for layer in self.layers if layer.node.span_of and not layer.node.quotation]
        return [(layer, self._colour(layer.node)) for layer in boxed]

    @property
    def underlined(self) -> list[tuple[Layer, str]]:
        """The layers that are underlined, with the classes of their colours."""
        others = [layer for layer in self.layers if not layer.node.span_of or layer.node.quotation]
        return [(layer, self._colour(layer.node)) for layer in others]

    def _colour(self, node: Node) -> str:
        """Return the class of the colour of a kind of spans; of what is made of spans, that of its first span."""
        spans = (below for below in node.walk() if below.place in self._hues)
        return f"h{self._hues[next(spans).place]}"

    @functools.cached_property
    def _hues(self) -> Mapping[Place, int]:
        return hues(self.documents.schema)

    @functools.cached_property
    def _turns(self) -> Mapping[Place, Mapping[str, int]]:
        return {layer.node.place: turns(layer) for layer in layers(self.documents.schema)}

    def _turned(self, span: Json, node: Node) -> str:
        """Return the class of the turn that the label of a span has, after a blank; nothing where it has none."""
        turn = self._turns.get(node.place, {}).get(str(span.get(node.label or "")), 0)
        return f" t{turn}" if turn else ""

    def svg(self) -> str:
        """Return the first lines as an SVG image with a title."""
        text = _drawable(self.documents.text(self.row, self.member) or "")
        rows = list(_rows(text))[:_LINES]
        height = _TOP + _LINE * len(rows) + 8
        width = round(_LEFT * 2 + _WIDTH * _COLUMNS)
        title = f"The beginning of {self.documents.noun} {self.documents.named(self.row)} with its annotations"
        drawn = list[str]()
        for k, (start, cells) in enumerate(rows):
            line = _Line(start, cells, _TOP + k * _LINE + 20)
            drawn += [*self._marks(line), *line.words()]
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t">',
            f'<title id="t">{escape(_drawable(title))}</title>',
            f"<style>{_style(''.join(drawn))}</style>",
            f'<rect class="paper" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
            *self._legend(),
            *drawn,
        ]
        return "\n".join([*parts, "</svg>", ""])

    def _legend(self) -> Iterator[str]:
        x = float(_LEFT)
        for name, colour in self._named():
            shown = escape(_drawable(name))
            yield f'<rect x="{x:.0f}" y="19" width="14" height="5" class="{colour}"/>'
            yield f'<text x="{x + 20:.0f}" y="26" {_FONT} font-size="12" class="{colour}">{shown}</text>'
            x += 36 + 7.3 * len(name)

    def _named(self) -> Iterator[tuple[str, str]]:
        """Yield what is drawn, and in which colour."""
        for layer, colour in self.boxes:
            label = " and value" if layer.node.timex3 else " and type" if layer.node.label else ""
            yield f"{singular(layer.name)}{label}", colour
        for layer, colour in self.underlined:
            quotation = layer.node.quotation
            yield "quotation" if quotation else singular(layer.name), colour
            for part in quotation.parts if quotation else ():
                yield f"its {part}", self._colour(layer.node.fields[part])

    def _marks(self, line: "_Line") -> Iterator[str]:
        document = self.documents.rows[self.row]
        for layer, colour in self.boxes:
            for span in layer.items(document) if layer.node.span_of == self.member else ():
                if box := line.extent(span):
                    x, width = box
                    place = f'x="{x - 1.5:.1f}" y="{line.y - 14}" width="{width + 3:.1f}" height="19" rx="3"'
                    shade = f"{colour}{self._turned(span, layer.node)}"
                    yield f'<rect {place} class="{shade} box"/>'
                    if span["start"] >= line.start and (name := _label(span, layer)):
                        at = f'x="{x:.1f}" y="{line.y - 17}"'
                        yield f'<text {at} {_FONT} font-size="8.5" class="{shade}">{escape(_drawable(name))}</text>'
        for layer, colour in self.underlined:
            for item in layer.items(document):
                for span, shade, below in self._lines(item, layer, colour):
                    if box := line.extent(span):
                        place = f'x="{box[0]:.1f}" y="{line.y + below}" width="{box[1]:.1f}"'
                        yield f'<rect {place} height="2.4" class="{shade}"/>'

    def _lines(self, item: Json, layer: Layer, colour: str) -> Iterator[tuple[Json, str, int]]:
        """Yield the spans of an annotation that are underlined, each with its colour and how far below the line."""
        quotation = layer.node.quotation
        if quotation is None:
            spans = spans_below(item, layer.node)
            yield from ((span, colour, 8) for node, span in spans if node.span_of == self.member)
        elif layer.node.span_of == self.member:
            yield item, colour, 8
            parts = ((item.get(part), self._colour(layer.node.fields[part])) for part in quotation.parts)
            yield from ((span, shade, 12) for span, shade in parts if span)


@dataclass(frozen=True)
class _Line:
    """A line of the picture: the offset of its first character, its grapheme clusters, the height of its base."""

    start: int
    cells: list[str]
    y: int

    def extent(self, span: Json) -> tuple[float, float] | None:
        """Where the part of a span on this line begins, and how wide it is; None where it has none."""
        at, end = _columns(self.start, self.cells), self.start + sum(map(len, self.cells))
        low, high = max(self.start, span["start"]), min(end, span["end"])
        return (_LEFT + at[low] * _WIDTH, (at[high] - at[low]) * _WIDTH) if low < high else None

    def words(self) -> Iterator[str]:
        """Yield the words of the line, each in its place."""
        for column, cell in _words(self.cells):
            run = f'textLength="{_width(cell) * _WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"'
            place = f'x="{_LEFT + column * _WIDTH:.1f}" y="{self.y}"'
            yield f'<text {place} {run} {_FONT} font-size="14" class="ink">{escape("".join(cell))}</text>'


def _style(used: str) -> str:
    """Return the colours as CSS, light and dark; where a picture is shown, its reader's setting decides.

    Args:
        used: what is drawn; the hues that labels have in it are among the colours.
    """

    def rules(dark: bool) -> str:
        shades = "".join(f".h{k}{{fill:{hue[dark]}}}.h{k}.box{{stroke:{hue[dark]}}}" for k, hue in enumerate(HUES))
        return f".paper{{fill:{PAPER[dark]};stroke:{LINE[dark]}}}.ink{{fill:{INK[dark]}}}{shades}{turned(dark)}"

    def turned(dark: bool) -> str:
        # What draws SVG and doesn't know oklch passes over these rules, and draws the hue of the layer.
        return "".join(
            f".h{k}.t{n}{{fill:{new}}}.h{k}.t{n}.box{{stroke:{new}}}"
            for k, hue in enumerate(HUES)
            for n, degrees in enumerate(TURNS)
            if f"h{k} t{n}" in used and (new := f"oklch(from {hue[dark]} l c calc(h + {degrees}))")
        )

    box = ".box{fill-opacity:.14;stroke-width:.8}"
    return f"{rules(False)}{box}@media (prefers-color-scheme:dark){{{rules(True)}}}"


def _begins(item: Json, layer: Layer) -> bool:
    """Whether an annotation begins where the picture can show it."""
    first = next((span for _, span in spans_below(item, layer.node)), None)
    return first is not None and first["start"] < _SHOWN


def _label(span: Json, layer: Layer) -> str:
    """Return what stands above a box: the value of a TIMEX3, else the label."""
    timex = layer.node.timex3
    member = timex.value if timex else layer.node.label
    return str(span.get(member) or "") if member else ""


def _drawable(text: str) -> str:
    """Return a text with what XML can't hold replaced, each character by one."""
    return "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)


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
    """Return the column of each offset of a row."""
    at, column = {}, 0
    for cell in cells:
        for k in range(len(cell)):
            at[start + k] = column
        start, column = start + len(cell), column + _wide(cell)
    at[start] = column
    return at


def _words(cells: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield runs without blanks, each with its column, so that no renderer folds blanks."""
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
