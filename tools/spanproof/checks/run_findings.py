"""What a rule says of many spans, as findings that are kept as columns."""

import itertools
from collections.abc import Iterator

from spanproof.arrays import Ints, to_arrow
from spanproof.checks.facts import layer_name, name_of
from spanproof.checks.policies import Severities
from spanproof.checks.report import Seen
from spanproof.checks.rule import HitRun, Rule
from spanproof.checks.runs import FindingRun, SpanRows
from spanproof.checks.view import View
from spanproof.corpus.written_paths import written_path
from spanproof.schema.node import Place
from spanproof.schema.paths import path_at, place_of


def findings_of_run(run: HitRun, rule: Rule, view: View, severities: Severities, seen: Seen) -> Iterator[FindingRun]:
    """Yield the findings of many spans, those of one file together, and hide errors from the rules to come.

    Args:
        run: what the rule says of them.
        rule: the rule.
        view: the batch.
        severities: what layers make of findings.
        seen: counts what they turn off.
    """
    spans, place = run.spans, run.spans.node.place
    setting = severities.setting(rule, place)
    if setting == "off":
        seen.turned_off[rule.code] += len(run.k)
        return
    if setting == "error":
        spans.sound[run.k] = False
    rows, bounds = spans.items.doc[run.k[run.bounds[:-1]]].tolist(), run.bounds.tolist()
    files = [view.batch.origin[row][0] for row in rows]
    ends = [n for n in range(1, len(files)) if files[n] != files[n - 1]]
    for low, high in itertools.pairwise([0, *ends, len(files)]):
        first, some = bounds[low], rows[low:high]
        ks = run.k[first : bounds[high]]
        yield FindingRun(
            rule.code,
            setting,
            layer_name(place),
            files[low],
            run.saying if callable(run.saying) else run.saying[first : bounds[high]],
            place,
            [name_of(view, row) for row in some],
            [view.batch.origin[row][1] for row in some],
            some,
            [view.string(row, spans.member) for row in some],
            [one.cause for one in run.diagnoses[low:high]],
            [one.moves for one in run.diagnoses[low:high]],
            [bound - first for bound in bounds[low : high + 1]],
            _rows(view, run, ks),
            view.batch.listed,
            _written_place(view, place),
        )


def _written_place(view: View, place: Place) -> Place | None:
    """Return where spans stand in records that have other names for members; None where there are no records."""
    lens = view.schema.lens
    if lens is None or not view.batch.within:
        return None
    return place_of(written_path(lens.shape, path_at(place, itertools.repeat(0)), None))


def _rows(view: View, run: HitRun, ks: Ints) -> SpanRows:
    """Return some spans as columns."""
    items, which = run.spans.items, to_arrow(ks)
    ids, labels = (
        items.columns[name].take(which) if name else None
        for name in (view.schema.key_of(run.spans.node), items.node.label)
    )
    start, end, words = (items.columns[name].take(which) for name in ("start", "end", "text"))
    return SpanRows(tuple(to_arrow(numbers[ks]) for numbers in items.at), ids, start, end, words, labels)
