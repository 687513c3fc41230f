"""Why spans disagree with their surfaces: hypotheses, the proof of one, where it places the spans.

A span agrees when the slice of the text between its offsets is its surface. Where spans don't, there is usually one
cause for the whole document: its offsets are in another unit, or were counted in another version of the text. A
hypothesis of a cause says where every span belongs, so that the surfaces prove or refute it. Offsets are code points,
half open.
"""

import operator
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from spanproof.corpus.findings import Cause, Span
from spanproof.text import offsets

_Place = Callable[[int, int], tuple[int, int] | None]
"""Takes start and end as stored, returns where they are meant; None where that is nowhere."""
_Same = Callable[[str, str], bool]
"""Whether a slice and a surface are the same, in this order."""

_NEAR = 200  # code points that a lone span may have slipped
_VOTERS = 64  # spans with the longest surfaces, which show by how much they were shifted
_SHIFTS = 8  # shifts tried, those with the most votes first


@dataclass(frozen=True)
class _Hypothesis:
    """A way of reading the offsets of a document.

    Attributes:
        name: the short name of the cause.
        statement: the cause in words.
        place: where offsets are meant.
        same: when a slice is the surface: where they are equal, or equal but for what the cause explains.
        fitted: whether nothing in the text suggests it: it is a shift that was chosen to suit the spans, or one that
            looks like a slip of a single span. So two spans must prove it. What it doesn't place at all, because it
            lies across an edit, isn't counted against it, unless that is most of the wrong spans.
    """

    name: str
    statement: str
    place: _Place
    same: _Same = operator.eq
    fitted: bool = False


def diagnose(text: str, spans: Sequence[Span]) -> Cause | None:
    """Return the one cause for which the spans of a text disagree with their surfaces, with its proof.

    A hypothesis is proved if it explains 9 in 10 of the wrong spans (so all of them, if there are fewer than 10), and
    if the right ones are right under it too. Of several that are proved it is the one that explains the most spans. Of
    equals it is one that the text alone suggests; else a shift that was fitted to the spans; an edit of the text last.
    Of these it is the one that moves the fewest right spans, then the most specific. The statement also tells the
    others that place every span alike, but no fitted one beside one that the text suggests.

    Args:
        text: the text.
        spans: all spans of the document that point into it and store their surface, right and wrong.

    Returns:
        None if nothing disagrees, if nothing explains it, or if equals among the hypotheses place the spans
        differently: a correction that could as well be another isn't proved.
    """
    right = [_placed(text, (start, end), surface, operator.eq) is not None for start, end, surface in spans]
    if all(right):
        return None

    def tested(hypotheses: Iterable[_Hypothesis]) -> list[Cause]:
        return [cause for hypothesis in hypotheses if (cause := _test(hypothesis, text, spans, right))]

    shifts = _shifts(text, [span for span, ok in zip(spans, right, strict=True) if not ok])
    units = list(_counted(text))
    suggested, fitted = tested(h for h in units if not h.fitted), tested(h for h in units if h.fitted)
    cut = tested(_cut(shifts))
    kinds = suggested + fitted, cut, tested(_edits(text, spans, right, shifts))
    best = _best(max(kinds, key=lambda causes: max((cause.agree for cause in causes), default=0)), spans)
    if best is None:
        return None
    rivals = suggested if best in suggested else fitted + cut
    alike = [cause.statement for cause in rivals if cause.spans == best.spans]
    return replace(best, statement=", or ".join(alike or [best.statement]))


def relocate(text: str, start: int, end: int, surface: str) -> tuple[int, int] | None:  # noqa: ARG001 - takes a span
    """Return where a span that slipped alone belongs: the occurrence of its surface that is nearest to its start.

    Args:
        text: the text.
        start: first code point of the span, as stored.
        end: the code point after its last; not asked, since the surface says how long the span is.
        surface: its stored words.

    Returns:
        Start and end. None if no occurrence is at most 200 code points away, if two are equally near, or if the surface
        is empty and so occurs everywhere.
    """
    if not surface:
        return None
    size = len(surface)
    left = text.rfind(surface, max(0, start - _NEAR), max(0, start + size))
    right = text.find(surface, max(0, start), max(0, start + _NEAR + size))
    nearest = sorted({(abs(at - start), at) for at in (left, right) if at >= 0})
    if not nearest or (len(nearest) == 2 and nearest[0][0] == nearest[1][0]):
        return None
    at = nearest[0][1]
    return at, at + size


def _placed(text: str, at: tuple[int, int] | None, surface: str, same: _Same) -> Span | None:
    """Return the span at these offsets if they are within the text and the slice there is the surface."""
    if at is None or not 0 <= at[0] <= at[1] <= len(text):
        return None
    piece = text[at[0] : at[1]]
    return (*at, piece) if same(piece, surface) else None


def _test(hypothesis: _Hypothesis, text: str, spans: Sequence[Span], right: Sequence[bool]) -> Cause | None:
    """Return the cause that a hypothesis is, if the spans prove it."""
    ats = [hypothesis.place(start, end) for start, end, _ in spans]
    placed = [_placed(text, at, span[2], hypothesis.same) for at, span in zip(ats, spans, strict=True)]
    if any(ok and span is None for ok, span in zip(right, placed, strict=True)):
        return None
    proof = [span for ok, span in zip(right, placed, strict=True) if not ok and span]
    of = right.count(False)
    judged = of
    if hypothesis.fitted:
        judged -= sum(not ok and at is None for ok, at in zip(right, ats, strict=True))
    witnesses = len({span for span in proof if span[2]})  # an empty surface fits everywhere and proves nothing
    if witnesses < (2 if hypothesis.fitted else 1) or 10 * len(proof) < 9 * judged or 2 * len(proof) < of:
        return None
    return Cause(hypothesis.name, hypothesis.statement, len(proof), of, tuple(placed))


def _best(causes: Sequence[Cause], spans: Sequence[Span]) -> Cause | None:
    """Return the first of the best supported causes, None if those don't place all spans alike."""

    def support(cause: Cause) -> tuple[int, int]:
        return cause.agree, sum(map(operator.eq, cause.spans, spans))

    top = max(map(support, causes), default=None)
    best = [cause for cause in causes if support(cause) == top]
    return best[0] if len({cause.spans for cause in best}) == 1 else None


def _counted(text: str) -> Iterator[_Hypothesis]:
    """Yield what the text alone suggests, from the specific to the general."""
    yield _Hypothesis("utf-16", "offsets are UTF-16 code units", _through(offsets.utf16(text)))
    yield _Hypothesis("utf-8", "offsets are UTF-8 bytes", _through(offsets.utf8(text)))
    one, two = offsets.crlf_as_one(text), offsets.crlf_as_two(text)
    yield _Hypothesis("crlf-as-one", "offsets count each CR LF of the text as one", _through(one), _same_lines)
    yield _Hypothesis("crlf-as-two", "offsets count each line feed as CR LF", _through(two), _same_lines)
    yield from _normal_forms(text)
    clusters = _through(offsets.graphemes(text))
    yield _Hypothesis("graphemes", "offsets count grapheme clusters (characters as a reader sees them)", clusters)
    if text.startswith("\ufeff"):
        added = "offsets were counted before a byte order mark was added to the text"
        yield _Hypothesis("bom-added", added, _by(1, 1))
    else:
        removed = "offsets were counted with a byte order mark that the text lacks"
        yield _Hypothesis("bom-removed", removed, _by(-1, -1), fitted=True)
    if blank := len(text) - len(text.lstrip()):
        stripped = f"offsets were counted without the white space at the start of the text ({_points(blank)})"
        yield _Hypothesis("leading-space", stripped, _by(blank, blank))
    yield _Hypothesis(
        "end-inclusive", "an end is the offset of the last character, not the one after it", _by(0, 1), fitted=True
    )
    yield _Hypothesis("one-based", "offsets are counted from one", _by(-1, -1), fitted=True)
    both = "offsets are counted from one, and an end is that of the last character"
    yield _Hypothesis("one-based-inclusive", both, _by(-1, 0), fitted=True)


def _normal_forms(text: str) -> Iterator[_Hypothesis]:
    """Yield that offsets were counted in a Unicode normalisation of the text, for each that differs from the text."""
    forms: dict[str, offsets.Form] = {}
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        forms.setdefault(unicodedata.normalize(form, text), form)
    forms.pop(text, None)  # and of two forms that give one text, the first stands for both
    for form in forms.values():

        def same(piece: str, surface: str, form: offsets.Form = form) -> bool:
            return surface in (piece, unicodedata.normalize(form, piece))

        statement = f"offsets were counted in the text normalised to {form}"
        yield _Hypothesis(form.lower(), statement, _through(offsets.normalised(text, form)), same)


def _cut(shifts: Sequence[int]) -> Iterator[_Hypothesis]:
    """Yield that all offsets count something that has gone from the start of the text."""
    for shift in shifts:
        if shift < 0:
            statement = (
                f"offsets count white space that was stripped from the start of the text ({_points(-shift)}; "
                "indistinguishable from any other deletion at 0)"
            )
            yield _Hypothesis("leading-space", statement, _by(shift, shift), fitted=True)


def _edits(text: str, spans: Sequence[Span], right: Sequence[bool], shifts: Sequence[int]) -> Iterator[_Hypothesis]:
    """Yield for each shift the one edit of the text, if any, that agrees with which spans are shifted."""
    for shift in shifts:
        gone = max(-shift, 0)
        fixed = [0]  # ends of right spans that don't take part
        moved: list[tuple[int, int]] = []  # wrong spans that the shift rights
        torn: list[tuple[int, int]] = []  # wrong spans that it doesn't
        for (start, end, surface), ok in zip(spans, right, strict=True):
            shifted = _placed(text, (start + shift, end + shift), surface, operator.eq) is not None
            if ok and not shifted:
                fixed.append(end)
            elif not ok:
                (moved if shifted else torn).append((start, end))
        low = max(fixed)
        high = min((start - gone for start, _ in moved if start - gone >= low), default=None)
        if high is None:
            continue
        across = [(start, end) for start, end in torn if start < high + gone and end > low]
        # the edit is inside of each span that lies across it, and so they narrow down its place
        inner = max([low, *(start - gone + 1 for start, _ in across)]), min([high, *(end - 1 for _, end in across)])
        if inner[0] <= inner[1]:
            low, high = inner
        where = f"at {low}" if low == high else f"between {low} and {high}"
        statement = f"the text was edited {where}: {_points(abs(shift))} {'deleted' if gone else 'inserted'}"
        yield _Hypothesis("edit", statement, _after(high, shift), fitted=True)


def _shifts(text: str, wrong: Sequence[Span]) -> list[int]:
    """Return the shifts that put spans on their surface, those of the most spans first."""
    votes: Counter[int] = Counter()
    whole = {(start, surface) for start, end, surface in wrong if surface and end - start == len(surface)}
    for start, surface in sorted(whole, key=lambda voter: (-len(voter[1]), voter))[:_VOTERS]:
        at = text.find(surface)
        while at >= 0:
            votes[at - start] += 1
            at = text.find(surface, at + 1)
    return [shift for shift, _ in votes.most_common(_SHIFTS)]


def _through(units: offsets.Map) -> _Place:
    """Read offsets as counts of another unit."""
    to = units.tolist()
    return lambda start, end: (to[start], to[end]) if 0 <= start < len(to) and 0 <= end < len(to) else None


def _by(start_shift: int, end_shift: int) -> _Place:
    """Shift every start, and every end, by some code points."""
    return lambda start, end: (start + start_shift, end + end_shift)


def _after(edit: int, shift: int) -> _Place:
    """Shift what lies after an edit, keep what lies before, place nothing that lies across."""

    def place(start: int, end: int) -> tuple[int, int] | None:
        if end <= edit:
            return start, end
        return (start + shift, end + shift) if start >= edit + max(-shift, 0) else None

    return place


def _same_lines(piece: str, surface: str) -> bool:
    """Whether two strings are the same but for how their lines end."""
    return _lines(piece) == _lines(surface)


def _lines(piece: str) -> str:
    return piece.replace("\r\n", "\n").replace("\r", "\n")


def _points(count: int) -> str:
    return f"{count} code point{'' if count == 1 else 's'}"
