"""What of a prediction can be compared with gold: the documents in which both have the layers that are asked for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Bools
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import PairedCorpora, layer_name, layer_of, listed
from spanproof.schema.node import Place

_SHOWN = 5


@dataclass(frozen=True)
class Coverage:
    """How much of gold a prediction answers. A list that is empty is an answer, one that is absent or null is none.

    Attributes:
        layers: the lists that were asked for, as ``entities``.
        documents: how many documents were scored: those in which gold has the layers.
        unanswered: those of them that the prediction lacks, or in which it lacks a layer; they count as empty.
        not_scored: the documents in which gold lacks a layer, so that nothing is known of them.
    """

    layers: tuple[str, ...]
    documents: int
    unanswered: tuple[str, ...] = ()
    not_scored: tuple[str, ...] = ()

    @property
    def statements(self) -> Iterator[str]:
        """Say what wasn't answered and what wasn't scored; nothing where all was."""
        layers = " and ".join(self.layers)
        if self.unanswered:
            answered = self.documents - len(self.unanswered)
            yield (
                f"answers {answered} of {self.documents} documents; the others have no {layers} and count as empty: "
                f"{_few(self.unanswered)}"
            )
        if self.not_scored:
            yield f"isn't scored where gold has no {layers}, not even an empty list: {_few(self.not_scored)}"


def covered(pair: PairedCorpora, places: Sequence[Place], gold: Corpus, predicted: Corpus) -> Coverage:
    """Return how much of gold a prediction answers.

    Args:
        pair: the two as a pair.
        places: where the things stand that are asked for.
        gold: the reference as it was read, for the message.
        predicted: the prediction as it was read.

    Raises:
        ValueError: no document of gold, or none that is predicted, has the layers.
    """
    coverage = coverage_of(pair, places)
    for name, side, corpus in (("gold", 0, gold), ("the prediction", 1, predicted)):
        if len(corpus):
            demand_some(coverage.layers, name, int(_all_listed(pair, side, places).sum()), _instead(corpus))
    return coverage


def coverage_of(pair: PairedCorpora, places: Sequence[Place]) -> Coverage:
    """Return how much of gold a prediction answers, be it nothing.

    Args:
        pair: the two as a pair.
        places: where the things stand that are asked for.
    """
    layers = tuple(map(layer_name, dict.fromkeys(layer_of(place) for place in places)))
    there, answered = (_all_listed(pair, side, places) for side in (0, 1))
    names = np.array(pair.names, object)
    return Coverage(layers, int(there.sum()), tuple(names[there & ~answered]), tuple(names[~there]))


def demand_some(layers: Sequence[str], name: str, documents: int, instead: str = "") -> None:
    """Raise ValueError if no document of a side has the layers that are asked for.

    Args:
        layers: what the layers are called.
        name: what the side is called in the message.
        documents: how many of its documents have them.
        instead: what they have, for the message.
    """
    if not documents:
        raise ValueError(
            f"no document of {name} has {' and '.join(layers)}{instead}; "
            "expected a list in each, empty where there is nothing"
        )


def _all_listed(pair: PairedCorpora, side: int, places: Sequence[Place]) -> Bools:
    lists = [listed(pair.columns[side], place) for place in places]
    return np.logical_and.reduce(lists) if lists else np.ones(len(pair.names), np.bool_)


def _instead(corpus: Corpus) -> str:
    """Name the lists of documents that the schema doesn't list; empty where there are none."""
    names = {
        name: None
        for batch in corpus.batches
        for row in list(batch.raw)[:_SHOWN]
        if isinstance(document := batch.document(row), Mapping)
        for name, value in document.items()
        if isinstance(value, list) and name not in corpus.schema.canonical.root.fields
    }
    return f" (they have {', '.join(list(names)[:_SHOWN])}, which the schema doesn't list)" if names else ""


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(map(json.dumps, names[:_SHOWN]))}{more}"
