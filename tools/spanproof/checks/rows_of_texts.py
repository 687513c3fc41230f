"""The texts of a record in a row, such as the turns of a dialogue, with what may stand before each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from spanproof.checks.own_texts import OwnText, own_texts, strings_of
from spanproof.checks.view import View
from spanproof.checks.wrong_texts import WrongTexts
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.rows import TextRow, explained_in_rows
from spanproof.text.drift.shared import Annotated


class _Located(NamedTuple):
    """A text of a record: which document has it, what it is called there, the text, and the strings beside it."""

    row: int
    name: str
    text: str
    beside: Mapping[str, str]


def explained_by_record(
    view: View, member: str, drifting: WrongTexts, asked: Sequence[Annotated], alone: list[Explanation]
) -> list[Explanation]:
    """Return the explanations of drifting texts by the rows in which they stand, or else what each tells alone.

    Args:
        view: the batch.
        member: the member of its documents that holds the texts.
        drifting: the texts in which spans disagree.
        asked: what is asked about each.
        alone: what the spans of each tell.
    """
    number = {key: n for n, key in enumerate(zip(drifting.row.tolist(), drifting.names, strict=True))}
    every = _records(view, member, drifting) if drifting.whole else _strings(view, member, drifting)
    located = [texts for texts in every if any((text.row, text.name) in number for text in texts)]
    names = list(dict.fromkeys(name for texts in located for text in texts for name in text.beside))
    sound = _Sound(view, member)
    numbers = [[number.get((text.row, text.name)) for text in texts] for texts in located]
    rows_of_texts = [
        TextRow(
            [sound.annotated(text) if n is None else asked[n] for text, n in zip(texts, of_texts, strict=True)],
            [[len(text.beside.get(name, "")) for text in texts] for name in names],
        )
        for texts, of_texts in zip(located, numbers, strict=True)
    ]
    known = [[None if n is None else alone[n] for n in of_texts] for of_texts in numbers]
    result = list(alone)
    for of_texts, explanations in zip(numbers, explained_in_rows(rows_of_texts, known, names), strict=True):
        for n, explanation in zip(of_texts, explanations, strict=True):
            if n is not None and explanation is not None:
                result[n] = explanation
    return result


def _records(view: View, member: str, drifting: WrongTexts) -> Iterator[list[_Located]]:
    """Yield the texts of the documents of each record in which one drifts."""
    columns, others = view.documents.columns, (member, view.schema.key)
    names = [name for name, column in columns.items() if _holds_strings(column) and name not in others]
    within = view.batch.within
    records: dict[int, list[_Located]] = {within[row][0]: [] for row in drifting.row.tolist()}
    for row, (record, _) in enumerate(within):
        if record in records:
            strings = {name: columns[name][row].as_py() or "" for name in names}
            records[record].append(_Located(row, member, view.string(row, member), strings))
    yield from records.values()


def _strings(view: View, member: str, drifting: WrongTexts) -> Iterator[list[_Located]]:
    """Yield the strings of each joined text that drifts."""
    for row in dict.fromkeys(drifting.row.tolist()):
        for strings in strings_of(view, row, member):
            yield [_Located(row, *string) for string in strings]


def _holds_strings(column: pa.Array) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


class _Sound:
    """The texts all of whose spans agree with them."""

    def __init__(self, view: View, member: str) -> None:
        self._view, self._member = view, member
        self._known: dict[int, dict[str, OwnText]] = {}

    def annotated(self, text: _Located) -> Annotated:
        """Return a text with its spans."""
        if text.row not in self._known:
            stored = self._view.surfaces(text.row, self._member)
            owned = own_texts(self._view, text.row, self._member, stored)
            self._known = {text.row: {own.name: own for own in owned}}
        own = self._known[text.row].get(text.name)
        spans = own.spans if own else []
        return Annotated(text.text, spans)
