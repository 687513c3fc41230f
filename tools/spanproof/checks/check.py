"""The check of a corpus: rules judge its batches one after another, and its dataset folders."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from spanproof.checks.baseline import NOTHING, Baseline
from spanproof.checks.located import LineFinder
from spanproof.checks.pieces import AskedFindings, found
from spanproof.checks.report import CheckInterrupted, Report, Seen, report_of
from spanproof.checks.rule import Rule
from spanproof.checks.selection import codes_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.settings import UNSETTLED, Settings
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.formats.folders import provable


def check(
    corpus: Openable,
    *,
    rules: Sequence[Rule] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    baseline: Baseline = NOTHING,
    settings: Settings = UNSETTLED,
    progress: Callable[[int], None] | None = None,
    reported: Callable[[Finding], None] | None = None,
    jobs: int = 1,
) -> Report:
    """Check a corpus by every rule that its schema calls for.

    The corpus is judged batch by batch, in memory that one batch needs. The dataset folders among the paths that it was
    opened from are judged as publications too.

    Args:
        corpus: the documents, with their schema, registries and waivers; or what :func:`spanproof.read` takes, or
            documents of the annotated article. For the path of a table of a dataset folder whose rows aren't documents,
            the folder is checked.
        rules: the rules to judge by; the whole catalogue by default.
        select: codes, prefixes of codes (``SP1``) or names of rules to report; all by default.
        ignore: codes, prefixes or names not to report.
        baseline: findings that are known and set apart.
        settings: what a project doesn't want reported in which files; its other settings are arguments here.
        progress: called with the number of documents of each batch that is done.
        reported: called with each finding of the report, as soon as it is known.
        jobs: how many processes judge a corpus that was read from files; the report is the same.

    Returns:
        The findings, those that a waiver covers apart, and how much was read.

    Raises:
        TypeError: ``corpus`` can't be opened as one, or ``select`` or ``ignore`` is one string.
        ValueError: no rule has a code, prefix or name of ``select`` or ``ignore``.
        PluginError: ``rules`` isn't given and an installed package offers something that is no usable rule.
        SchemaError: a layer of the schema changes the severity of a rule where that can't be.
        WorkerError: a process that judged was ended from outside, so that not all was judged.
        CheckInterrupted: Ctrl-C was pressed; it is a ``KeyboardInterrupt`` with the report of what was judged.
    """
    if rules is None:
        select, ignore = codes_of(select), codes_of(ignore)
    opened = as_corpus(provable(Path(corpus)) if isinstance(corpus, str | Path) else corpus)
    seen = Seen()
    asked = AskedFindings(rules, tuple(select), tuple(ignore), settings)
    lines = LineFinder()
    findings = map(lines.located, found(opened, asked, seen, jobs=jobs, progress=progress))
    try:
        report = report_of(
            findings,
            seen,
            select=select,
            ignore=ignore,
            waivers=opened.waivers,
            baseline=baseline,
            settings=settings,
            reported=reported,
        )
    except CheckInterrupted as interruption:
        raise CheckInterrupted(replace(interruption.report, guess=opened.schema.guess)) from interruption
    return replace(report, guess=opened.schema.guess)
