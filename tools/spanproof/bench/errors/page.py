"""An error analysis as Markdown tables."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from spanproof.bench.errors.analysis import Analysis
from spanproof.bench.errors.disputes import Added, DisputedSpan, Missed
from spanproof.bench.errors.parts import Part
from spanproof.table import Table, markdown

_WAYS = {
    "label": ("By label", "The spans of gold with a label, those predicted with it, those that are both."),
    "article": ("By article", "Spans by the article that they are in."),
    "text": (
        "In damaged text",
        "Spans by the sentence that they start in: whether anything in it is marked as damage.",
    ),
    "zone": ("By zone", "Spans by the shortest zone that they start in; the body is in none."),
}
_KINDS = (
    "Each span is counted once. Wrong label: the same span, another label. Wrong boundary: spans that share a "
    "character, the same label. Both wrong: such spans, another label. Missed, spurious: the other side has nothing "
    "left for it."
)
_MISSED = (
    "Spans of gold that no system has with its offsets and label, the nearest first. Near: the mean over the systems "
    "of shared characters by characters of either, half of it for another label. Instead: what systems have there."
)
_ADDED = (
    "Spans that gold has not, by the number of systems that have them, two or more. Systems that learned from the same "
    "data share their faults: each is a question to gold, and no verdict."
)
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>#~&$"})
_CONTEXT = 60


Key = tuple[str, int, int, str]
"""Article, start, end, label of a span."""


def as_markdown(analysis: Analysis, confusions: int = 5) -> str:
    """What each system gets wrong, under headings of level 2; of each its most frequent confusions of labels.

    Intervals whose ends are equal, as of a single span, are left out: they would look like certainty.
    """
    ways = dict.fromkeys(part.by for errors in analysis.systems for part in errors.parts)
    taken = "Pairs with different labels, the most frequent of each system."
    sections = [
        ("Kinds of error", _KINDS, _kinds(analysis)),
        ("Labels taken for others", taken, _confused(analysis, confusions)),
        *((*_WAYS[by], _by(analysis, by)) for by in ways),
        ("Damage of the texts", "Places that are marked as damage.", _articles(analysis)),
    ]
    return _sections(sections)


def disputes_as_markdown(analysis: Analysis, verdicts: Mapping[Key, str] | None = None) -> str:
    """The spans that every system misses, and those that several add, with what a review made of them."""
    misses = _shown("Missed by every system", len(analysis.missed), analysis.missed_by_all)
    adds = _shown("Added by several systems", len(analysis.added), analysis.added_by_some)
    known = verdicts or {}
    return _sections([(misses, _MISSED, _missed(analysis, known)), (adds, _ADDED, _added(analysis, known))])


def _sections(sections: Iterable[tuple[str, str, Table]]) -> str:
    made = (f"## {title}\n\n{note}\n\n{markdown(table)}" for title, note, table in sections if table.rows)
    return "\n\n".join(made) + "\n"


def _review(each: Missed | Added, verdicts: Mapping[Key, str]) -> str:
    key = (each.article, each.mention.start, each.mention.end, each.mention.label)
    return _text(verdicts.get(key, "not reviewed"))


def _shown(title: str, n: int, of: int) -> str:
    return f"{title}: {n} of {of}" if n < of else f"{title}: {of}"


def _kinds(analysis: Analysis) -> Table:
    names = ("right", "label", "boundary", "both", "missed", "spurious")
    rows = [
        (e.system, str(e.kinds.gold), str(e.kinds.predicted), *(str(getattr(e.kinds, name)) for name in names))
        for e in analysis.systems
    ]
    header = ("right", "wrong label", "wrong boundary", "both wrong", "missed", "spurious")
    return Table(("system", "gold", "predicted", *header), tuple(rows))


def _confused(analysis: Analysis, most: int) -> Table:
    rows: list[tuple[str, ...]] = []
    for errors in analysis.systems:
        found = [row for row in errors.confusion if None not in (row.gold, row.predicted) and row.gold != row.predicted]
        found.sort(key=lambda row: -row.n)
        rows += [
            (errors.system, _text(str(row.gold)), _text(str(row.predicted)), row.extent, str(row.n))
            for row in found[:most]
        ]
    return Table(("system", "gold", "predicted", "span", "times"), tuple(rows), left=4)


def _by(analysis: Analysis, by: str) -> Table:
    """A heading a part, with its spans of gold; a row a system below."""
    order: dict[str, list[tuple[str, Part]]] = {}
    for errors in analysis.systems:
        for part in errors.parts:
            if part.by == by:
                order.setdefault(part.name, []).append((errors.system, part))
    rows: list[tuple[str, ...]] = []
    for name, found in sorted(order.items(), key=lambda each: -each[1][0][1].gold):
        rows.append((f"{_text(name)}, {found[0][1].gold} of gold",))
        rows += [(system, str(part.predicted), *_numbers(part)) for system, part in found]
    return Table(("system", "predicted", "P", "R", "F1"), tuple(rows))


def _numbers(part: Part) -> tuple[str, str, str]:
    precision, recall, f1 = ("–" if n is None else f"{n:.3f}" for n in (part.precision, part.recall, part.f1))
    low, high = part.interval or (0, 0)
    ends = f" [{low:.3f}, {high:.3f}]" if low < high else ""
    return precision, recall, f1 + ends


def _articles(analysis: Analysis) -> Table:
    rows = [
        (_text(each.name), f"{each.code_points:,}", str(each.damage), f"{each.per_thousand:.2f}")
        for each in analysis.articles
    ]
    return Table(("article", "code points", "damage", "per 1,000"), tuple(rows))


def _missed(analysis: Analysis, verdicts: Mapping[Key, str]) -> Table:
    rows = []
    for each in analysis.missed:
        said = sorted(((_said(answer), name) for name, answer in each.answers.items()), key=lambda pair: pair[0])
        groups = [(what, [name for _, name in group]) for what, group in groupby(said, key=lambda pair: pair[0])]
        instead = "; ".join(f"{what} ({', '.join(names)})" for what, names in groups)
        rows.append((*_place(each), instead, _context(each), _review(each, verdicts), f"{each.near:.2f}"))
    return Table(("article", "span", "label", "instead", "sentence", "review", "near"), tuple(rows), left=6)


def _added(analysis: Analysis, verdicts: Mapping[Key, str]) -> Table:
    rows = [
        (*_place(each), ", ".join(each.systems), _said(each.gold), _context(each), _review(each, verdicts))
        for each in analysis.added
    ]
    return Table(("article", "span", "label", "systems", "gold", "sentence", "review"), tuple(rows), left=7)


def _place(each: Missed | Added) -> tuple[str, str, str]:
    mention = each.mention
    return _text(each.article), f"{mention.start}:{mention.end}", _text(mention.label)


def _said(mention: DisputedSpan | None) -> str:
    return f"{_text(mention.surface)} {_text(mention.label)}" if mention else "–"


def _context(each: Missed | Added) -> str:
    """The sentence, cut where it is long, with the span in bold."""
    low, high = (at - each.sentence.start for at in (each.mention.start, each.mention.end))
    before, after = each.sentence.text[:low], each.sentence.text[high:]
    before = f"…{before[-_CONTEXT:]}" if len(before) > _CONTEXT else before
    after = f"{after[:_CONTEXT]}…" if len(after) > _CONTEXT else after
    return f"{_text(before)}**{_text(each.mention.surface)}**{_text(after)}"


def _text(text: str) -> str:
    """Words of a text in a cell: on one line, with no meaning in Markdown."""
    return re.sub(r"\s+", " ", text).translate(_SPECIAL)
