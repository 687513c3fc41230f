"""Which models documents share: found in those that tell the most, tried on the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spanproof.text.drift.hypotheses import about_no_text
from spanproof.text.drift.model import Explanation, Model, Places
from spanproof.text.drift.naming import name_of, readings_of
from spanproof.text.drift.proof import BORNE_OUT, FEW, MANY, MOST, SHARE
from spanproof.text.drift.shared import Annotated, DriftingText, SharedModel, shared_models
from spanproof.text.drift.units import BY_NAME

_MODELS = 24  # readings that are tried


class Sharing:
    """The documents of a corpus in which spans disagree, and the models that were found in some of them.

    Attributes:
        order: the documents by their numbers, those first that tell the most.
    """

    def __init__(self, documents: Sequence[Annotated], kind: str = "documents") -> None:
        """Take the documents, and what they are called in statements."""
        self._kind = kind
        self.order: Sequence[int] = range(len(documents))
        self._documents = [DriftingText(annotated) for annotated in documents] if len(documents) >= MANY else []
        if self._documents:
            self.order = sorted(self.order, key=lambda k: self._documents[k].tells, reverse=True)
        self._families: dict[SharedModel, tuple[SharedModel, ...]] = {}
        self._searched: dict[int, Places] = {}
        self._confirmed: dict[SharedModel, set[int]] = defaultdict(set)

    def learn(self, k: int, explanation: Explanation) -> None:
        """Take note of what the search in one document found.

        Args:
            k: which document.
            explanation: what it tells alone.
        """
        family = tuple(shared_models(explanation))
        if not family or not self._documents:
            return
        self._searched[k] = self._documents[k].proved(explanation)
        for shared in self._families:
            self._confirm(shared, k)
        for shared in family:
            if shared not in self._families and len(self._families) < _MODELS:
                self._families[shared] = family
                for j in self._searched:
                    self._confirm(shared, j)

    def _confirm(self, shared: SharedModel, k: int) -> None:
        there = self._documents[k].places(shared)
        if there is not None and there.alike(self._searched[k]) and self._documents[k].moved(there) >= FEW:
            self._confirmed[shared].add(k)

    def is_explained(self, k: int) -> bool:
        """Say whether a model that was found in several documents explains another one as well."""
        return any(self._documents[k].places(shared) is not None for shared in self._borne_out())

    def _borne_out(self) -> Iterator[SharedModel]:
        return (shared for shared in self._families if len(self._confirmed[shared]) >= BORNE_OUT)

    def explanations(self, rest: Iterable[int]) -> Mapping[int, Explanation]:
        """Return the explanations of those documents that the models of others prove.

        Args:
            rest: the documents in which no search was made.
        """
        known = list(self._borne_out())
        if not known:
            return {}
        every = range(len(self._documents))
        support = {shared: sum(self._documents[k].places(shared) is not None for k in every) for shared in known}
        known = [one for one in known if support[one] >= max(MANY, SHARE * len(self._documents))]
        known.sort(key=lambda one: -support[one])
        result = {}
        for k in rest:
            document = self._documents[k]
            fit = [(one, there) for one in known if (there := document.places(one)) is not None]
            if not fit or not all(there.alike(fit[0][1]) for _, there in fit):
                continue
            shared, there = fit[0]
            number = support[shared]
            if document.moved(there) < FEW + shared.fitted and number < MOST * len(self._documents):
                continue
            equals = [one for one in self._families[shared] if support.get(one) == number]
            share = f"as in {number} of {len(self._documents)} {self._kind}"
            result[k] = explanation_by(document, there, shared, equals, share)
        return result


def explanation_by(
    document: DriftingText, there: Places, shared: SharedModel, alike: Sequence[SharedModel], share: str = ""
) -> Explanation:
    """Return the explanation of a document by a model that it shares with others.

    Args:
        document: the document.
        there: where the model puts its spans.
        shared: the model.
        alike: the readings of the model that no document contradicts, itself among them.
        share: how many documents share it, in words.
    """
    same = [one for one in alike if len(one.units) == len(shared.units)]
    groups = [tuple(dict.fromkeys(one.units[k] for one in same)) for k in range(len(shared.units))]
    model = Model(tuple(groups), shared.widths, shared.base, (), shared.end)
    hypothesis = about_no_text(tuple(tuple(BY_NAME[name] for name in names) for names in groups))
    return Explanation(
        (model,),
        name_of(hypothesis, model),
        readings_of(hypothesis, model),
        share,
        len(there.start),
        False,
        document.placements(there),
    )
