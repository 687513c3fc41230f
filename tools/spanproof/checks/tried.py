"""What is found in the batches of a corpus, with every correction tried."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from spanproof.checks.at_once import FoundInRows, corrected_at_once
from spanproof.checks.corrections import Outcome, Wanted, made, through
from spanproof.checks.gathered import Gathered
from spanproof.checks.judging import Standard, findings_across, judged
from spanproof.checks.report import Seen
from spanproof.checks.rule import Rule
from spanproof.checks.rules import catalogue
from spanproof.checks.runs import FindingRun, Found, each
from spanproof.checks.selection import asked_for
from spanproof.checks.trial_batch import trial_batches
from spanproof.checks.trials import Judge, outcomes
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.findings import Finding
from spanproof.corpus.settings import UNSETTLED, Settings
from spanproof.corpus.shapes import ShapeError
from spanproof.corpus.waivers import Waived


@dataclass(frozen=True)
class Tried:
    """What is found in a batch, and what became of the corrections.

    Attributes:
        batch: the documents; None for what is found across documents, or in a publication.
        parts: what is found, as it is kept. A correction that was tried and refused isn't there, but why it was.
        proved: what became of the proved corrections, by the row of the document.
        likely: what became of all, those that are likely made after the proved ones.
    """

    batch: Batch | None
    parts: Sequence[Found]
    proved: Mapping[int, Outcome] = field(default_factory=dict)
    likely: Mapping[int, Outcome] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        """Return what is found."""
        return list(each(self.parts))

    def left(self, likely: bool) -> Iterator[Found]:
        """Yield what is found once the proved corrections are made, or all of them."""
        changed = {row: outcome for row, outcome in (self.likely if likely else self.proved).items() if outcome.steps}
        yield from (part for part, is_changed in _apart(self.parts, changed) if not is_changed)
        yield from (finding for outcome in changed.values() for finding in outcome.left)


def tried(
    corpus: Corpus,
    rules: Sequence[Rule] | None = None,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    settings: Settings = UNSETTLED,
    seen: Seen | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Tried]:
    """Yield what is found in a corpus, batch by batch, with every correction tried; what is found across them last.

    Args:
        corpus: the documents; what a waiver covers is right as it is, and isn't corrected.
        rules: the rules to judge by; the whole catalogue by default.
        select: codes or prefixes of codes whose corrections are tried; all by default.
        ignore: codes or prefixes whose corrections aren't.
        settings: what a project doesn't want corrected in which files.
        seen: counts the documents and spans that went by.
        progress: called with the number of documents of each batch that is done.
    """
    standard = Standard.of(corpus, catalogue() if rules is None else rules)
    gathered, wanted = Gathered(seen or Seen()), wanted_of(corpus, select, ignore, settings)
    batches = standard.evidence.judged(corpus.batches)
    yield from tried_alone(standard, batches, gathered, wanted, progress)
    yield from (Tried(None, findings) for findings in findings_across(standard, gathered))


def wanted_of(corpus: Corpus, select: Sequence[str], ignore: Sequence[str], settings: Settings) -> Wanted:
    """Return what says whether the correction of a finding is asked for, and no waiver covers it.

    Args:
        corpus: has the waivers.
        select: codes or prefixes of codes whose corrections are tried; all where it is empty.
        ignore: codes or prefixes whose corrections aren't.
        settings: what a project doesn't want corrected in which files.
    """
    decided = Waived(corpus.waivers)
    return lambda finding: asked_for(finding, select, ignore, settings) and not decided.covering(finding)


def tried_alone(
    standard: Standard,
    batches: Iterable[Batch],
    gathered: Gathered,
    wanted: Wanted,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Tried]:
    """Yield what is found in batches, in each by itself, with every correction tried.

    Args:
        standard: what they are judged by.
        batches: the documents.
        gathered: takes what is judged when all batches are known.
        wanted: whether the correction of a finding is asked for.
        progress: called with the number of documents of each batch that is done.
    """
    alone = [rule for rule in standard.those_about("documents") if rule.collect is None]
    decided = Waived(standard.corpus.waivers)
    for batch, findings in judged(standard, batches, gathered, progress):
        by_row = FoundInRows(findings)
        if not by_row.offering:
            yield Tried(batch, findings)
            continue
        judging = replace(standard, rules=alone, searched=gathered.searched)
        moved = replace(judging, rules=[rule for rule in alone if not rule.of_texts])
        moves = by_row.moves(wanted, decided)
        if batch.within:
            moves = {
                row: one for row, one in moves.items() if row not in batch.raw and by_row.has_only(one, row, alone)
            }
        at_once = corrected_at_once(batch, by_row, moves, partial(_verdict, moved), wanted, alone)
        others = {row: list(each(by_row.parts(row))) for row in sorted(by_row.offering) if row not in at_once}
        judge = partial(_verdicts, judging, batch)
        documents = batch.some(list(others))
        proved = at_once | _written(batch, documents, others, judge, lambda one: one.level == "proved" and wanted(one))
        # What isn't offered a correction now has none that is likely.
        rest = {row: outcome for row, outcome in proved.items() if any(one.fix for one in outcome.left)}
        more = _written(
            batch,
            made(batch, rest),
            {row: outcome.left for row, outcome in rest.items()},
            judge,
            lambda one: one.level == "likely" and wanted(one),
        )
        likely = {row: outcome.then(more.get(row)) for row, outcome in proved.items()}
        after = [*_told(findings, at_once, partial(_after_trial, proved, likely))]
        yield Tried(batch, after, _in_order(proved), _in_order(likely))


def _verdict(standard: Standard, batch: Batch) -> Iterator[Finding]:
    """Yield what a fresh check would find in a batch."""
    for _, findings in judged(standard, [batch], Gathered(Seen())):
        yield from each(findings)


def _verdicts(
    standard: Standard, batch: Batch, documents: Mapping[int, Any], silent: Collection[str]
) -> dict[int, list[Finding]]:
    """Return what a fresh check would find in each of some documents.

    Args:
        standard: what they are judged by.
        batch: the batch that they are from.
        documents: the documents as they would become, by their row there.
        silent: the codes of rules that are left out.
    """
    findings: dict[int, list[Finding]] = {row: [] for row in documents}
    some = replace(standard, rules=[rule for rule in standard.rules if rule.code not in silent])
    for rows, again in trial_batches(batch, documents, standard.corpus.schema):
        for finding in _verdict(some, again):
            if finding.row is not None:
                findings[rows[finding.row]].append(replace(finding, row=rows[finding.row]))
    return findings


def _written(
    batch: Batch, documents: dict[int, Any], findings: Mapping[int, Sequence[Finding]], judge: Judge, wanted: Wanted
) -> dict[int, Outcome]:
    """Try the corrections of documents so that what they become can be written in the shape of their records.

    A record is written once for all of its documents. Only where that can't be is each trial asked.

    Args:
        batch: the batch.
        documents: some of its documents, by their row.
        findings: their findings, by the same.
        judge: the check.
        wanted: whether the correction of a finding is asked for.
    """
    tries = outcomes(documents, findings, judge, lambda *_: "", wanted)
    of_record: dict[int, list[int]] = {}
    for row, outcome in tries.items():
        if outcome.steps and batch.within:
            of_record.setdefault(batch.within[row][0], []).append(row)
    for rows in of_record.values():
        if _unwritable(batch, {row: tries[row].made(documents[row]) for row in rows}):
            some = {row: documents[row] for row in rows}
            tries |= outcomes(some, findings, judge, lambda row, one: _unwritable(batch, {row: one}), wanted)
    return tries


def _unwritable(batch: Batch, documents: Mapping[int, Any]) -> str:
    """Return why documents of a batch can't be written as they become; empty if they can."""
    try:
        list(batch.changed(documents))
    except ShapeError as error:
        return str(error)
    return ""


def _in_order(outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    return dict(sorted(outcomes.items()))


def _told(
    findings: Iterable[Found], at_once: Container[int | None], after_trial: Callable[[Finding], Finding]
) -> Iterator[Found]:
    """Yield findings after the trial of their corrections.

    Args:
        findings: those before.
        at_once: the documents of which every correction was made, by their row.
        after_trial: makes of another finding what is said of it.
    """
    for part, is_settled in _apart(findings, at_once):
        yield from [part] if is_settled else map(after_trial, each([part]))


def _apart(findings: Iterable[Found], rows: Container[int | None]) -> Iterator[tuple[Found, bool]]:
    """Yield findings with whether they are in some documents, given by row; a run in parts where it is in others."""
    for one in findings:
        if not isinstance(one, FindingRun):
            yield one, one.row in rows
            continue
        yield from one.parts([row in rows for row in one.rows])


def _after_trial(proved: Mapping[int, Outcome], likely: Mapping[int, Outcome], finding: Finding) -> Finding:
    """Return a finding without its correction where that was refused, with the reason."""
    if not finding.fix or finding.row is None:
        return finding
    key, outcome = (finding.code, finding.path), proved[finding.row]
    if finding.level == "likely":
        path = through(outcome.steps)(finding.path)
        key, outcome = (finding.code, () if path is None else path), likely[finding.row]
    why = outcome.refused.get(key)
    return replace(finding, fix=(), refused=why) if why else finding
