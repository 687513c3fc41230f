"""What an engine spreads over its machines to score predictions against gold that no machine holds.

A function of batches for each side sends documents to the group of their key, by the engine's own group-by. A function
of groups counts, and the counts of all groups add up to the numbers of the plain run.
"""

import hashlib
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from spanproof.arrays import buckets_of, indices, to_arrow
from spanproof.bench.soundness import demand_common_label, demand_sound
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.pairs import PairedCorpora, pair_corpora
from spanproof.engines.checking import Row, rows_of, table_of
from spanproof.formats.other_rows import documents_among
from spanproof.formats.parquet import batches_of
from spanproof.metrics.boundaries import TRIMS, VARIANTS, Variant
from spanproof.metrics.counts import Counts
from spanproof.metrics.coverage import Coverage, coverage_of, demand_some
from spanproof.metrics.foreign_labels import foreign_labels
from spanproof.metrics.label_sets import LabelTable
from spanproof.metrics.records import DOCUMENTS
from spanproof.metrics.score import Scores, scores_of
from spanproof.metrics.signature import Signature, digest
from spanproof.metrics.task_counts import Asked, asked
from spanproof.metrics.task_layers import Task
from spanproof.schema.schema import Schema

Side = Literal["gold", "the prediction"]
MERGED: tuple[Task, ...] = ("entities", "quotations", "timex3")
"""The tasks whose counts are of documents and of labels that are named, so that those of groups add up."""
_UNSOUND = "unsound"
"""The group of what can't be scored."""


@dataclass(frozen=True)
class _Counted:
    """What a group gives.

    Attributes:
        counts: those of each variant, with a single row each.
        coverage: of its documents.
        sentences: of those that are scored.
        answers: how many documents the prediction has, with the layer or without.
        data: the digest of its gold.
        shift: why offsets of the prediction aren't those of gold.
    """

    counts: Mapping[Variant, Sequence[Counts]]
    coverage: Coverage
    sentences: int
    answers: int
    data: str
    shift: str | None


@dataclass(frozen=True)
class Scoring:
    """The functions that an engine calls. They can be sent to its machines.

    Attributes:
        corpus: what belongs to the documents, without these.
        task: what is asked.
        labels: see :func:`spanproof.metrics.score.score`.
        layer: likewise.
        buckets: in how many groups documents are compared.
    """

    corpus: Corpus
    task: Task
    labels: str | LabelTable | None
    layer: str | None
    buckets: int

    @classmethod
    def of(
        cls,
        schema: Schema | Mapping[str, Any],
        task: Task,
        *,
        labels: str | LabelTable | None = None,
        layer: str | None = None,
        buckets: int = 64,
    ) -> "Scoring":
        """Return the functions for the documents of a schema.

        Args:
            schema: what a document is, a row of the engine.
            task: what is asked; one of :data:`MERGED`.
            labels: see :func:`spanproof.metrics.score.score`.
            layer: likewise.
            buckets: in how many groups the engine compares documents, at least as many as it has cores.

        Raises:
            SchemaError: the schema can't be used.
            ValueError: the task can't be scored in parts, the schema has no key or no such layer, there is no bucket.
        """
        if buckets < 1:
            raise ValueError(f"buckets is {buckets}; expected 1 or more")
        if task not in MERGED:
            right = ", ".join(MERGED)
            raise ValueError(f"{task!r} isn't scored by an engine; expected one of {right}, or score() of one machine")
        compiled = schema if isinstance(schema, Schema) else Schema.of(schema)
        if compiled.key is None:
            raise ValueError("the schema names no key of documents; expected one, by which predictions find their gold")
        scoring = cls(Corpus(compiled, (), {}, registry_files={}), task, labels, layer, buckets)
        scoring._asked(scoring._pair([], []))
        return scoring

    def gold(self, table: pa.Table) -> pa.Table:
        """Return the documents of gold as rows of their groups.

        Args:
            table: a document a row.
        """
        return table_of(self._sent(table, "gold"))

    def predicted(self, table: pa.Table) -> pa.Table:
        """Return the documents of the prediction as rows of their groups.

        Args:
            table: a document a row.
        """
        return table_of(self._sent(table, "the prediction"))

    def group(self, table: pa.Table) -> pa.Table:
        """Return what is counted in a group, as one row; what can't be scored stays as it is.

        Args:
            table: all rows of one group, of gold and of the prediction.
        """
        rows = rows_of(table)
        if not rows or rows[0][0] == _UNSOUND:
            return table_of(rows)
        sides: dict[str, list[pa.RecordBatch]] = {"gold": [], "the prediction": []}
        for _, side, content in rows:
            sides[side] += pa.ipc.open_stream(content)
        try:
            counted = self._counted(sides["gold"], sides["the prediction"])
        except ValueError as error:
            return table_of([(_UNSOUND, "", str(error).encode())])
        return table_of([(rows[0][0], "", pickle.dumps(counted))])

    def scores(self, rows: Iterable[Row]) -> Scores:
        """Return the scores of all groups: the numbers of the plain run, without intervals.

        Args:
            rows: all rows that :meth:`group` gave, in any order.

        Raises:
            ValueError: as :func:`spanproof.score` does, where a side is unsound or nothing can be compared.
        """
        ordered = sorted(rows)
        if problems := [content.decode() for group, _, content in ordered if group == _UNSOUND]:
            more = f"\n  and {len(problems) - 1:,} more parts that can't be scored" if len(problems) > 1 else ""
            raise ValueError(problems[0] + more)
        states: list[_Counted] = [pickle.loads(content) for _, _, content in ordered]  # what our own workers wrote
        wanted = self._asked(self._pair([], []))
        coverage = _covering(wanted, states)
        shifts = Counter(state.shift for state in states if state.shift)
        if 2 * shifts.total() > len(states):
            raise ValueError(f"the prediction: not scored: {shifts.most_common(1)[0][0]}")
        data = hashlib.sha256("".join(sorted(state.data for state in states)).encode()).hexdigest()[:16]
        scores, every, none = [], list[Counts](), np.zeros(0, np.int64)
        for variant in VARIANTS:
            counts = merged([state.counts[variant] for state in states if state.counts])
            signature = Signature(f"{data}/{self.buckets}", self.task, wanted.label_set, variant, 0, 0)
            scores += scores_of(counts, signature, none, coverage.documents, DOCUMENTS)
            every += counts
        summed = Scores(
            self.task, tuple(scores), sum(state.sentences for state in states), coverage.documents, coverage, 0,
            tuple(every), none, foreign_labels(every, wanted), coverage.documents, DOCUMENTS,
        )  # fmt: skip
        if not summed.scores[0].n[0]:
            layers = " and ".join(coverage.layers)
            raise ValueError(f"gold: has no {layers} in {summed.documents} documents; expected gold with some")
        demand_common_label(summed, "the prediction")
        return summed

    def _sent(self, table: pa.Table, side: Side) -> Iterator[Row]:
        schema = self.corpus.schema
        for batch in documents_among(batches_of(table, schema), "", schema):
            try:
                demand_sound(replace(self.corpus, batches=(batch,)), side)
            except ValueError as error:
                yield _UNSOUND, "", str(error).encode()
                continue
            key = batch.columns[schema.key].cast(pa.string())
            bucket = buckets_of(key, self.buckets)
            for number in np.unique(bucket).tolist():
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batch.columns.schema) as writer:
                    writer.write_batch(batch.columns.take(to_arrow(indices(bucket == number))))
                yield str(number), side, sink.getvalue().to_pybytes()

    def _pair(self, gold: Iterable[pa.RecordBatch], predicted: Iterable[pa.RecordBatch]) -> PairedCorpora:
        first, second = (
            replace(self.corpus, batches=tuple(Batch(part, [(None, None)] * part.num_rows) for part in side))
            for side in (gold, predicted)
        )
        return pair_corpora(first, second, partial=True)

    def _asked(self, pair: PairedCorpora) -> Asked:
        return asked(pair, self.task, self.labels, self.layer)

    def _counted(self, gold: list[pa.RecordBatch], predicted: list[pa.RecordBatch]) -> _Counted:
        pair = self._pair(gold, predicted)
        wanted, answers = self._asked(pair), sum(part.num_rows for part in predicted)
        coverage = coverage_of(pair, wanted.lists)
        if coverage.not_scored:
            left_out = set(coverage.not_scored)
            pair = pair.only([row for row, name in enumerate(pair.names) if name not in left_out])
            wanted = self._asked(pair)
        if not pair.names:
            return _Counted({}, coverage, 0, answers, "", None)
        counts = {
            variant: [replace(one, rows=one.rows.sum(0, keepdims=True)) for one in wanted.counts(TRIMS[variant])]
            for variant in VARIANTS
        }
        sentences = len(pair.continuum(wanted.node).document_of_sentence)
        return _Counted(counts, coverage, sentences, answers, digest(pair, wanted.places), wanted.shift)


def merged(of_groups: Iterable[Sequence[Counts]]) -> list[Counts]:
    """Return the counts of all groups together, each with a single row.

    The labels of a measure stand behind its mean, those first that are most frequent in gold. The mean is made of them,
    since a group knows the labels alone that it has.
    """
    sums: dict[tuple[str, str], dict[str | None, Counts]] = {}
    for counts in of_groups:
        for one in counts:
            parts = sums.setdefault((one.layer, one.measure), {})
            known = parts.get(one.part)
            if known is None or one.part == "macro":
                parts[one.part] = one
            else:
                n = known.n[0] + one.n[0], known.n[1] + one.n[1]
                parts[one.part] = replace(known, rows=known.rows + one.rows, n=n)
    whole = list[Counts]()
    for parts in sums.values():
        if mean := parts.pop("macro", None):
            every = parts.pop(None)
            labels = sorted(parts.values(), key=lambda one: (-one.n[0], str(one.part)))
            rows = np.concatenate([one.rows for one in labels], 1) if labels else mean.rows
            whole += [every, replace(mean, rows=rows, n=every.n), *labels]
        else:
            whole += parts.values()
    return whole


def _covering(wanted: Asked, states: Sequence[_Counted]) -> Coverage:
    """Return how much of gold all groups together have answered.

    Raises:
        ValueError: no document of gold, or none that is predicted, has what is asked for.
    """
    parts = [state.coverage for state in states]
    unanswered, not_scored = (
        tuple(sorted(name for part in parts for name in getattr(part, which))) for which in ("unanswered", "not_scored")
    )
    layers = coverage_of(wanted.pair, wanted.lists).layers
    coverage = Coverage(layers, sum(part.documents for part in parts), unanswered, not_scored)
    demand_some(layers, "gold", coverage.documents)
    if sum(state.answers for state in states):
        demand_some(layers, "the prediction", coverage.documents - len(unanswered))
    return coverage
