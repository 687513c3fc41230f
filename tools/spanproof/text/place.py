"""Where surfaces stand in a text, and how sure that is: the one placer of checks, language models and rebased spans."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence, Sized
from typing import Any, SupportsIndex

import numpy as np

from spanproof.text.drift.explain import explain
from spanproof.text.drift.first_places import found_by_search
from spanproof.text.drift.model import Level, Placement
from spanproof.text.drift.span_columns import Span
from spanproof.text.drift.surfaces import Context
from spanproof.text.occurrences import SearchText
from spanproof.text.order import settled
from spanproof.text.segmentation import Extent


def place(
    text: str,
    surfaces: Sequence[str],
    *,
    spans: Sequence[Extent] | None = None,
    contexts: Sequence[Context] | None = None,
    in_order: bool = True,
    overlap: bool = False,
) -> list[Placement]:
    """Return where surfaces stand in a text, each with its candidates and how sure its place is.

    Without stored offsets, as of what a language model quotes, a place is *proved* if the surface, with its context,
    stands there as it is and nowhere else, whatever the case, the shape of marks, white space, normal form: who quoted
    it from this text can have meant no other place. It is *likely* if it is the only one under a fold (the surface
    stands there in another case, say), the only one that the context leaves, or the only one that the order leaves to
    it between its neighbours. All else is *open*: a surface that stands several times, and one that stands nowhere and
    has no candidates. Nothing proves that a surface was quoted from this text at all, nor what was meant by it.

    With stored offsets a place is *proved* if it follows from the one model of all offsets, as the causes of ``check``
    are, or if all offsets are right as they are. It is *likely* if the surface stands there as its offsets say, while
    other spans don't, or if it stands nowhere else and near. No offset is taken for right because it is near. Where
    the same offsets are given twice, a search for the first occurrence may have found them: those, and other first
    occurrences of words that stand again, are likely. The same is true of last occurrences.

    Args:
        text: the text.
        surfaces: the words that are looked for.
        spans: the stored start and end of each (code points, half open, if they are right); none by default.
        contexts: the words directly before and after each, empty strings where they aren't known; none by default.
        in_order: whether the surfaces are listed in the order of the text. Not asked where there are offsets.
        overlap: whether the order may leave two surfaces places that share characters. A proved place may share them
            in any case. Not asked where there are offsets.

    Returns:
        For each surface its level, its place (start and end in code points, half open; None where it is open), and the
        candidates: all places where it stands, or with offsets, the nearest.

    Raises:
        TypeError: the text isn't a string, the surfaces are one string, or one of them, of the spans or contexts is no
            string, no two integers, or no two strings.
        ValueError: there aren't as many spans or contexts as surfaces.
    """
    if isinstance(surfaces, str):
        raise TypeError("surfaces are one string; expected a list of strings, such as [surface]")
    if not isinstance(text, str):
        raise TypeError(f"the text is {text!r:.40}; expected a string")
    for name, values in (("surfaces", surfaces), ("spans", spans), ("contexts", contexts)):
        if (values is not None or name == "surfaces") and not (
            isinstance(values, Sized) and isinstance(values, Iterable)
        ):
            raise TypeError(f"{name}: {values!r:.40}; expected a list")
        if values is not None and len(values) != len(surfaces):
            raise ValueError(f"there are {len(values)} {name}; expected {len(surfaces)}, one for each surface")
    _checked("surfaces", [(surface,) for surface in surfaces], str, 1, "a string")
    _checked("spans", () if spans is None else spans, SupportsIndex, 2, "two integers")
    _checked("contexts", () if contexts is None else contexts, str, 2, "two strings")
    around = [("", "")] * len(surfaces) if contexts is None else contexts
    if spans is not None:
        return _by_offsets(text, surfaces, spans, around)
    search = SearchText(text)
    known = {key: _candidates(search, *key) for key in dict.fromkeys(zip(surfaces, around, strict=True))}
    rows = [known[key] for key in zip(surfaces, around, strict=True)]
    sure = {key: candidates[:1] for key, candidates in known.items() if _once(search, *key, candidates)}
    by_order = settled(rows, overlap=overlap) if in_order else [None] * len(rows)
    placements = []
    for key, candidates, only in zip(zip(surfaces, around, strict=True), rows, by_order, strict=True):
        chosen = candidates[0] if len(candidates) == 1 else only
        level: Level = "proved" if key in sure else "likely" if chosen else "open"
        placements.append(Placement(level, chosen, candidates))
    return placements


def _checked(name: str, values: Iterable[Any], kind: Any, number: int, expected: str) -> None:
    """Raise a TypeError where one of some values isn't so many things of a kind, all in a tuple or list."""
    for k, value in enumerate(values):
        several = isinstance(value, Sized) and isinstance(value, Iterable) and not isinstance(value, str)
        if not several or len(value) != number or not all(isinstance(one, kind) for one in value):
            raise TypeError(f"{name}[{k}] is {value[0] if number == 1 else value!r:.40}; expected {expected}")


def _candidates(search: SearchText, surface: str, context: Context) -> tuple[Extent, ...]:
    """Return where a surface stands; where its context stands around it, if it does anywhere."""
    places, (before, after) = search.places(surface), context
    fit = tuple(at for at in places if search.text.endswith(before, 0, at[0]) and search.text.startswith(after, at[1]))
    return fit or places


def _once(search: SearchText, surface: str, context: Context, candidates: Sequence[Extent]) -> bool:
    """Say whether a surface in its context stands at its only candidate as it is, and nowhere else in any form."""
    if len(candidates) != 1 or search.text[slice(*candidates[0])] != surface:
        return False
    whole = surface.join(context)
    fits = search.text.startswith(whole, max(candidates[0][0] - len(context[0]), 0))
    return fits and (search.once(surface) or search.once(whole))


def _by_offsets(
    text: str, surfaces: Sequence[str], spans: Sequence[Extent], contexts: Sequence[Context]
) -> list[Placement]:
    stored = [(start, end, surface) for (start, end), surface in zip(spans, surfaces, strict=True)]
    right = [0 <= start < end <= len(text) and text[start:end] == surface for start, end, surface in stored]
    placements = explain(text, stored, contexts).placements
    searched, search = _found_by_search(text, stored), SearchText(text)
    others = {surface: search.places(surface) for _, _, surface in itertools.compress(stored, searched)}
    result = []
    for placement, agrees, first, (start, end, surface) in zip(placements, right, searched, stored, strict=True):
        if agrees and placement.place is None:
            level: Level = "proved" if all(right) and not first else "likely"
            placement = Placement(level, (start, end), others.get(surface, ()))
        if placement.place and not placement.candidates:
            placement = placement._replace(candidates=(placement.place,))
        result.append(placement)
    return result


def _found_by_search(text: str, stored: Sequence[Span]) -> list[bool]:
    """Say which spans a search for the first or last occurrence may have found, those that are given twice included."""
    times, again = Counter(stored), {surface: text.find(surface) != text.rfind(surface) for *_, surface in stored}
    doubled = np.array([times[span] > 1 and again[span[2]] for span in stored], np.bool_)
    start, stop = (np.array([span[side] for span in stored], np.int64) for side in (0, 1))
    return [*map(bool, found_by_search(text, start, stop, doubled) | doubled)]
