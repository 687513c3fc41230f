"""Lines of WebAnno TSV 3: layers, sentences and tokens, and the annotations that columns say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from spanproof.formats.utf16 import Utf16Places, utf16_offsets
from spanproof.formats.webanno_values import has_bracket, stacked, stacked_references, unescaped

_ROW = re.compile(
    r"(?P<token>\d{1,9}-\d{1,9})(?P<part>\.\d{1,9})?\t(?P<begin>\d{1,9})-(?P<end>\d{1,9})\t"
    r"(?P<form>[^\t]*)(?P<rest>(?:\t.*)?)",
    re.ASCII | re.DOTALL,
)
_LAYER = re.compile(r"#T_(?P<kind>SP|RL|CH)=(?P<type>[^|]+)(?:\|(?P<features>.*))?")
ROLE, BASE = "ROLE_", "BT_"
"""What a feature begins with that holds slots, or the source of a relation."""
ANY = "uima.tcas.Annotation"
"""The type of whatever a relation may relate."""
LINK = "referenceRelation"
"""The feature of a chain that says which link of which chain an annotation is."""
_WIDEST = 10_000
"""How many line feeds stand for a gap between sentences, at most."""


@dataclass
class ColumnLayer:
    """A layer: its kind (``SP`` of spans, ``RL`` of relations, ``CH`` of chains), its type, its columns."""

    kind: str
    type: str
    features: list[str]
    first: int

    def is_reference(self, column: int) -> bool:
        """Say whether a column names other annotations."""
        before = self.features[column - 1] if column else ""
        return self.features[column].startswith(BASE) or before.startswith(ROLE)

    def is_plain(self, column: int) -> bool:
        """Say whether a column has values, no names of other annotations, nor roles or links."""
        return not self.is_reference(column) and not self.features[column].startswith(ROLE) and not self.is_link(column)

    def is_link(self, column: int) -> bool:
        """Say whether a column says which link of a chain an annotation is."""
        return self.kind == "CH" and self.features[column] == LINK


@dataclass
class TokenRow:
    """A line of a token, or of a part of one; offsets are those of the file."""

    line: int
    token: str
    part: bool
    begin: int
    end: int
    form: str
    columns: list[str]


@dataclass(eq=False)
class ColumnAnnotation:
    """An annotation of a layer: its offsets in the file, its number, and its values by column, escaped still."""

    layer: ColumnLayer
    row: TokenRow
    number: str | None
    values: list[str]
    begin: int
    end: int
    tokens: list[str]

    def link(self) -> str | None:
        """Return which link of which chain it is, ``1-2``; None where its layer isn't one of chains."""
        place = self.layer.features.index(LINK) if LINK in self.layer.features else None
        return None if place is None else self.values[place].rpartition("->")[2]


@dataclass
class _SentenceRows:
    """A sentence: the lines of its words, and its tokens."""

    line: int
    lines: list[str] = field(default_factory=list)
    rows: list[TokenRow] = field(default_factory=list)


class Lines:
    """A file as its lines are read."""

    def __init__(self) -> None:
        self.layers: list[ColumnLayer] = []
        self.problems: list[tuple[int, str]] = []
        self.repairs: list[tuple[int, str]] = []
        self._texts: list[_SentenceRows] = []

    @property
    def rows(self) -> Iterator[TokenRow]:
        """All lines of tokens."""
        return (row for text in self._texts for row in text.rows)

    def take(self, number: int, line: str) -> None:
        """Take up a line."""
        if layer := _LAYER.fullmatch(line):
            first = sum(len(known.features) for known in self.layers)
            features = layer["features"].split("|") if layer["features"] else [""]
            self.layers.append(ColumnLayer(layer["kind"], layer["type"], features, first))
        elif line.startswith("#Text="):
            if not self._texts or self._texts[-1].rows:
                self._texts.append(_SentenceRows(number))
            self._texts[-1].lines.append(unescaped(line.removeprefix("#Text=")))
        elif line.strip() and not line.startswith("#"):
            self._row(number, line)

    def _row(self, number: int, line: str) -> None:
        row = _ROW.fullmatch(line)
        if row is None or not self._texts:
            wanted = "1-1<tab>0-3<tab>Ana<tab>..., after the #Text= of its sentence"
            self.problems.append((number, f"is {line[:60]!r}; expected {wanted}"))
            return
        columns = row["rest"].split("\t")[1:]
        if columns and columns[-1] == "":
            del columns[-1]
        expected = sum(len(layer.features) for layer in self.layers)
        if len(columns) != expected:
            self.problems.append((number, f"has {len(columns)} columns after the words; expected {expected}"))
        columns += ["_"] * (expected - len(columns))
        name = row["token"] + (row["part"] or "")
        begin, end = int(row["begin"]), int(row["end"])
        self._texts[-1].rows.append(
            TokenRow(number, name, bool(row["part"]), begin, end, unescaped(row["form"]), columns)
        )

    def text(self) -> str:
        """Return the text of the document: that of each sentence, where its first token says that it begins."""
        parts: list[str] = []
        length = 0
        for sentence in self._texts:
            text = "\n".join(sentence.lines)
            first = next((row for row in sentence.rows if not row.part), None)
            place = text.find(first.form) if first is not None else -1
            if first is None or place < 0:
                self.problems.append((sentence.line, "the first token of the sentence isn't in its #Text"))
                begin = length + bool(parts)
            else:
                begin = first.begin - utf16_offsets(text[:place])[-1]
            gap = begin - length
            if not 0 <= gap <= _WIDEST:
                before = f"the one before it ends at {length}"
                self.problems.append((sentence.line, f"the sentence begins at {begin}, {before}"))
                gap = 0
            parts += ["\n" * gap, text]
            length += gap + utf16_offsets(text)[-1]
        return "".join(parts)

    def check(self, text: str, places: Utf16Places) -> None:
        """Tell of the tokens whose words aren't at their offsets."""
        for row in self.rows:
            start, end = places.place(row.begin), places.place(row.end)
            there = text[start:end] if start is not None and end is not None else None
            if there != row.form:
                shown = f"#Text has {there!r} at {row.begin}-{row.end}"
                self.problems.append((row.line, f"the words are {row.form!r}, {shown}"))

    def annotations(self) -> list[ColumnAnnotation]:
        """Return the annotations of all layers, in the order in which they begin in the file."""
        numbered: dict[tuple[int, str], ColumnAnnotation] = {}
        annotations: list[ColumnAnnotation] = []
        for row in self.rows:
            for layer in self.layers:
                stacks = self._stacks(row, layer)
                for k in range(max(map(len, stacks))):
                    pairs = [stack[k] if k < len(stack) else ("*", None) for stack in stacks]
                    number = next((number for _, number in pairs if number), None)
                    one = ColumnAnnotation(layer, row, number, [value for value, _ in pairs], row.begin, row.end, [])
                    name = one.link() if layer.kind == "CH" else number if layer.kind == "SP" else None
                    known = numbered.setdefault((layer.first, name), one) if name else one
                    if known is one:
                        annotations.append(one)
                    elif known.values != one.values:
                        shown = f"{one.values} and in line {known.row.line} {known.values}"
                        self.problems.append((row.line, f"{layer.type} {name} is {shown}; expected the same values"))
                    known.tokens.append(row.token)
                    known.begin, known.end = min(known.begin, row.begin), max(known.end, row.end)
        return annotations

    def _stacks(self, row: TokenRow, layer: ColumnLayer) -> list[list[tuple[str, str | None]]]:
        """Return the values of each column of a layer, each with its number; tell of those that don't agree."""
        columns = row.columns[layer.first : layer.first + len(layer.features)]
        columns += ["_"] * (len(layer.features) - len(columns))
        stacks = [
            stacked_references(column) if layer.is_reference(k) else stacked(column) for k, column in enumerate(columns)
        ]
        plain = [stacks[k] for k in range(len(stacks)) if layer.is_plain(k)]
        numbers = [[number for _, number in stack] for stack in plain]
        if numbers and numbers != numbers[:1] * len(numbers):
            shown = " and ".join(repr(columns[k]) for k in range(len(columns)) if layer.is_plain(k))
            self.problems.append((row.line, f"{layer.type} has {shown}; expected values with the same numbers"))
        for value in (value for stack in plain for value, _ in stack if has_bracket(value)):
            problem = f"the value {value!r} has a bracket, and no number in it; it is read as it is written"
            self.repairs.append((row.line, f"{problem} (expected PER[1], or \\[ for a bracket)"))
        return stacks
