"""What the texts of a corpus in which spans disagree share, whichever of its batches they are in.

It is asked for only where a batch leaves texts whose spans aren't all proved. Then the corpus is read once more for a
sample of such texts, which are judged together, once.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from spanproof.checks.view import View
from spanproof.corpus.documents import Batch, Corpus

if TYPE_CHECKING:
    from spanproof.checks.sample import TextSample
    from spanproof.text.drift.learned import LearnedOfLayers


class Evidence:
    """What the texts of a corpus share.

    Documents that can be iterated only once, or stand in one batch, have none beyond what that batch says.
    """

    def __init__(self, corpus: Corpus, samples: "Mapping[str, TextSample] | None" = None) -> None:
        """Take the corpus, and samples of its texts, by their member, where these are known."""
        self._corpus, self._judged = corpus, _JudgedBatches(())
        if samples is not None:
            self._samples = samples
        self._learned: dict[str, LearnedOfLayers | None] = {}

    def judged(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield all batches of the corpus as they are judged: where that is one, it isn't read once more."""
        self._judged = _JudgedBatches(batches)
        return self._judged

    def learned(self, member: str) -> "LearnedOfLayers | None":
        """Return what the texts in a member of the documents share; None where there are too few to tell."""
        if member not in self._learned:
            from spanproof.checks.layers_apart import learned_by_layers

            sample = self._samples.get(member)
            self._learned[member] = learned_by_layers(sample) if sample else None
        return self._learned[member]

    @functools.cached_property
    def _samples(self) -> "Mapping[str, TextSample]":
        return {} if self._judged.is_one else samples_of(several(self._corpus.batches), self._corpus)


class _JudgedBatches(Iterator[Batch]):
    """Batches, of which it can be said whether the first one is the only one."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._left, self._given, self._next = iter(batches), 0, list[Batch]()

    def __next__(self) -> Batch:
        """Return the next one."""
        batch = self._next.pop() if self._next else next(self._left)
        self._given += 1
        return batch

    @property
    def is_one(self) -> bool:
        """Say whether the batch that was given is the only one."""
        if self._given == 1 and not self._next:
            self._next = list(islice(self._left, 1))
        return self._given == 1 and not self._next


def several(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield batches that can be iterated again; none where only one of them has documents."""
    again = iter(batches)
    filled = iter(()) if again is batches else (batch for batch in again if batch.columns.num_rows)
    first = list(islice(filled, 2))
    yield from chain(first, filled) if len(first) > 1 else ()


def samples_of(batches: Iterable[Batch], corpus: Corpus) -> "dict[str, TextSample]":
    """Return samples of the texts of documents in which spans disagree, by the member that holds the texts.

    Args:
        batches: the documents.
        corpus: what belongs to them.
    """
    samples: dict[str, TextSample] = {}
    for batch in batches:
        view = View(batch, corpus.schema, corpus.registries)
        for member in corpus.schema.texts:
            if not view.drifts(member).any():
                continue
            samples = joined(samples, {member: _sample_of(view, member)})
    return samples


def joined(samples: "Mapping[str, TextSample]", others: "Mapping[str, TextSample]") -> "dict[str, TextSample]":
    """Return the samples of the texts of both, by their member."""
    both = {member: one.plus(samples[member]) if member in samples else one for member, one in others.items()}
    return {**samples, **both}


def _sample_of(view: View, member: str) -> "TextSample":
    # The search for causes takes as long to import as all rules, and a sound corpus never needs it.
    from spanproof.checks.asked_texts import asked_texts
    from spanproof.checks.other_strings import texts_to_explain
    from spanproof.checks.sample import TextSample, texts_for_samples

    texts = texts_to_explain(view, member)
    return TextSample.of(texts_for_samples(texts, asked_texts(texts)))
