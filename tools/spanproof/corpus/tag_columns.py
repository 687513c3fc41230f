"""Tokens in columns, what counts them, and the spans that their tags say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Bools, Ints, integers, to_arrow
from spanproof.text.tags import FIRST, LAST, parts_of_tag


@dataclass(frozen=True)
class TokenColumns:
    """Where the tokens of documents stand in the texts that they make.

    Attributes:
        first: the number of the first token of each document, and that after the last of all, shape (documents + 1,).
        starts: where each token begins in its text, in code points.
        ends: where it ends.
    """

    first: Ints
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, tokens: pa.ListArray, gap: int) -> "TokenColumns":
        """Return where tokens stand.

        Args:
            tokens: the tokens of each document; none is null.
            gap: how many code points stand between two.
        """
        first = np.append(0, np.cumsum(integers(pc.list_value_length(tokens))[0])).astype(np.int64)
        lengths = integers(pc.utf8_length(tokens.flatten()))[0].astype(np.int64)
        begin = np.append(0, np.cumsum(lengths + gap))
        starts = begin[:-1] - np.repeat(begin[first[:-1]], np.diff(first))
        return cls(first, starts, starts + lengths)

    def points(self, low: Ints, high: Ints, doc: Ints) -> tuple[Ints, Ints] | None:
        """Return where spans of tokens begin and end; None where one has no token, or one that isn't there.

        Args:
            low: the first token of each span, by its number in the document.
            high: the one after the last.
            doc: the document.
        """
        first, stop = self.first[doc], self.first[doc + 1]
        if ((low < 0) | (low >= high) | (first + high > stop)).any():
            return None
        return self.starts[first + low], self.ends[first + high - 1]


def spans_of_tag_columns(tags: pa.Array, names: Sequence[str], tokens: TokenColumns) -> pa.ListArray | None:
    """Return the spans that the tags of documents say, as :func:`spanproof.text.tags.spans_of_tags` has them.

    Args:
        tags: the tags of each document: their numbers, or themselves.
        names: the tags that the numbers stand for; empty where they are written themselves.
        tokens: the tokens.

    Returns:
        The spans of each document; None where a tag can't be read, or there are more or fewer than tokens.
    """
    flat = tags.flatten()
    first = np.append(0, np.cumsum(integers(pc.list_value_length(tags))[0]))
    if tags.null_count or flat.null_count or not np.array_equal(first, tokens.first):
        return None
    if names and pa.types.is_int32(flat.type):
        code, known = integers(flat)[0], list(names)
    elif not names and pa.types.is_string(flat.type):
        encoded = flat.dictionary_encode()
        code, known = integers(encoded.indices)[0], encoded.dictionary.to_pylist()
    else:
        return None
    if "" in known or (len(code) and not 0 <= code.min() <= code.max() < len(known)):
        return None
    parts = [parts_of_tag(tag) for tag in known]
    labels = [*dict.fromkeys(label for _, label in parts if label != "O")]
    label = np.array([labels.index(name) if name != "O" else -1 for _, name in parts], np.int64)[code]
    is_first, is_last = (
        np.array([position in some for position, _ in parts], np.bool_)[code] for some in (FIRST, LAST)
    )
    begins, ends = _borders(label, is_first, is_last, first)
    spans = [to_arrow(tokens.starts[begins]), to_arrow(tokens.ends[ends])]
    spans = [offsets.cast(pa.int32()) for offsets in spans]
    spans.append(pa.array(labels, pa.string()).take(to_arrow(label[begins])))
    of_document = np.searchsorted(np.flatnonzero(begins), first).astype(np.int32)
    return pa.ListArray.from_arrays(to_arrow(of_document), pa.StructArray.from_arrays(spans, ["start", "end", "label"]))


def _borders(label: Ints, is_first: Bools, is_last: Bools, first: Ints) -> tuple[Bools, Bools]:
    """Return which tokens begin a span, and which end one.

    Args:
        label: the number of the label of each token, -1 outside of spans.
        is_first: whether the tag of each begins a span in any case.
        is_last: whether it ends one.
        first: the number of the first token of each document, and that after the last of all.
    """
    heads = np.zeros(len(label) + 1, np.bool_)
    heads[first] = True
    before = np.append(-1, label[:-1]) if len(label) else label
    ended = np.append(False, is_last[:-1]) if len(label) else is_last
    inside = label >= 0
    begins = inside & (heads[:-1] | (before != label) | is_first | ended)
    continues = np.append(inside & ~begins, False)[1:]
    return begins, inside & ~continues
