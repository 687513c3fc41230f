"""A long document is searched in one part of it; what that proves is tried on the rest.

A model pays no less for the whole than for a part of the spans. So if the shortest model of a part places all spans of
the whole, without an edit, then every model that isn't a rival on the part is none on the whole either. None puts spans
farther on than the text goes on behind the last one.
"""

from dataclasses import replace

from spanproof.text.drift.document import Document
from spanproof.text.drift.explain import explained
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.shared import Annotated, DriftingText, shared_models
from spanproof.text.drift.sharing import explanation_by

_PARTS = (24, 48, 192)  # spans behind the first wrong one that a part has
_LONG = 384  # spans of a document that is searched in parts
_TEXT = 4  # times as much text as the offsets of the part reach: so much that no other place is near enough
_BEYOND = 1000  # code points more, if the text goes on so far behind the last span


def explained_by_part(annotated: Annotated) -> Explanation | None:
    """Return the explanation of a long document by the model of one part; None where no such model explains the rest.

    Args:
        annotated: the document.
    """
    if len(annotated.spans) < _LONG:
        return None
    document = DriftingText(annotated)
    if not document.may_share:
        return None
    beyond = min(_BEYOND, max(0, len(document.text) - int(document.spans.end.max())))
    for size in _PARTS:
        spans = document.spans[: document.first_wrong + size]
        text = document.text[: _TEXT * int(spans.end.max()) + beyond]
        if 2 * len(spans) > len(document.spans):
            return None
        of_part = explained(Document(text, spans))
        fit = [(shared, there) for shared in shared_models(of_part) if (there := document.places(shared)) is not None]
        if fit and not of_part.rivals and all(there.alike(fit[0][1]) for _, there in fit):
            (shared, there), alike = fit[0], [shared for shared, _ in fit]
            explanation = explanation_by(document.placements(there), shared, alike)
            origins = ("search", "step") if document.in_one_step(there) else ("search",)
            kept = (one for one in of_part.equals if one.origin in origins)
            equals = (one for one in kept if one.origin == "step" or one.statement in explanation.readings)
            return replace(explanation, equals=tuple(equals))
    return None
