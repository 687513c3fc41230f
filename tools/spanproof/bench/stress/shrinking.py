"""The smallest text on which an invariance breaks, by Hypothesis: a sentence that breaks, then fewer words of it.

The system answers in its own process (:mod:`~spanproof.systems.worker`); Hypothesis runs in this one. A part of a
document is the document under a rewriting that leaves the rest out, so gold, on which transformations rest, follows.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import regex

from spanproof.bench.stress.consistency import Layer, differ
from spanproof.bench.stress.rewriting import Piece, Rewriting, carry, follow
from spanproof.bench.stress.transformations import Transformation, rewriting
from spanproof.corpus.continuum import sentences
from spanproof.corpus.documents import Corpus
from spanproof.revisions.rewrite import text_member
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import System
from spanproof.systems.worker import Ask
from spanproof.text.segmentation import Extent, tokens

_WORD, _BLANK = regex.compile(r"\S+"), regex.compile(r"\s+")
_KEPT = 15
"""Of so many parts Hypothesis keeps about all but one at first: a break often needs several words at once."""
Kept = tuple[int, ...]


@dataclass(frozen=True)
class Broken:
    """A text on which a system isn't invariant: what it says of it, and of the transformed one."""

    transformation: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """A system under one transformation, to be tried on any document."""

    system: System
    ask: Ask
    gold: Corpus
    transformation: Transformation
    seed: int = 0

    def broken(self, document: Mapping[str, Any]) -> Broken | None:
        """What shows that the system isn't invariant on a document; None where it is, or gives no sound answer."""
        schema = self.gold.schema
        made = self._rewritten(document)
        if made is None or not made.changes:
            return None
        try:
            before, after = self.ask([document, carry(document, made, schema)])
        except PredictionError:
            return None
        back = follow(after, made.inverse, schema)
        layers = [Layer.of(name, self.system, schema) for name in self.system.predicts]
        same = not any(differ(layer.of_document(before), layer.said(back)) for layer in layers)
        return None if same else Broken(self.transformation.name, before, after)

    def _rewritten(self, document: Mapping[str, Any]) -> Rewriting | None:
        return rewriting(self.transformation, document, self.gold.schema, self.gold.registries, self.seed)


def smallest(trial: Trial, documents: Iterable[Mapping[str, Any]], examples: int = 1000) -> Broken | None:
    """The smallest part of one of the documents on which the system isn't invariant; None where it is on all of them.

    The shortest sentence that breaks, or, where none does alone, the first document; of that the fewest words. Always
    the same for the same seed and number of ``examples``, which bounds how many parts of it are tried at first.

    Raises:
        MissingSystemError: the system's process ended.
    """
    whole = [document for document in documents if trial.broken(document)]
    if not whole:
        return None
    member = text_member(trial.gold.schema)
    alone = [part for document in whole for part in _sentences(document, trial)]
    alone.sort(key=lambda part: len(part[member]))
    found: Mapping[str, Any] | None = next((part for part in alone if trial.broken(part)), None)
    if found is None:
        units = _extents(whole[0][member], sentences(whole[0][member]))
        found = _fewest(trial, whole[0], units, examples)
    found = _fewest(trial, found, [match.span() for match in _WORD.finditer(found[member])], examples)
    return trial.broken(_fewest(trial, found, tokens(found[member]), examples))


def _sentences(document: Mapping[str, Any], trial: Trial) -> list[dict[str, Any]]:
    text = document[text_member(trial.gold.schema)]
    units = _extents(text, sentences(text))
    return [_part(document, units, (k,), trial) for k in range(len(units))]


def _extents(text: str, starts: Sequence[int]) -> list[Extent]:
    """From each start to the next, without the white space at its end."""
    ends = [*starts[1:], len(text)]
    return [(low, low + len(text[low:high].rstrip())) for low, high in zip(starts, ends, strict=True)]


def _part(document: Mapping[str, Any], units: Sequence[Extent], kept: Kept, trial: Trial) -> dict[str, Any]:
    """The document with these units of its text alone, and between them the first white space after each."""
    text = document[text_member(trial.gold.schema)]
    left: list[Extent] = []
    at = 0
    for k in kept:
        low, high = units[k]
        blank = _BLANK.search(text, at, low) if at else None
        left += [(at, blank.start()), (blank.end(), low)] if blank else [(at, low)]
        at = high
    pieces = (Piece(start, end, "") for start, end in (*left, (at, len(text))) if start < end)
    return follow(document, Rewriting.of(text, pieces), trial.gold.schema).document


def _fewest(
    trial: Trial, document: Mapping[str, Any], units: Sequence[Extent], examples: int
) -> Mapping[str, Any]:  # fmt: skip
    """The part with the fewest units that still breaks, as Hypothesis shrinks: every unit left out that can be."""

    @functools.cache
    def breaks(kept: Kept) -> bool:
        return bool(kept) and trial.broken(_part(document, units, kept, trial)) is not None

    kept = _found(len(units), breaks, examples, trial.seed)
    return document if kept is None else _part(document, units, kept, trial)


def _found(n: int, breaks: Callable[[Kept], bool], examples: int, seed: int) -> Kept | None:
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample

    def kept(flags: Sequence[int]) -> Kept:
        return tuple(k for k, flag in enumerate(flags) if flag)

    asked = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    # The simplest flag is 0, a part left out.
    parts = st.tuples(*[st.integers(0, _KEPT)] * n)
    try:
        return kept(find(parts, lambda flags: breaks(kept(flags)), settings=asked, random=Random(seed)))
    except NoSuchExample:
        return None
