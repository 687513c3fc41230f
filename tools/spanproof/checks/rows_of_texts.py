"""The texts of a record in a row, such as the turns of a dialogue, with what may stand before each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa

from spanproof.checks.own_texts import own_texts
from spanproof.checks.view import View
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.rows import TextRow, explained_in_rows
from spanproof.text.drift.shared import Annotated


def explained_by_record(
    view: View, member: str, drifting: Mapping[int, Annotated], alone: Sequence[Explanation]
) -> list[Explanation]:
    """Return the explanations of drifting texts by the rows in which they stand, or else what each tells alone.

    Args:
        view: the batch.
        member: the member of its documents that holds the texts.
        drifting: what is asked about the texts in which spans disagree, by the row of the document.
        alone: what the spans of each tell.
    """
    number = {row: n for n, row in enumerate(drifting)}
    records: dict[int, list[int]] = defaultdict(list)
    for row, (record, _) in enumerate(view.batch.within):
        records[record].append(row)
    some = [rows for rows in records.values() if not number.keys().isdisjoint(rows)]
    columns, others = view.documents.columns, (member, view.schema.key)
    names = [name for name, column in columns.items() if _holds_strings(column) and name not in others]
    lengths = {name: [len(string or "") for string in columns[name].to_pylist()] for name in names}
    rows_of_texts = [
        TextRow(
            [drifting[row] if row in drifting else _sound(view, row, member) for row in rows],
            [[lengths[name][row] for row in rows] for name in names],
        )
        for rows in some
    ]
    known = [[alone[number[row]] if row in number else None for row in rows] for rows in some]
    result = list(alone)
    for rows, explanations in zip(some, explained_in_rows(rows_of_texts, known, names), strict=True):
        for row, explanation in zip(rows, explanations, strict=True):
            if explanation is not None:
                result[number[row]] = explanation
    return result


def _holds_strings(column: pa.Array) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _sound(view: View, row: int, member: str) -> Annotated:
    """Return a text all of whose spans agree with it."""
    spans = [span for own in own_texts(view, row, member, view.surfaces(row, member)) for span in own.spans]
    return Annotated(view.string(row, member), spans, [("", "")] * len(spans))
