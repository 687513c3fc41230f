"""Which models documents share: found in those that tell the most, tried on the others."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from spanproof.arrays import Bools
from spanproof.text.drift.hypotheses import about_no_text
from spanproof.text.drift.learned import Others, SharedCause
from spanproof.text.drift.model import Explanation, Model, Places, ProvedPlacements
from spanproof.text.drift.naming import name_of, readings_of
from spanproof.text.drift.proof import BORNE_OUT, FEW, MANY, MOST, SHARE
from spanproof.text.drift.shared import TELLING, Annotated, DriftingText, SharedModel, in_widths, shared_models
from spanproof.text.drift.together import Together
from spanproof.text.drift.units import BY_NAME

_MODELS = 24  # readings that are tried
_TURNS = 4  # numbers by which spans are off, of which more don't tell more


class Sharing:
    """The documents of a corpus in which spans disagree, and the models that were found in some of them.

    Attributes:
        order: the documents by their numbers, those first that tell the most.
    """

    def __init__(
        self, documents: Sequence[Annotated], kind: str = "documents", together: Together | None = None
    ) -> None:
        """Take the documents, what they are called in statements, and perhaps the same end to end."""
        self._kind = kind
        self.order: Sequence[int] = range(len(documents))
        self._documents = documents
        if together and together.documents is documents:
            self._together = together
        self._alone: dict[int, DriftingText] = {}
        self._families: dict[SharedModel, tuple[SharedModel, ...]] = {}
        self._searched: dict[int, Places] = {}
        self._confirmed: dict[SharedModel, set[int]] = defaultdict(set)
        self._explains: dict[SharedModel, Bools] = {}
        if len(documents) >= MANY:
            together = self._together
            known = zip(together.wrong.tolist(), together.turns.tolist(), together.letters.tolist(), strict=True)
            tells = [self._tells(k, *one) for k, one in enumerate(known)]
            self.order = sorted(self.order, key=tells.__getitem__, reverse=True)

    @functools.cached_property
    def _together(self) -> Together:
        return Together(self._documents)

    def _tells(self, k: int, wrong: int, turns: int, letters: int) -> tuple[int, int, int]:
        """Return what tells how much a search in a document finds.

        That are wrong spans and turns, of which many don't tell more than some, and different letters.
        """
        if wrong < 0:
            wrong, letters = self._document(k).tells
        return min(TELLING, wrong), min(_TURNS, turns), letters

    def _document(self, k: int) -> DriftingText:
        if k not in self._alone:
            self._alone[k] = DriftingText(self._documents[k])
        return self._alone[k]

    def learn(self, k: int, explanation: Explanation) -> None:
        """Take note of what the search in one document found.

        Args:
            k: which document.
            explanation: what it tells alone.
        """
        family = tuple(shared_models(explanation)) if len(self._documents) >= MANY else ()
        if not family:
            return
        widths = in_widths(family[0], self._documents[k].text)
        family = (*family, widths) if widths else family
        self._searched[k] = self._document(k).proved(explanation)
        for shared in self._families:
            self._confirm(shared, k)
        for shared in family:
            if shared not in self._families and len(self._families) < _MODELS:
                self._families[shared] = family
                for j in self._searched:
                    self._confirm(shared, j)

    def _confirm(self, shared: SharedModel, k: int) -> None:
        there = self._document(k).places(shared)
        if there is not None and there.alike(self._searched[k]) and self._document(k).moved(there) >= FEW:
            self._confirmed[shared].add(k)

    def unexplained(self) -> Iterator[int]:
        """Yield the documents that no model explains which several others prove, those first that tell the most.

        Where one document proves a model that explains others, that one of these comes next which tells the most of
        how offsets grow: it may prove the model, too.
        """
        least = max(MANY, SHARE * len(self._documents))
        left, order = np.ones(len(self._documents), np.bool_), np.array(self.order, np.int64)
        while True:
            for shared in self._borne_out():
                left &= ~self._explained(shared)
            if not left.any():
                return
            alike = left & self._alike(least) if left.sum() >= least else np.zeros(len(left), np.bool_)
            k = int((alike * (self._together.turns + 1)).argmax() if alike.any() else order[left[order]][0])
            left[k] = False
            yield k

    def _alike(self, least: float) -> Bools:
        """Say which documents a model surely explains that one document proves, and so many at least."""
        for shared in self._families:
            if len(self._confirmed[shared]) < BORNE_OUT:
                tried = self._together.tried(shared)
                explains = np.array(tried.explains, np.bool_) & np.array(tried.known, np.bool_)
                if explains.sum() >= least:
                    return explains
        return np.zeros(len(self._documents), np.bool_)

    def _explained(self, shared: SharedModel) -> Bools:
        """Say of each document whether a model explains it."""
        if shared not in self._explains:
            tried = self._together.tried(shared)
            documents = enumerate(zip(tried.explains, tried.known, strict=True))
            explained = (
                explains if known else self._document(k).places(shared) is not None
                for k, (explains, known) in documents
            )
            self._explains[shared] = np.fromiter(explained, np.bool_, len(self._documents))
        return self._explains[shared]

    def _borne_out(self) -> Iterator[SharedModel]:
        return (shared for shared in self._families if len(self._confirmed[shared]) >= BORNE_OUT)

    def causes(self, others: Others | None = None) -> list[SharedCause]:
        """Return the models that explain enough documents, those first that explain the most.

        Args:
            others: what other documents share; by default what some of these prove.
        """
        families = {shared: (self._families[shared], 0) for shared in self._borne_out()}
        if others:
            families = {one.model: (tuple(one.alike), one.support) for one in others.learned.causes}
        here = {shared: int(self._explained(shared).sum()) for shared in families}
        new = {shared: int(self._explained(shared)[others.new].sum()) for shared in families} if others else here
        least = max(MANY, SHARE * self._size(others))
        causes = [
            SharedCause(shared, [one for one in family if here.get(one) == here[shared]], before + new[shared])
            for shared, (family, before) in families.items()
            if before + new[shared] >= least
        ]
        return sorted(causes, key=lambda one: -one.support)

    def _size(self, others: Others | None) -> int:
        return others.learned.size + int(others.new.sum()) if others else len(self._documents)

    def explanations(
        self, rest: Iterable[int], causes: Sequence[SharedCause], others: Others | None = None
    ) -> Mapping[int, Explanation]:
        """Return the explanations of those documents that shared models prove.

        Args:
            rest: the documents in which no search was made.
            causes: the models.
            others: other documents, if they are those that prove the models.
        """
        size, result = self._size(others), {}
        explained = [(one, self._explained(one.model).tolist()) for one in causes]
        for k in rest if causes else ():
            fit = [one for one, explains in explained if explains[k]]
            if not fit or not all(self._are_alike(fit[0].model, one.model, k) for one in fit[1:]):
                continue
            shared, alike, support = fit[0]
            if support >= MOST * size or self._moved(shared, k) >= FEW + shared.fitted:
                share = f"as in {support} of {size} {self._kind}"
                result[k] = explanation_by(self._placements(shared, k), shared, alike, share)
        return result

    def _are_alike(self, shared: SharedModel, other: SharedModel, k: int) -> bool:
        """Say whether two models that explain a document put every span of it at the same place."""
        tries = [self._together.tried(one) for one in (shared, other)]
        if all(tried.known[k] for tried in tries):
            return tries[0] is tries[1] or self._together.are_alike(tries[0], tries[1])[k]
        there, others = (self._places(one, k) for one in (shared, other))
        return there.alike(others)

    def _places(self, shared: SharedModel, k: int) -> Places:
        """Return where a model that explains a document puts its different spans."""
        there = self._document(k).places(shared)
        if there is None:
            raise AssertionError(f"expected {shared} to explain the document {k}")
        return there

    def _moved(self, shared: SharedModel, k: int) -> int:
        tried = self._together.tried(shared)
        return tried.moved[k] if tried.known[k] else self._document(k).moved(self._places(shared, k))

    def _placements(self, shared: SharedModel, k: int) -> ProvedPlacements:
        tried = self._together.tried(shared)
        if tried.known[k]:
            return self._together.placements(tried, k)
        return self._document(k).placements(self._places(shared, k))


def explanation_by(
    placements: ProvedPlacements, shared: SharedModel, alike: Sequence[SharedModel], share: str = ""
) -> Explanation:
    """Return the explanation of a document by a model that it shares with others.

    Args:
        placements: where the model puts its spans.
        shared: the model.
        alike: the readings of the model that no document contradicts, itself among them.
        share: how many documents share it, in words.
    """
    return Explanation(*_told(shared, tuple(alike)), share, placements.different, False, placements)


@functools.lru_cache(maxsize=256)
def _told(shared: SharedModel, alike: tuple[SharedModel, ...]) -> tuple[tuple[Model], str, tuple[str, ...]]:
    """Return a model that documents share with its name and its readings."""
    same = [one for one in alike if len(one.units) == len(shared.units)]
    groups = [tuple(dict.fromkeys(one.units[k] for one in same)) for k in range(len(shared.units))]
    model = Model(tuple(groups), shared.widths, shared.base, (), shared.end)
    hypothesis = about_no_text(tuple(tuple(BY_NAME[name] for name in names) for names in groups))
    return (model,), name_of(hypothesis, model), readings_of(hypothesis, model)
