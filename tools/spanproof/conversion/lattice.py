"""The formats beside each other: what each keeps, and which holds all that another does."""

from collections.abc import Sequence

from spanproof.formats.leaf import Leaf
from spanproof.formats.leaves import LEAVES
from spanproof.formats.losses import Feature
from spanproof.table import Table, markdown, terminal

_PAGE = """# Formats

Which format holds my annotations, and what does a conversion lose? `spanproof check` and the other commands read every
format on this page, and `spanproof convert` writes it ([how](../how-to/convert-a-corpus.md)). JSON Lines, JSON and
Parquet aren't in the tables: they keep everything. Each format declares what it keeps of a document. Tests verify this
by a round trip: what was written is read again. `make format` writes this page.

## What they are

{formats}

The column "text" says whether a format stores the text. If not, the text is rebuilt from its parts, and the column says
how they are joined. `--fix` corrects spans in brat and PubTator, where each has a line with its offsets. The other
formats can't be corrected in place; convert to JSON Lines. (An export of Label Studio whose name ends only in `.json`
is read as JSON, and JSON is corrected in place.) Every format can store spans with one label. A format can lose more
than the features below, if its syntax doesn't allow a value (such as a label with a blank in it). The ledger of a
conversion names each loss. Something can also be left out on reading: a file may contain things that spanproof doesn't
read, such as the times of a Label Studio task. A conversion lists them as "ignored".
[How brat, CoNLL, PubTator and others are read](../how-to/check-other-formats.md).

## What they keep

{features}

## From one to another

Each number says how many features the format on the left can store and the format at the top can't. 0 means that a
conversion keeps every feature.

{pairs}

## The order

The format in the left column can store everything that the formats in the right column can store.

{order}
"""


def page(leaves: Sequence[Leaf] = LEAVES) -> str:
    """Return the page about the formats."""
    tables = (_formats(leaves), _features(leaves), _pairs(leaves), _order(leaves))
    names = ("formats", "features", "pairs", "order")
    return _PAGE.format(**{name: markdown(table) for name, table in zip(names, tables, strict=True)})


def as_text(leaves: Sequence[Leaf] = LEAVES, *, color: bool = False) -> str:
    """Return what the formats are and keep, for a terminal."""
    return terminal([_formats(leaves), "", _features(leaves)], color=color)


def _formats(leaves: Sequence[Leaf]) -> Table:
    header = ("format", "what it is", "files", "text", "--fix writes", "needs")
    rows = tuple(
        (
            leaf.name,
            leaf.title,
            " ".join([*leaf.suffixes, *leaf.shared, *(f"beside {end}" for end in leaf.companions)]),
            f"rebuilt: {leaf.reconstructed}" if leaf.reconstructed else "stored",
            "spans" if leaf.span_on_line else "",
            f"spanproof[{leaf.extra}]" if leaf.extra else "",
        )
        for leaf in leaves
    )
    return Table(header, rows, len(header))


def _features(leaves: Sequence[Leaf]) -> Table:
    rows = tuple((feature.value, *("yes" if feature in leaf.keeps else "" for leaf in leaves)) for feature in Feature)
    return Table(("feature", *(leaf.name for leaf in leaves)), rows, len(leaves) + 1)


def _pairs(leaves: Sequence[Leaf]) -> Table:
    rows = tuple(
        (source.name, *("" if source is leaf else str(len(source.keeps - leaf.keeps)) for leaf in leaves))
        for source in leaves
    )
    return Table(("from", *(leaf.name for leaf in leaves)), rows)


def _order(leaves: Sequence[Leaf]) -> Table:
    rows = tuple(
        (
            leaf.name,
            ", ".join(other.name for other in leaves if other is not leaf and other.keeps <= leaf.keeps) or "none",
        )
        for leaf in leaves
    )
    return Table(("format", "can store everything of"), rows, 2)


OUTPUTS = {"text": as_text, "markdown": page}
"""The forms in which the formats can be printed."""
