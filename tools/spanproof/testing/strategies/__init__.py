"""Hypothesis strategies for annotated documents, sound and broken.

For tests of anything that reads, writes, converts or judges annotated text::

    from hypothesis import given
    from spanproof.testing import strategies

    @given(strategies.documents())
    def test_my_converter_keeps_every_span(document):
        assert from_mine(to_mine(document)) == document

They work with any compiled schema, and need the extra ``spanproof[strategies]``. Documents take longer to draw than
what Hypothesis is used to: ``settings.load_profile("spanproof")`` in a ``conftest.py`` has no deadline and expects it.
"""

import random
from typing import Any

from spanproof.corpus.extras import explained

try:
    from hypothesis import HealthCheck, reject, settings
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise explained(error) from error

from spanproof.checks.rules.derived import renewed
from spanproof.corpus.records import WrittenRecord
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.testing.mutations import MUTATIONS, Mutation
from spanproof.testing.strategies.ground import PIECE, ROOM, Ground
from spanproof.testing.strategies.records import grounds, record, with_members
from spanproof.testing.strategies.references import resolves, settled
from spanproof.testing.strategies.relations import sound_relations
from spanproof.testing.strategies.writer import Writer

settings.register_profile(
    "spanproof",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
__all__ = ["documents", "mutations", "texts"]


def texts() -> st.SearchStrategy[str]:
    """Texts that programs get wrong: every script, astral and combining characters, odd blanks, line ends; or empty.

    They hold no lone surrogate and no control character but tab, carriage return and line feed.
    """
    return st.lists(PIECE, max_size=24).map("".join)


def documents(schema: Schema | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Sound documents of a schema (the annotated article by default), over hard texts.

    Sound means that :func:`spanproof.check` finds nothing in a corpus of it but information about its characters
    (SP122 to SP125): it is valid, its hashes are true, spans lie on word and cluster boundaries within the overlap
    policy, references resolve without cycles, TIMEX3 values fit their types, direct quotes stand between marks.
    Members that are optional or may be null are there or not; references into registries alone are any string that
    the schema allows. A schema under which no document can be sound is rejected as Hypothesis rejects examples.
    Where the schema binds another shape, they are records in that shape.
    """
    return _documents(schema or Schema.article())


@st.composite
def mutations(draw: st.DrawFn, document: Document, schema: Schema | None = None) -> tuple[Mutation, dict[str, Any]]:
    """One of the mutations that apply to a sound document, and the document that it breaks."""
    schema = schema or Schema.article()
    applying = [mutation for mutation in MUTATIONS if _broken(mutation, document, schema, 0) is not None]
    if not applying:
        reject()
    mutation = draw(st.sampled_from(applying))
    broken = _broken(mutation, document, schema, draw(st.integers(0, 2**16)))
    if broken is None:
        reject()
    assert broken is not None
    return mutation, broken


def _broken(mutation: Mutation, document: Any, schema: Schema, seed: int) -> Any:
    """Return a document that a mutation breaks, in its own shape; None where that can't say the fault."""
    if schema.lens is None:
        return mutation.breaks(document, schema, random.Random(seed))
    record = WrittenRecord.of(document, schema.lens)
    for number, canonical in enumerate(record.documents):
        broken = mutation.breaks(canonical, schema.canonical, random.Random(seed))
        if broken is not None:
            try:
                return record.put({number: broken})
            except ShapeError:
                return None
    return None


@st.composite
def _documents(draw: st.DrawFn, schema: Schema) -> Any:
    lens, canonical = schema.lens, schema.canonical
    known, composed = grounds(lens, canonical, lambda: draw(_prose())) if lens else ({}, {})
    for member in dict.fromkeys((*schema.texts, *(member for _, member in schema.having(Node.hash_of)))):
        if member not in known:
            known[member] = Ground.of(draw(_prose()) + ROOM * _needed(schema.root, member))
    writer = Writer(draw, canonical, known)
    document = writer.object(schema.root)
    document = document and settled(writer, with_members(document, composed))
    document = document and sound_relations(document, canonical)
    document = document and renewed(document, canonical)
    if document is None or not resolves(document, canonical):
        reject()
    if lens is not None:
        return record(draw, document, schema, lens)
    if not schema.validator.is_valid(document):
        reject()
    return document


@st.composite
def _prose(draw: st.DrawFn) -> str:
    """Any text, most often one that has room for several spans."""
    count = draw(st.sampled_from((0, 1, 4, 8, 10, 12, 16, 20)))
    return "".join(draw(st.lists(PIECE, min_size=count, max_size=count)))


def _needed(node: Node, member: str) -> int:
    """How many spans of a text a document can't be without."""
    if node.items is not None:
        return int(node.min_items) * _needed(node.items, member)
    must = (sub for sub in node.fields.values() if sub.required and not sub.nullable)
    return int(node.span_of == member) + sum(_needed(sub, member) for sub in must)
