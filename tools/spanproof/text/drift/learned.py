"""What documents share, as it is kept for other documents of their corpus."""

import functools
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from spanproof.arrays import Bools
from spanproof.text.drift.agreed import SOUND, PlacesOf, agreement
from spanproof.text.drift.model import Explanation, Placement
from spanproof.text.drift.shared import SharedModel, shared_models


class SharedCause(NamedTuple):
    """A model that documents share.

    Attributes:
        model: the model.
        alike: its readings that no document contradicts, itself among them.
        support: how many documents it explains.
    """

    model: SharedModel
    alike: Sequence[SharedModel]
    support: int


@dataclass(frozen=True)
class Learned:
    """What documents share.

    Attributes:
        size: how many documents were asked.
        causes: the models that some of them prove and others share.
        alone: of each that proves nothing, the simple models that place all of its spans.
    """

    size: int = 0
    causes: Sequence[SharedCause] = ()
    alone: Sequence[PlacesOf] = ()

    @functools.cached_property
    def is_agreed(self) -> bool:
        """Say whether those agree that prove nothing alone, and not in that their offsets are right."""
        return agreement(self.alone) not in (None, SOUND)

    def beside(self, explanations: Sequence[Explanation]) -> "Learned":
        """Return the same of these documents and of others.

        Args:
            explanations: of the others, each of which proves where all spans of one belong.
        """
        kinds = {one.models: one for one in explanations}
        shared = {models: set(shared_models(one)) for models, one in kinds.items()}
        number = Counter(one.models for one in explanations)
        causes = []
        for cause in self.causes:
            readings = {cause.model, *cause.alike}
            more = sum(number[models] for models, of_kind in shared.items() if readings & of_kind)
            causes.append(cause._replace(support=cause.support + more))
        return replace(self, size=self.size + len(explanations), causes=causes)


class LearnedOfLayers(NamedTuple):
    """What the texts of a corpus share.

    Attributes:
        texts: the texts that were asked.
        every: what they share by all of their spans.
        apart: what those share in which some layers alone drift, by the spans of these; None where layers don't differ.
        layers: the layers that drift.
    """

    texts: Collection[str]
    every: Learned
    apart: Learned | None = None
    layers: Collection[Hashable] = ()


class Others(NamedTuple):
    """Other documents that tell of some what they share.

    Attributes:
        learned: what they share.
        new: which of the some aren't among them, shape (documents,).
    """

    learned: Learned
    new: Bools


def unexplained(size: int) -> Explanation:
    """Return the explanation of so many spans of which nothing is known."""
    return Explanation((), "", (), "", 0, False, [Placement()] * size)


def proves_all(explanation: Explanation) -> bool:
    """Say whether an explanation proves where each span belongs."""
    every = explanation.places is not None or all(placed.level == "proved" for placed in explanation.placements)
    return bool(explanation.models) and every


def extends(explanation: Explanation, alone: Explanation) -> bool:
    """Say whether an explanation puts every span there where a document proves by itself that it belongs."""
    pairs = zip(explanation.placements, alone.placements, strict=True)
    return all(placed.place == known.place for placed, known in pairs if known.level == "proved")


def with_more(known: Explanation, other: Explanation) -> Explanation:
    """Return another explanation of a text where it proves more, and keeps each place that is proved; else the known.

    Args:
        known: why spans of the text disagree with their surfaces.
        other: the same, by more evidence.
    """
    more = sum(placed.level == "proved" for placed in other.placements)
    if not other.models or more <= sum(placed.level == "proved" for placed in known.placements):
        return known
    if not extends(other, known):
        return known
    if other.places is not None:
        return other
    pairs = zip(other.placements, known.placements, strict=True)
    return replace(other, placements=tuple(one if one.level == "proved" else before for one, before in pairs))
