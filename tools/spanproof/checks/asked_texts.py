"""Texts in which spans disagree with their surfaces, as what explains them takes them."""

from collections.abc import Hashable, Sequence

from spanproof.arrays import codes, indices, to_arrow
from spanproof.checks.wrong_texts import WrongTexts
from spanproof.text.drift.span_columns import SpanColumns
from spanproof.text.drift.texts import AnnotatedTexts


def asked_texts(texts: WrongTexts) -> AnnotatedTexts:
    """Return the texts with their spans, as what explains them takes them."""
    contexts = [_contexts(texts, name) for name in ("prefix", "suffix")]
    places = [spans.node.place for spans in texts.layers]

    def layers(number: int) -> Sequence[Hashable]:
        of = slice(*texts.bounds[number : number + 2].tolist())
        own = [place[texts.depth[number] :] for place in places]
        listed = [place if len(place) == 2 and place[-1] == "*" else None for place in own]
        stored = zip(texts.layer[of].tolist(), texts.k[of].tolist(), strict=True)
        return [listed[n] or (own[n], k) for n, k in stored] if len(own) > 1 or not all(listed) else ()

    around = list(zip(*contexts, strict=True)) if any(map(any, contexts)) else ()
    code, words = codes(texts.surface)
    spans = SpanColumns(texts.start, texts.end, code, words.to_pylist())
    return AnnotatedTexts(texts.texts, texts.bounds, spans, around, layers)


def _contexts(texts: WrongTexts, name: str) -> list[str]:
    """Return the stored words before or after each span; empty where it has none."""
    contexts = [""] * len(texts.wrong)
    for number, spans in enumerate(texts.layers):
        column = spans.items.columns.get(name)
        if column is not None and column.null_count < len(column):
            of = indices(texts.layer == number)
            for n, stored in zip(of.tolist(), column.take(to_arrow(texts.k[of])).to_pylist(), strict=True):
                contexts[n] = stored if isinstance(stored, str) else ""
    return contexts
