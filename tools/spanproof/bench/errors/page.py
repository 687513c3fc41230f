"""An error analysis as Markdown tables."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from spanproof.bench.errors.analysis import Analysis
from spanproof.bench.errors.disputes import Added, DisputedSpan, Missed
from spanproof.bench.errors.parts import Part
from spanproof.table import Table, markdown

_WAYS = {
    "label": ("By label", "A span of gold counts under its label, a predicted span under the predicted label."),
    "article": ("By document", "Each span counts in the document that it is in."),
    "text": (
        "In damaged text",
        "A span counts as damaged if its sentence has a place that is marked as damage. "
        "The sentence is the one that it starts in.",
    ),
    "zone": ("By zone", "Each span counts in the shortest zone that it starts in. The body of a text is in no zone."),
}
_KINDS = (
    "Each span is counted once. Wrong label: same start and end, but another label. Wrong boundary: same label, and "
    "the spans share a character. Both wrong: another label, and the spans share a character. Missed: gold has the "
    "span, and no prediction is left for it. Spurious: the system predicts the span, and no span of gold is left for "
    "it."
)
_MISSED = (
    "No system finds these spans of gold with the right offsets and label. Is gold wrong here, or are they hard? "
    "instead: what systems predict there. near: the share of characters that prediction and gold have in common, as a "
    "mean over the systems; another label halves it. The nearest come first."
)
_ADDED = (
    "At least two systems predict these spans, and gold doesn't have them. Systems that learned from the same data "
    "make the same mistakes, so each span is a question to gold, not a verdict."
)
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>#~&$"})
_CONTEXT = 60


Key = tuple[str, int, int, str]
"""Article, start, end, label of a span."""


def as_markdown(analysis: Analysis, confusions: int = 5) -> str:
    """Return what each system gets wrong, under headings of level 2.

    Intervals whose ends are equal, as of a single span, are left out: they would look like certainty.

    Args:
        analysis: the systems on one task.
        confusions: how many confusions of labels are shown of each system, the most frequent ones.
    """
    ways = dict.fromkeys(part.by for errors in analysis.systems for part in errors.parts)
    taken = (
        "Gold and the system have spans there, with different labels. The most frequent pairs of each system are shown."
    )
    sections = [
        ("Kinds of error", _KINDS, _kinds(analysis)),
        ("Confused labels", taken, _confused(analysis, confusions)),
        *((*_WAYS[by], _by(analysis, by)) for by in ways),
        ("Damage of the texts", "How many places of each document are marked as damage?", _articles(analysis)),
    ]
    return _sections(sections)


def disputes_as_markdown(analysis: Analysis, verdicts: Mapping[Key, str] | None = None) -> str:
    """Return the spans that every system misses, and those that several add, with what a review made of them.

    Args:
        analysis: the systems on one task.
        verdicts: what a review says of a span, by its :data:`Key`.
    """
    misses = _shown("Missed by every system", len(analysis.missed), analysis.missed_by_all)
    adds = _shown("Added by several systems", len(analysis.added), analysis.added_by_some)
    known = verdicts or {}
    return _sections([(misses, _MISSED, _missed(analysis, known)), (adds, _ADDED, _added(analysis, known))])


def _sections(sections: Iterable[tuple[str, str, Table]]) -> str:
    parts = (f"## {title}\n\n{note}\n\n{markdown(table)}" for title, note, table in sections if table.rows)
    return "\n\n".join(parts) + "\n"


def _review(dispute: Missed | Added, verdicts: Mapping[Key, str]) -> str:
    mention = dispute.mention
    key = (dispute.article, mention.start, mention.end, mention.label)
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
        wrong = [row for row in errors.confusion if None not in (row.gold, row.predicted) and row.gold != row.predicted]
        wrong.sort(key=lambda row: -row.n)
        rows += [
            (errors.system, _text(str(row.gold)), _text(str(row.predicted)), row.extent, str(row.n))
            for row in wrong[:most]
        ]
    return Table(("system", "gold", "predicted", "span", "times"), tuple(rows), left=4)


def _by(analysis: Analysis, by: str) -> Table:
    """Return a heading for each part, with how many spans gold has, and a row for each system below."""
    systems: dict[str, list[tuple[str, Part]]] = {}
    for errors in analysis.systems:
        for part in errors.parts:
            if part.by == by:
                systems.setdefault(part.name, []).append((errors.system, part))
    rows: list[tuple[str, ...]] = []
    for name, of_part in sorted(systems.items(), key=lambda named: -named[1][0][1].gold):
        rows.append((f"{_text(name)}, {of_part[0][1].gold} of gold",))
        rows += [(system, str(part.predicted), *_numbers(part)) for system, part in of_part]
    return Table(("system", "predicted", "P", "R", "F1"), tuple(rows))


def _numbers(part: Part) -> tuple[str, str, str]:
    precision, recall, f1 = ("–" if n is None else f"{n:.3f}" for n in (part.precision, part.recall, part.f1))
    low, high = part.interval or (0, 0)
    ends = f" [{low:.3f}, {high:.3f}]" if low < high else ""
    return precision, recall, f1 + ends


def _articles(analysis: Analysis) -> Table:
    rows = [
        (_text(article.name), f"{article.code_points:,}", str(article.damage), f"{article.per_thousand:.2f}")
        for article in analysis.articles
    ]
    return Table(("document", "code points", "damage", "per 1,000"), tuple(rows))


def _missed(analysis: Analysis, verdicts: Mapping[Key, str]) -> Table:
    rows = []
    for dispute in analysis.missed:
        answers = sorted(((_span(answer), name) for name, answer in dispute.answers.items()), key=lambda pair: pair[0])
        groups = [(span, [name for _, name in group]) for span, group in groupby(answers, key=lambda pair: pair[0])]
        instead = "; ".join(f"{span} ({', '.join(names)})" for span, names in groups)
        review = _review(dispute, verdicts)
        rows.append((*_place(dispute), instead, _context(dispute), review, f"{dispute.near:.2f}"))
    return Table(("document", "span", "label", "instead", "sentence", "review", "near"), tuple(rows), left=6)


def _added(analysis: Analysis, verdicts: Mapping[Key, str]) -> Table:
    rows = [
        (
            *_place(dispute),
            ", ".join(dispute.systems),
            _span(dispute.gold),
            _context(dispute),
            _review(dispute, verdicts),
        )
        for dispute in analysis.added
    ]
    return Table(("document", "span", "label", "systems", "gold", "sentence", "review"), tuple(rows), left=7)


def _place(dispute: Missed | Added) -> tuple[str, str, str]:
    mention = dispute.mention
    return _text(dispute.article), f"{mention.start}:{mention.end}", _text(mention.label)


def _span(mention: DisputedSpan | None) -> str:
    return f"{_text(mention.surface)} {_text(mention.label)}" if mention else "–"


def _context(dispute: Missed | Added) -> str:
    """Return the sentence, cut where it is long, with the span in bold."""
    mention, sentence = dispute.mention, dispute.sentence
    before = sentence.text[: mention.start - sentence.start]
    after = sentence.text[mention.end - sentence.start :]
    before = f"…{before[-_CONTEXT:]}" if len(before) > _CONTEXT else before
    after = f"{after[:_CONTEXT]}…" if len(after) > _CONTEXT else after
    return f"{_text(before)}**{_text(mention.surface)}**{_text(after)}"


def _text(text: str) -> str:
    """Return words of a text for a cell: on one line, with no meaning in Markdown."""
    return re.sub(r"\s+", " ", text).translate(_SPECIAL)
