"""The journey of agreement among several annotators, who share texts in part: all of them together, and two by two.

What somebody doesn't have, a document or a layer, is named and left out. It is never taken for "nothing found".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import mean

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.corpus.columns import Columns
from spanproof.corpus.continuum import Continuum, placed
from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.pairs import (
    demand_same_schema,
    document_names,
    document_rows,
    layer_name,
    layer_of,
    listed,
    numbered,
    pair_corpora,
)
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.metrics.agreement import (
    AbsentLayer,
    Agreement,
    AgreementScore,
    Measured,
    compared,
    layer_scores,
)
from spanproof.metrics.coefficients import token_alpha
from spanproof.metrics.records import drawn_of, numbers_of, records_by_name
from spanproof.metrics.spans import LabelledSpans
from spanproof.schema.node import Node

Documents = tuple[Sequence[str], Ints | None]
"""What documents are called, and the number of the record of each; None where they are no parts of any."""
MEAN = "mean F1"
_EXACT = ("exact F1", "F1")
"""F1 of spans, and of what is compared as a whole: annotations of fragments and relations."""


@dataclass(frozen=True)
class AnnotatorPair:
    """Two annotators, the documents that both have, and how far they agree; None where they share no document."""

    annotators: tuple[str, str]
    documents: tuple[str, ...]
    agreement: Agreement | None


@dataclass(frozen=True)
class TeamAgreement:
    """How far two or more annotators agree.

    Attributes:
        annotators: their names.
        documents: who has each document.
        absent: the layers that somebody lacks in some documents that are compared; the documents by annotator.
        scores: of all together: token α of spans, and the mean F1 of the pairs (Hripcsak and Rothschild, Agreement, the
            F-measure, and reliability in information retrieval, JAMIA 12, 2005). There are as many ``n`` as annotators.
        pairs: each two of them.
        resamples: how often units were drawn for an interval.
        drawn: how many independent things they share: documents, or records of which several documents are parts.
        unit: what these are called.
    """

    annotators: tuple[str, ...]
    documents: Mapping[str, tuple[str, ...]]
    absent: tuple[AbsentLayer, ...]
    scores: tuple[AgreementScore, ...]
    pairs: tuple[AnnotatorPair, ...]
    resamples: int
    drawn: int
    unit: str

    @property
    def alone(self) -> tuple[str, ...]:
        """The documents that one annotator alone has."""
        return tuple(name for name, owners in self.documents.items() if len(owners) == 1)

    def without(self, annotator: str) -> tuple[str, ...]:
        """Return the documents that an annotator lacks."""
        return tuple(name for name, owners in self.documents.items() if annotator not in owners)


def agree_all(annotators: Mapping[str, Openable], *, resamples: int = 1000) -> TeamAgreement:
    """Compare the work of two or more annotators over texts that each two of them may share or not.

    Args:
        annotators: the work of each by name: a corpus, a path, several paths, or documents.
        resamples: draws for each interval; 0 for none.

    Raises:
        ValueError: there are fewer than two, no two of them share a document, schemas or texts differ, something
            couldn't be read, or a span is none of its text; the message names it.
        TypeError: one can't be opened as a corpus.
    """
    if len(annotators) < 2:
        raise ValueError(f"{len(annotators)} corpora; expected two or more, whose texts are the same")
    first = as_corpus(next(iter(annotators.values())))
    opened = [first, *(as_corpus(work, first.schema) for work in list(annotators.values())[1:])]
    for other in opened[1:]:
        demand_same_schema(first, other)
    corpora = {name: demand_readable(corpus.load()) for name, corpus in zip(annotators, opened, strict=True)}
    numbers = {name: {key: k for k, key in enumerate(document_names(corpus))} for name, corpus in corpora.items()}
    if not first.schema.key and len({len(rows) for rows in numbers.values()}) > 1:
        raise ValueError("the schema has no key and the corpora differ in length; expected a schema that names a key")
    every = list(dict.fromkeys(key for rows in numbers.values() for key in rows))
    every = sorted(every) if first.schema.key else every
    owners = {key: tuple(name for name, rows in numbers.items() if key in rows) for key in every}
    shared = [key for key in every if len(owners[key]) > 1]
    if not shared:
        raise ValueError("no document was annotated by two annotators; expected corpora over the same texts")
    records = _joined(map(records_by_name, corpora.values()))
    pairs = [_pair(corpora, numbers, names, resamples, records) for names in combinations(corpora, 2)]
    rows = [[numbers[name].get(key, len(corpus)) for key in shared] for name, corpus in corpora.items()]
    columns = [document_rows(corpus, of) for corpus, of in zip(corpora.values(), rows, strict=True)]
    has = np.array([[key in numbers[name] for key in shared] for name in corpora])
    absent, scores = _together(columns, has, (shared, numbers_of(shared, records)), resamples)
    scores = [*scores, *_means(scores, pairs, columns)]
    left_out, drawn = tuple(absent), drawn_of(shared, records)
    return TeamAgreement(tuple(corpora), owners, left_out, tuple(scores), tuple(pairs), resamples, *drawn)


def _joined(corpora: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the records of the documents of several corpora: what are parts of one record in any, are of one."""
    records: dict[str, int] = {}
    for k, of_corpus in enumerate(corpora):
        parts: dict[int, list[str]] = {}
        for name, number in of_corpus.items():
            parts.setdefault(number, []).append(name)
        for names in parts.values():
            number = next((records[name] for name in names if name in records), len(records) + k)
            records |= dict.fromkeys(names, number)
    return records


def _pair(
    corpora: Mapping[str, Corpus],
    numbers: Mapping[str, Mapping[str, int]],
    names: tuple[str, str],
    resamples: int,
    records: Mapping[str, int],
) -> AnnotatorPair:
    common = [key for key in numbers[names[0]] if key in numbers[names[1]]]
    if not common:
        return AnnotatorPair(names, (), None)
    sides = (
        replace(corpora[name], batches=(document_rows(corpora[name], [numbers[name][key] for key in common]).batch,))
        for name in names
    )
    pair = pair_corpora(*sides)
    return AnnotatorPair(names, tuple(pair.names), compared(pair, resamples, records))


def _together(
    columns: Sequence[Columns], has: Bools, documents: Documents, resamples: int
) -> tuple[list[AbsentLayer], list[AgreementScore]]:
    """Return what is absent, and token α of all annotators for each layer of spans and each of its labels."""
    names = documents[0]
    schema, absent, scores = columns[0].schema, dict[str, AbsentLayer](), list[AgreementScore]()
    for node in schema.spans:
        there = has & np.array([listed(side, node.place) for side in columns])
        lacking = has & ~there
        if lacking.any():
            layer = layer_name(layer_of(node.place))
            absent[layer] = AbsentLayer(layer, tuple(tuple(names[k] for k in np.flatnonzero(side)) for side in lacking))
        if (there.sum(0) > 1).any():
            scores += _alphas(columns, node, there & (there.sum(0) > 1), documents, resamples)
    return list(absent.values()), scores


def _alphas(
    columns: Sequence[Columns], node: Node, there: Bools, documents: Documents, resamples: int
) -> Iterator[AgreementScore]:
    """Yield token α of all spans of a layer, and of those of each label, the most frequent first.

    Args:
        columns: the documents of each annotator, in one order.
        node: the spans.
        there: which documents each annotator has with this layer, where somebody else has it too.
        documents: what they are called, and the records that they are parts of.
        resamples: draws for each interval.
    """
    assert node.span_of is not None
    names, record = documents
    texts = zip(*(side.items(()).columns[node.span_of].to_pylist() for side in columns), strict=True)
    continuum = Continuum.of([next((text for text in of_all if text), "") for of_all in texts])
    spans = [placed(side.items(node.place), continuum, names) for side in columns]
    values = [side.items.columns[node.label].to_pylist() if node.label else [None] * len(side) for side in spans]
    numbers, labels = numbered(*values)
    annotators = []
    for side, number, known in zip(spans, numbers, there, strict=True):
        # A span without a label, which is number -1, is 0 here, and the others follow.
        annotators.append(LabelledSpans(side.start, side.end, number + 1).at(known[side.items.doc]))
    annotated = there[:, continuum.document(continuum.tokens[0])]
    every = np.bincount(np.concatenate([side.label for side in annotators]), minlength=len(labels) + 1)
    order = [k for k in np.argsort(-every, kind="stable").tolist() if every[k]] if node.label else []
    measured: list[Measured] = []
    n = []
    for label in (None, *order):
        of_label = [side if label is None else side.at(side.label == label) for side in annotators]
        counts = token_alpha(continuum.tokens, of_label, continuum.sentences, annotated)
        part = None if label is None else str((None, *labels)[label])
        measured.append((None, replace(counts, part=part)))
        n.append(tuple(map(len, of_label)))
    drawn = continuum.document_of_sentence, len(continuum.documents) - 1, record
    of_all = layer_scores(layer_name(node.place), measured, drawn, resamples)
    for score, of_each in zip(of_all, n, strict=True):
        yield replace(score, n=of_each, of="spans")


def _means(
    together: Sequence[AgreementScore], pairs: Sequence[AnnotatorPair], columns: Sequence[Columns]
) -> Iterator[AgreementScore]:
    """Yield the mean of the F1 of all pairs for each layer and label; undefined where no pair has one."""
    values: dict[tuple[str, str | None], list[float | None]] = {}
    for pair in pairs:
        for score in pair.agreement.scores if pair.agreement else ():
            if score.member is None and score.measure in _EXACT:
                values.setdefault((score.layer, score.part), []).append(score.value)
    n = {(score.layer, score.part): score.n for score in together}
    for (layer, part), of_pairs in values.items():
        defined = [value for value in of_pairs if value is not None]
        value = round(mean(defined), 6) if defined else None
        count = n.get((layer, part), (len(defined),) * len(columns))
        yield AgreementScore(layer, None, part, MEAN, value, None, None, count, "pairs", None)
