"""The formats beside each other: what each keeps, and which holds all that another does."""

from collections.abc import Sequence

from spanproof.formats.leaf import Leaf
from spanproof.formats.leaves import LEAVES
from spanproof.formats.losses import Feature
from spanproof.table import Table, markdown, terminal

_PAGE = """# Formats

Which format holds my annotations, and what does a conversion lose? Every format here is read by `spanproof check` and
the other commands, and written by `spanproof convert` ([how](../how-to/convert-a-corpus.md)). This page is made of what
each format says that it keeps, which the tests hold it to: reading what was written gives what it keeps, no more and no
less. Written by `make format`.

## What they are

{formats}

A text that isn't stored is a reconstruction, and is called so. `--fix` writes corrected spans where each has a line of
its own with its offsets. A span of tags, of elements or of tokens has none, so that a corrected one needs other lines
or can't be written at all: convert to JSON Lines, and correct these. Every format has spans with one label, and loses
more than the features below where its syntax is narrower than they are (a label with a blank in it): the ledger of a
conversion names each of these. [How brat, CoNLL, PubTator and others are read](../how-to/check-other-formats.md).

## What they keep

{features}

## From one to another

How many of the features of the format on the left are lost in the one above. 0 is a conversion after which every
feature is still there.

{pairs}

## The order

A format holds all that those behind it hold.

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
            leaf.reconstructed or "stored",
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
    return Table(("format", "holds all of"), rows, 2)


OUTPUTS = {"text": as_text, "markdown": page}
"""The forms in which the formats can be printed."""
