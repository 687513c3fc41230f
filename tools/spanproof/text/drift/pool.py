"""What many documents tell together that none of them can prove alone."""

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from spanproof.text.drift.agreed import Alone, agreed, alone_of
from spanproof.text.drift.document import Document
from spanproof.text.drift.equals import told_as_equals
from spanproof.text.drift.explain import explained
from spanproof.text.drift.learned import Learned, Others, extends, proves_all, unexplained
from spanproof.text.drift.model import Explanation, Model
from spanproof.text.drift.parts import explained_by_part
from spanproof.text.drift.proof import MANY, margin
from spanproof.text.drift.same_texts import SameTexts
from spanproof.text.drift.shared import Annotated as Annotated
from spanproof.text.drift.sharing import Sharing
from spanproof.text.drift.silent import explained_by_others
from spanproof.text.drift.slipped import FEWEST, unless_slipped
from spanproof.text.drift.together import Together
from spanproof.text.drift.windows import in_windows_of_others

_LIKELY = 2  # models of the last documents that are tried first in the next one


def explain_all(documents: Sequence[Annotated], kind: str = "documents", searched: int = 0) -> list[Explanation]:
    """Return why spans of documents disagree with their surfaces, by what each tells alone or by what all tell.

    Args:
        documents: those in which spans disagree.
        kind: what they are called in statements.
        searched: of how many they are, if these are some of those that were searched before.
    """
    same = SameTexts(documents)
    texts, kind = same.documents, _kind(same, kind)
    explain = functools.partial(_explained_together, kind, None, searched=searched)
    explanations, together = _of_telling(texts, explain)
    explanations = told_as_equals(explanations)
    slipped = together.may_have_slipped(FEWEST) if together else np.ones(len(texts), np.bool_)
    for k in np.flatnonzero(slipped).tolist():
        explanations[k] = unless_slipped(texts[k], explanations[k])
    return same.divided(explanations)


def _kind(same: SameTexts, kind: str) -> str:
    return "texts" if same.together else kind


def learn(documents: Sequence[Annotated], kind: str = "documents") -> Learned:
    """Return what documents in which spans disagree share, for others that they don't know.

    Args:
        documents: those in which spans disagree.
        kind: what they are called in statements.
    """
    known: list[Learned] = []
    same = SameTexts(documents)
    _of_telling(same.documents, functools.partial(_explained_together, _kind(same, kind), known))
    return known[0]


def explain_by_others(documents: Sequence[Annotated], others: Others, kind: str = "documents") -> list[Explanation]:
    """Return why spans of documents disagree with their surfaces, by what other documents share.

    Args:
        documents: those in which spans disagree.
        others: the other documents.
        kind: what all are called in statements.
    """
    if not (others.learned.causes or others.learned.is_agreed):
        return [unexplained(len(document.spans)) for document in documents]
    same = SameTexts(documents)
    others = others._replace(new=same.first(others.new))
    explanations, _ = _of_telling(same.documents, functools.partial(_explained_by_others, _kind(same, kind), others))
    return same.divided(list(itertools.starmap(unless_slipped, zip(same.documents, explanations, strict=True))))


def _of_telling(
    documents: Sequence[Annotated], explain: Callable[[Together | None, Sequence[Annotated]], list[Explanation]]
) -> tuple[list[Explanation], Together | None]:
    """Return explanations by the spans that tell anything, and the documents end to end where they are many."""
    together = Together(documents) if len(documents) >= MANY else None
    unsure = ~together.telling if together else np.ones(len(documents), np.bool_)
    explain_some = functools.partial(explain, together)
    return explained_by_others(documents, explain_some, np.flatnonzero(unsure).tolist()), together


def _explained_together(
    kind: str, known: list[Learned] | None, together: Together | None, documents: Sequence[Annotated], searched: int = 0
) -> list[Explanation]:
    """Return the same where all spans tell something; note what the documents share."""
    sharing, number = Sharing(documents, kind, together), max(searched, len(documents))
    explanations: dict[int, Explanation] = {}
    alone: dict[int, Alone] = {}
    likely: list[Model] = []

    def search(k: int, judged: int) -> None:
        if by_part := explained_by_part(documents[k]):
            explanations[k] = by_part
            return
        document = Document(*documents[k], likely=likely)
        explanations[k] = explained(document, judged)
        likely[:] = _latest(likely, explanations[k].models)
        if not explanations[k].models and not document.trimmed.any():
            alone[k] = alone_of(document)

    # What is tried on all documents need only be likely. What one alone tells must hold among as many as are judged.
    for k in sharing.unexplained():
        search(k, 1)
        sharing.learn(k, explanations[k])
    sure = {k: one for k, one in explanations.items() if one.saved >= margin(number)}
    partly = [k for k in sharing.order if k not in sure or not proves_all(sure[k])]
    causes = sharing.causes()
    shared = sharing.explanations(partly, causes)
    shared = {k: one for k, one in shared.items() if k not in sure or extends(one, sure[k])}
    for k in sharing.order:
        if k in shared:
            alone.pop(k, None)
        elif k not in sure:
            search(k, number)
    explanations.update(shared)
    explanations.update(in_windows_of_others(documents, explanations))
    alone = {k: one for k, one in alone.items() if not explanations[k].models}
    if known is not None:
        known.append(Learned(len(documents), causes, [one.places for one in alone.values()]))
    return agreed(documents, _borne_out([explanations[k] for k in range(len(documents))]), alone, kind)


def _latest(known: Sequence[Model], models: Sequence[Model]) -> list[Model]:
    """Return different models of the documents that were searched last, without their shifts and edits."""
    plain = [replace(model, base=0, edits=()) for model in models]
    return [*(model for model in known if model not in plain), *plain][-_LIKELY:]


def _explained_by_others(
    kind: str, others: Others, together: Together | None, documents: Sequence[Annotated]
) -> list[Explanation]:
    """Return the same where all spans tell something."""
    sharing = Sharing(documents, kind, together)
    shared = sharing.explanations(range(len(documents)), sharing.causes(others), others)
    explanations = [shared.get(k) or unexplained(len(document.spans)) for k, document in enumerate(documents)]
    if not others.learned.is_agreed:
        return explanations
    alone: dict[int, Alone] = {}
    for k, one in enumerate(documents):
        if k not in shared and not (document := Document(*one)).trimmed.any():
            alone[k] = alone_of(document)
    known = [*others.learned.alone, *(one.places for k, one in alone.items() if others.new[k])]
    return agreed(documents, explanations, alone, kind, known)


def _borne_out(explanations: Sequence[Explanation]) -> list[Explanation]:
    """Return explanations without the likely causes that have one witness in all documents."""
    witnesses = Counter[str]()
    for explanation in explanations:
        witnesses[explanation.name] += explanation.witnesses
    return [
        explanation if explanation.models or witnesses[explanation.name] > 1 else replace(explanation, name="")
        for explanation in explanations
    ]
