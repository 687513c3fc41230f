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

from spanproof.bench.stress.consistency import ComparedLayer, differ
from spanproof.corpus.continuum import sentences
from spanproof.corpus.documents import Corpus
from spanproof.revisions.rewrite import text_member
from spanproof.revisions.transformations.catalogue import Transformation, rewriting
from spanproof.revisions.transformations.rewriting import Piece, Rewriting, carry, follow
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import System
from spanproof.systems.worker import Ask
from spanproof.text.segmentation import Extent, tokens

_WORD, _BLANK = regex.compile(r"\S+"), regex.compile(r"\s+")
_KEPT = 15
"""Of so many parts Hypothesis keeps about all but one at first: a break often needs several words at once."""

Kept = tuple[int, ...]
"""The numbers of the parts of a text that are kept, in order."""


@dataclass(frozen=True)
class Broken:
    """A text on which a system isn't invariant.

    Attributes:
        transformation: the name of the transformation.
        before: the text as it is, with what the system predicts of it.
        after: the transformed text, with what the system predicts of it.
    """

    transformation: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """A system under one transformation, to be tried on any document.

    Attributes:
        system: the system.
        ask: asks it.
        gold: the corpus, for its schema and registries.
        transformation: the transformation.
        seed: of what the transformation chooses at random.
    """

    system: System
    ask: Ask
    gold: Corpus
    transformation: Transformation
    seed: int = 0

    def broken(self, document: Mapping[str, Any]) -> Broken | None:
        """Return what shows that the system isn't invariant on a document; None if it is, or gives no sound answer."""
        schema = self.gold.schema
        rewritten = rewriting(self.transformation, document, schema, self.gold.registries, self.seed)
        if not rewritten.changes:
            return None
        try:
            before, after = self.ask([document, carry(document, rewritten, schema)])
        except PredictionError:
            return None
        back = follow(after, rewritten.inverse, schema)
        layers = [ComparedLayer.of(name, self.system, schema) for name in self.system.predicts]
        same = not any(differ(layer.annotations(before), layer.carried(back)) for layer in layers)
        return None if same else Broken(self.transformation.name, before, after)


def smallest(trial: Trial, documents: Iterable[Mapping[str, Any]], examples: int = 1000) -> Broken | None:
    """Return the smallest part of one of the documents on which the system isn't invariant; None if it is on all.

    The shortest sentence that breaks, or, where none does alone, the first document; of that the fewest words. It is
    always the same for the same seed and number of examples.

    Args:
        trial: the system and the transformation.
        documents: where to look.
        examples: how many parts of a text Hypothesis tries at most before it shrinks one that breaks.

    Raises:
        MissingSystemError: the system's process ended.
    """
    breaking = [document for document in documents if trial.broken(document)]
    if not breaking:
        return None
    member = text_member(trial.gold.schema)
    parts = [part for document in breaking for part in _sentences(document, trial)]
    parts.sort(key=lambda part: len(part[member]))
    least: Mapping[str, Any] | None = next((part for part in parts if trial.broken(part)), None)
    if least is None:
        units = _extents(breaking[0][member], sentences(breaking[0][member]))
        least = _fewest(trial, breaking[0], units, examples)
    least = _fewest(trial, least, [match.span() for match in _WORD.finditer(least[member])], examples)
    return trial.broken(_fewest(trial, least, tokens(least[member]), examples))


def _sentences(document: Mapping[str, Any], trial: Trial) -> list[dict[str, Any]]:
    text = document[text_member(trial.gold.schema)]
    units = _extents(text, sentences(text))
    return [_part(document, units, (k,), trial) for k in range(len(units))]


def _extents(text: str, starts: Sequence[int]) -> list[Extent]:
    """Return the extents from each start to the next, without the white space at their ends."""
    ends = [*starts[1:], len(text)]
    return [(low, low + len(text[low:high].rstrip())) for low, high in zip(starts, ends, strict=True)]


def _part(document: Mapping[str, Any], units: Sequence[Extent], kept: Kept, trial: Trial) -> dict[str, Any]:
    """Return the document with some units of its text alone, and between them the first white space after each."""
    text = document[text_member(trial.gold.schema)]
    omitted: list[Extent] = []
    end = 0
    for k in kept:
        low, high = units[k]
        blank = _BLANK.search(text, end, low) if end else None
        omitted += [(end, blank.start()), (blank.end(), low)] if blank else [(end, low)]
        end = high
    pieces = (Piece(start, end, "") for start, end in (*omitted, (end, len(text))) if start < end)
    return follow(document, Rewriting.of(text, pieces), trial.gold.schema).document


def _fewest(
    trial: Trial, document: Mapping[str, Any], units: Sequence[Extent], examples: int
) -> Mapping[str, Any]:  # fmt: skip
    """Return the part with the fewest units that still breaks, as Hypothesis shrinks: all that can be is left out."""

    @functools.cache
    def breaks(kept: Kept) -> bool:
        return bool(kept) and trial.broken(_part(document, units, kept, trial)) is not None

    kept = _shrunk(len(units), breaks, examples, trial.seed)
    return document if kept is None else _part(document, units, kept, trial)


def _shrunk(n: int, breaks: Callable[[Kept], bool], examples: int, seed: int) -> Kept | None:
    """Return the fewest of ``n`` parts that break; None if Hypothesis finds none that do."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample

    def kept(flags: Sequence[int]) -> Kept:
        return tuple(k for k, flag in enumerate(flags) if flag)

    search = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    # The simplest flag is 0, a part left out.
    parts = st.tuples(*[st.integers(0, _KEPT)] * n)
    try:
        return kept(find(parts, lambda flags: breaks(kept(flags)), settings=search, random=Random(seed)))
    except NoSuchExample:
        return None
