"""Drifts injected into published corpora, and what becomes of their spans beside what other programs make of them.

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

from audit.peers import Asked, Place, installed, version_of
from audit.published import PublishedCorpus, opened
from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import Node
from spanproof.schema.paths import spans_in
from spanproof.schema.schema import Schema
from spanproof.testing.open_world.cases import SCHEMA, Case
from spanproof.testing.open_world.drifts import Drift, Placed, drifted
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


def drift_facts(corpus: PublishedCorpus, copies: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return for each drift how many spans it made wrong, and what became of them, by the check and by other programs.

    Args:
        corpus: the corpus.
        copies: the folder with the copies.
    """
    documents, room = opened(corpus, copies)
    with room:
        texts = _sampled(documents)
    return {name: _outcome([(text, draw(text.text)) for text in texts]) for name, draw in DRIFTS.items()}


def with_programs(drifts: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts of drifts with what programs that aren't installed made of the same spans when they were asked last.

    Args:
        drifts: the facts, by drift.
        before: those that were there; where the drift made other spans wrong, nothing is kept of them.
    """
    counted = ("spans", "wrong", "gone")
    return {
        name: {**one, "programs": {**before[name]["programs"], **one["programs"]}}
        if name in before and all(one[member] == before[name][member] for member in counted)
        else one
        for name, one in drifts.items()
    }


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


def _outcome(drifts: Sequence[tuple[Written, Drift]]) -> Mapping[str, Any]:
    """Return the counts over some texts, each with its drift."""
    counts: Counter[str] = Counter(spans=0, wrong=0, gone=0, mended=0, misplaced=0, named=0)
    programs = {name: Counter(right=0, misplaced=0) for name in installed()}
    for number, (written, drift) in enumerate(drifts):
        text, spans = drifted(drift, written, written.mentions, Random(number))
        asked = _asked(written, drift, text, spans)
        for name, ask in installed().items():
            programs[name].update(_judged(spans, ask(asked)))
        counts.update(_ours(number, drift, text, spans))
    return {**counts, "programs": {name: {**told, "version": version_of(name)} for name, told in programs.items()}}


def _ours(number: int, drift: Drift, text: str, spans: Sequence[Placed]) -> Counter[str]:
    """Return what became of the spans of a text by a proved correction, and whether the cause was proved."""
    counts: Counter[str] = Counter()
    names = [
        {"id": f"n{k}", "start": one.start, "end": one.end, "text": one.surface, "label": "NAME"}
        for k, one in enumerate(spans)
    ]
    document = {"id": f"d{number}", "text": text, "names": names}
    after = fates(Case("", number, drift, (document,), (tuple(one.place for one in spans),)))
    causes = {one.id: one.cause for one in check(Corpus.of([document], SCHEMA)).findings}
    for name, placed in zip(names, spans, strict=True):
        counts["spans"] += 1
        fate, cause = after[str(name["id"])], causes.get(str(name["id"]))
        if _is_wrong(placed):
            belongs = placed.place is not None
            counts["wrong" if belongs else "gone"] += 1
            counts["mended"] += fate == "mended"
            counts["misplaced"] += fate in ("misplaced", "hidden", "removed")
            counts["named"] += belongs and cause is not None and cause.level == "proved"
        else:
            counts["misplaced"] += fate != "sound"
    return counts


def _asked(written: Written, drift: Drift, text: str, spans: Sequence[Placed]) -> Asked:
    before = re.sub(r"(\s)\s+", r"\1", written.text) if drift.collapsed else written.text
    counted = "".join(character * (1 + drift.widths.get(character, 0)) for character in before)
    stored = [(one.start, one.end) for one in spans]
    places = [(mention.start, mention.end) for mention in written.mentions]
    return Asked(text, [one.surface or "" for one in spans], stored, written.text, places, counted)


def _judged(spans: Sequence[Placed], answers: Sequence[Place]) -> Counter[str]:
    """Return how many wrong spans a program put where they belong, and how many elsewhere."""
    counts: Counter[str] = Counter()
    for placed, answer in zip(spans, answers, strict=True):
        if _is_wrong(placed) and answer is not None:
            counts["right" if answer == placed.place else "misplaced"] += 1
    return counts


def _is_wrong(placed: Placed) -> bool:
    return (placed.start, placed.end) != placed.place
