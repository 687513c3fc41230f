"""Drifts injected into published corpora, and what becomes of their spans beside a plain search for the nearest words.

The spans of a sample of documents are sound at first, and their words are stored. Then their offsets are counted as
another program counts, or the text loses two stretches. The correction must bring each span back to where it was.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from audit.published import PublishedCorpus, opened
from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import Node
from spanproof.schema.paths import spans_in
from spanproof.schema.schema import Schema
from spanproof.testing.open_world.cases import SCHEMA, Case
from spanproof.testing.open_world.drifts import Drift, drifted
from spanproof.testing.open_world.judging import fates
from spanproof.testing.open_world.texts import LANGUAGES, Occurrence, Written

DOCUMENTS, CHARACTERS, SPANS = 12, 5000, 60
"""How many documents are sampled, how much of the text of each, and how many spans."""

_ENTITIES = {"&": 4, "<": 3, ">": 3, '"': 5, "'": 4}


def _utf16(text: str) -> Drift:
    return Drift(widths={character: 1 for character in set(text) if ord(character) > 0xFFFF})


def _bytes(text: str) -> Drift:
    return Drift(widths={character: len(character.encode()) - 1 for character in set(text) if not character.isascii()})


def _unseen(text: str) -> Drift:
    """Two signs count two and three more, as no known way of counting has it."""
    signs = [sign for sign, _ in Counter(re.findall(r"[^\w\s]", text)).most_common(2)]
    return Drift(widths=dict(zip(signs, (2, 3), strict=False)))


DRIFTS = MappingProxyType(
    {
        "UTF-16": _utf16,
        "bytes": _bytes,
        "entities": lambda _: Drift(widths=_ENTITIES),
        "white space": lambda _: Drift(collapsed=True),
        "two deletions": lambda _: Drift(edits=2, touching=True),
        "unseen widths": _unseen,
    }
)
"""What is done to offsets and texts, by name: the drift of a text. A text that lacks the characters isn't changed."""


def drift_facts(corpus: PublishedCorpus, copies: Path) -> Mapping[str, Mapping[str, int]]:
    """Return for each drift how many spans it made wrong, and what became of them.

    Args:
        corpus: the corpus.
        copies: the folder with the copies.
    """
    documents, room = opened(corpus, copies)
    with room:
        texts = _sampled(documents)
    return {name: _outcome([(text, draw(text.text)) for text in texts]) for name, draw in DRIFTS.items()}


def _sampled(corpus: Corpus) -> Sequence[Written]:
    """Return the texts with most spans of every twentieth part of the corpus, or so."""
    every = [text for batch in corpus.batches for text in _texts(batch.documents(), corpus.schema)]
    step = max(1, len(every) // DOCUMENTS)
    return [max(every[k : k + step], key=lambda text: len(text.mentions)) for k in range(0, len(every), step)][
        :DOCUMENTS
    ]


def _texts(documents: Iterator[Mapping[str, Any]], schema: Schema) -> Iterator[Written]:
    """Yield the texts of documents with the places of their sound mentions, each once, cut where they are long."""
    others = {node.place for node, policy in schema.having(Node.policy) if policy.role != "mentions"}
    for document in documents:
        places: dict[str, set[tuple[int, int]]] = {member: set() for member in schema.canonical.texts}
        for _, node, span in spans_in(document, schema.canonical):
            text, start, end = document.get(node.span_of), span.get("start"), span.get("end")
            if not isinstance(text, str) or any(node.place[: len(place)] == place for place in others):
                continue
            if type(start) is int and type(end) is int and 0 <= start < end <= min(len(text), CHARACTERS):
                words = text[start:end]
                if words == words.strip() and span.get("text") in (None, words):
                    places[node.span_of].add((start, end))
        for member, found in places.items():
            mentions = tuple(Occurrence(*place) for place in sorted(found)[:SPANS])
            if len(mentions) > 2:
                yield Written(document[member][:CHARACTERS], mentions, (0,), (0,), LANGUAGES[0])


def _outcome(drifts: Sequence[tuple[Written, Drift]]) -> Mapping[str, int]:
    """Return the counts over some texts, each with its drift."""
    counts: Counter[str] = Counter(spans=0, wrong=0, gone=0, mended=0, misplaced=0, named=0, nearest=0, nearest_wrong=0)
    for number, (written, drift) in enumerate(drifts):
        text, spans = drifted(drift, written, written.mentions, Random(number))
        names = [
            {"id": f"n{k}", "start": one.start, "end": one.end, "text": one.surface, "label": "NAME"}
            for k, one in enumerate(spans)
        ]
        document = {"id": f"d{number}", "text": text, "names": names}
        case = Case("", number, drift, (document,), (tuple(one.place for one in spans),))
        after = fates(case)
        causes = {one.id: one.cause for one in check(Corpus.of([document], SCHEMA)).findings}
        for name, placed in zip(names, spans, strict=True):
            counts["spans"] += 1
            fate = after[str(name["id"])]
            if (placed.start, placed.end) == placed.place:
                counts["misplaced"] += fate != "sound"
                continue
            nearest = _nearest(text, placed.surface or "", placed.start)
            cause = causes.get(str(name["id"]))
            counts["gone"] += placed.place is None
            counts["wrong"] += placed.place is not None
            counts["mended"] += fate == "mended"
            counts["misplaced"] += fate in ("misplaced", "hidden", "removed")
            counts["named"] += placed.place is not None and cause is not None and cause.level == "proved"
            counts["nearest"] += nearest is not None and nearest == placed.place
            counts["nearest_wrong"] += nearest is not None and nearest != placed.place
    return dict(counts)


def _nearest(text: str, words: str, start: int) -> tuple[int, int] | None:
    """Return where words stand nearest to an offset; None where they don't."""
    places = [match.start() for match in re.finditer(f"(?={re.escape(words)})", text)]
    if not places:
        return None
    at = min(places, key=lambda place: abs(place - start))
    return at, at + len(words)
