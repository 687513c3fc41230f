"""What is demanded of gold and predictions before they are scored: that the check can read all of them as spans."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from spanproof.checks.judging import findings_of
from spanproof.checks.predictions import CODES
from spanproof.checks.report import UNREAD
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Batch, Corpus, demand_readable
from spanproof.corpus.findings import Finding
from spanproof.corpus.relabelling import labels_of
from spanproof.metrics.foreign_labels import label_sizes, stated
from spanproof.metrics.label_sets import LabelTable, labels_of_table
from spanproof.metrics.records import DOCUMENTS
from spanproof.metrics.score import Scores, score, shift_between
from spanproof.metrics.task_layers import Task
from spanproof.schema.lens import Lens
from spanproof.systems.outcomes import RequestOutcomes

CHECK = "spanproof check"
"""The command that shows all faults of a corpus."""
_SHOWN = 3
_CODES = frozenset(CODES) | UNREAD


def sound_scores(
    gold: Corpus,
    predicted: Corpus,
    task: Task,
    *,
    names: tuple[str, str] = ("gold", "the prediction"),
    labels: str | LabelTable | None = None,
    layer: str | None = None,
    renamed: Mapping[str, str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    outcomes: RequestOutcomes | None = None,
    shown_by: str = CHECK,
    records: Mapping[str, int] | None = None,
    unit: str = DOCUMENTS,
) -> Scores:
    """Score a prediction against gold once the check can read both as spans.

    Args:
        gold: the reference.
        predicted: the prediction.
        task: what is asked.
        names: what the two are called in messages: their paths.
        labels: see :func:`spanproof.metrics.score.score`.
        layer: likewise.
        renamed: likewise.
        resamples: draws for each interval.
        seed: of the draws.
        outcomes: of the answers that the prediction was made of: those without a place count as spurious, and no shift
            is sought, since the offsets are ours. None for any other prediction.
        shown_by: the command that shows all faults of the prediction.
        records: see :func:`spanproof.metrics.score.score`.
        unit: likewise.

    Raises:
        ValueError: one of the two is unsound, gold has nothing that is asked for, or see
            :func:`spanproof.metrics.score.score`.
    """
    reference = demand_sound(gold, names[0])
    shift = None if outcomes else shift_between(reference, predicted.load(), task, labels, layer)
    try:
        guess = demand_sound(predicted, names[1], shown_by)
    except ValueError as error:
        raise ValueError(f"{error}\n  cause: {shift}" if shift else str(error)) from None
    if shift:
        raise ValueError(f"{names[1]}: not scored: {shift}")
    scores = score(
        reference, guess, task, labels=labels, layer=layer, renamed=renamed, resamples=resamples, seed=seed,
        spurious=outcomes.unplaced if outcomes else (), records=records, unit=unit,
    )  # fmt: skip
    if not scores.scores[0].n[0]:
        layers = " and ".join(scores.coverage.layers)
        raise ValueError(f"{names[0]}: has no {layers} in {scores.documents} documents; expected gold with some")
    demand_common_label(scores, names[1])
    return scores


def known_to(gold: Corpus, labels: str | LabelTable | None) -> set[str]:
    """Return the labels that gold knows: those of its annotations, of its schema, and of a label set.

    Args:
        gold: the reference.
        labels: the label set that was chosen, or none.
    """
    fields = (node.fields[node.label] for node in gold.schema.canonical.nodes.values() if node.label)
    listed = {label for field in fields for label in field.enum if isinstance(label, str)}
    return labels_of(gold) | listed | labels_of_table(labels)


def demand_common_label(scores: Scores, name: str) -> None:
    """Raise ValueError if a prediction has labels, and none of them is one that gold knows.

    Args:
        scores: of the prediction.
        name: what it is called in the message: its path.
    """
    sizes = label_sizes(scores.scores)
    predicted = {label: n for label, (_, n) in sizes.items() if n}
    if not predicted or predicted.keys() - scores.foreign.keys():
        return
    gold = {label: n for label, (n, _) in sizes.items() if n}
    raise ValueError(
        f"{name}: not scored: gold has none of its labels. It has {stated(predicted)}, gold has {stated(gold)}; "
        "expected labels of gold, or --map PREDICTED=GOLD for each (renamed={PREDICTED: GOLD} in Python)"
    )


def demand_sound(
    corpus: Corpus, name: str, shown_by: str = CHECK, *, codes: Collection[str] = _CODES, done: str = "scored"
) -> Corpus:
    """Return a corpus in memory in which every span can be read as one.

    Args:
        corpus: gold or a prediction.
        name: what it is called in the message: its path.
        shown_by: the command that shows all faults.
        codes: the rules that it has to pass.
        done: what isn't done with a corpus that doesn't.

    Raises:
        ValueError: it can't be read, holds nothing, or the check finds what makes it unreadable as spans: shape,
            offsets, surfaces, labels, keys. The message has the first findings, with their cause where it is known.
    """
    loaded = demand_readable(corpus.load())
    if not len(loaded):
        raise ValueError(f"{name}: holds no documents; expected one or more")
    findings = list(_faults(loaded, codes))
    if findings:
        number = f"{len(findings):,} fault{'s' if len(findings) > 1 else ''}"
        lines = "\n  ".join(_lines(findings))
        raise ValueError(f"{name}: not {done}, {number} (`{shown_by}` shows all):\n  {lines}")
    return loaded


def columns_alone(corpus: Corpus) -> Corpus:
    """Return a corpus in memory, of which sound batches are columns alone: what else a file says takes many times that.

    Batches with faults, which are to be named as they are written, stay as they are, and so do documents that are parts
    of records, which are drawn together.

    Args:
        corpus: gold or a prediction.
    """
    lens = corpus.schema.lens
    return replace(corpus, batches=tuple(_lightened(corpus, batch, lens) for batch in corpus.batches))


def _lightened(corpus: Corpus, batch: Batch, lens: Lens | None) -> Batch:
    if batch.raw or batch.errors or (lens and lens.documents) or any(_faults(replace(corpus, batches=(batch,)))):
        return batch
    return replace(batch, raw={}, records=(), within=())


def _faults(corpus: Corpus, codes: Collection[str] = _CODES) -> Iterator[Finding]:
    rules = [rule for rule in CATALOGUE if rule.code in codes]
    for finding in findings_of(corpus, rules=rules):
        waived = finding.code not in UNREAD and any(waiver.covers(finding) for waiver in corpus.waivers)
        if finding.severity == "error" and not waived:
            yield finding


def _lines(findings: list[Finding]) -> Iterator[str]:
    """Yield the first finding of each code, with its cause and with how many there are more."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    for of_code in list(by_code.values())[:_SHOWN]:
        first = next((finding for finding in of_code if finding.cause), of_code[0])
        cause = f" (cause: {first.cause.statement})" if first.cause else ""
        more = f"; and {len(of_code) - 1:,} more" if len(of_code) > 1 else ""
        yield f"{first}{cause}{more}"
