"""The check of a corpus: rules judge its batches one after another, and its dataset folders."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spanproof.checks.baseline import NOTHING, Baseline
from spanproof.checks.located import LineFinder
from spanproof.checks.pieces import AskedFindings, found
from spanproof.checks.report import CheckInterrupted, Report, Seen, report_of
from spanproof.checks.rule import Rule
from spanproof.checks.rules import with_first
from spanproof.checks.selection import codes_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.settings import UNSETTLED, Settings
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.formats.folders import provable
from spanproof.parsing.arguments import demanding
from spanproof.schema.schema import Schema


@demanding("select", "ignore", "baseline", "settings", "progress", "reported", "jobs")
def check(
    corpus: Openable,
    *,
    rules: Iterable[Rule] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    baseline: Baseline = NOTHING,
    settings: Settings = UNSETTLED,
    progress: Callable[[int], None] | None = None,
    reported: Callable[[Finding], None] | None = None,
    jobs: int = 1,
) -> Report:
    """Check a corpus by every rule that its schema calls for.

    The corpus is judged batch by batch, in memory that one batch needs. Where a batch leaves wrong offsets of which
    nothing is proved, the corpus is read once more for a sample of the documents that have some. The dataset folders
    among the paths that it was opened from are judged as publications too.

    Args:
        corpus: what :func:`spanproof.read` returned; or a path, or whatever else :func:`spanproof.read` takes; or a
            list of documents in the form of the annotated article. The path of a table of a dataset folder whose rows
            aren't documents stands for the folder.
        rules: the rules to judge by; every known rule by default. Before them the built-in rules of reading (SP001 to
            SP010) and of offsets (SP101 to SP106) always judge, and what they find is reported: what couldn't be read
            is never clean, and a rule finds no span ``open`` that isn't where it says.
        select: codes, prefixes of codes (``SP1``) or names of rules to report; all that judge by default.
        ignore: codes, prefixes or names not to report. What couldn't be read is reported all the same.
        baseline: findings that are known and set apart.
        settings: what a project doesn't want reported in which files; its other settings are arguments here.
        progress: called with the number of documents of each batch that is done.
        reported: called with each finding of the report, as soon as it is known.
        jobs: how many processes judge a corpus that was read from files; the report is the same.

    Returns:
        The findings, those that a waiver covers apart, and how much was read.

    Raises:
        TypeError: ``corpus`` can't be opened as one, or ``select`` or ``ignore`` is one string.
        ValueError: no rule that judges has a code, prefix or name of ``select`` or ``ignore``; or one of ``rules`` has
            the code or name of another.
        PluginError: ``rules`` isn't given and an installed package offers something that is no usable rule.
        SchemaError: a layer of the schema changes the severity of a rule where that can't be.
        WorkerError: a process that judged was ended from outside, so that not all was judged.
        CheckInterrupted: Ctrl-C was pressed; it is a ``KeyboardInterrupt`` with the report of what was judged.
    """
    judging = None if rules is None else with_first(rules)
    names = None if judging is None else {rule.code: rule.name for rule in judging}
    select, ignore = codes_of(select, names), codes_of(ignore, names)
    opened = as_corpus(provable(Path(corpus)) if isinstance(corpus, str | Path) else corpus)
    seen = Seen()
    asked = AskedFindings(judging, select, ignore, settings)
    lines = LineFinder()
    findings = lines.all_located(found(opened, asked, seen, jobs=jobs, progress=progress))
    try:
        report = report_of(
            findings,
            seen,
            select=select,
            ignore=ignore,
            waivers=opened.waivers if names is None else [one for one in opened.waivers if one.code in names],
            baseline=baseline if names is None else baseline.of_rules(names),
            settings=settings,
            reported=reported,
        )
    except CheckInterrupted as interruption:
        raise CheckInterrupted(_of_schema(interruption.report, opened.schema, names)) from interruption
    return _of_schema(report, opened.schema, names)


def _of_schema(report: Report, schema: Schema, names: Mapping[str, str] | None) -> Report:
    """Return a report with what the schema says of itself, and the names of the rules."""
    return replace(report, guess=schema.guess, unchecked=schema.unchecked, names=names or {})
