"""Corrections on trial: all of a document together, and only those kept that end their findings and bring no error.

Corrections are judged by what the check says of the corrected document. All of them are made at once, so that those
which need one another stand or fall together, and one more check is enough where all are right. Where something is
wrong, those are left out that didn't end their finding, or that an error is brought to; if it can't be told which, half
of them is tried, and then the other half. The documents of a batch are judged together, too.

An error isn't brought by a correction if it was there before, behind the finding that the correction ends: an error
hides its span from the rules after it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from spanproof.checks.corrections import (
    Correction,
    Key,
    Outcome,
    Steps,
    Wanted,
    carried,
    compatible,
    offered,
    through,
)
from spanproof.checks.nearness import near_of
from spanproof.corpus.edits import apply
from spanproof.corpus.findings import Finding
from spanproof.schema.paths import Path

_ROUNDS = 8  # in which corrections may uncover findings that have corrections themselves
_FOLLOWING = 2  # in which corrections of what a correction brings are added to it
_TRIALS = 64  # of one document that may fail
_BOUNDS = frozenset({"SP101", "SP102", "SP103", "SP104", "SP105"})  # without these, later rules would read beyond texts

Writable = Callable[[int, Any], str]
"""Takes the number of a document and what it becomes; returns why that can't be said in its file, empty if it can."""
Judge = Callable[[Mapping[int, Any], Collection[str]], Mapping[int, list[Finding]]]
"""Takes documents by their number, and codes of rules that are left out; returns the findings of each document."""
_T = TypeVar("_T")
_Course = Generator[tuple[Any, frozenset[str]], list[Finding], _T]
"""Yields a document to be judged and the codes to leave out, is sent its findings."""


@dataclass(frozen=True)
class _State:
    """A document on its way: its findings, and the steps that led to it."""

    document: Any
    findings: Sequence[Finding]
    steps: Steps = ()


@dataclass(frozen=True)
class _Verdict:
    """What came of a trial.

    Attributes:
        state: what the document is with the corrections; None if something is wrong with them.
        guilty: the corrections that are wrong for sure, and why.
        suspects: those of which some are wrong.
        why: what is wrong, where it can't be told of which correction.
    """

    state: _State | None = None
    guilty: Mapping[Correction, str] = field(default_factory=dict)
    suspects: Collection[Correction] = ()
    why: str = ""


@dataclass(frozen=True)
class _Terms:
    """Which corrections of a document are asked for, and why it can't be written as it becomes, if it can't."""

    wanted: Wanted
    writable: Callable[[Any], str]


@dataclass
class _Log:
    """What is remembered while the corrections of one document are tried: why some are refused, trials that failed."""

    refused: dict[Key, str] = field(default_factory=dict)
    failed: int = 0

    def refuse(self, corrections: Iterable[Correction], why: str) -> None:
        """Remember why corrections are refused."""
        self.refused.update({_key(finding): why for one in corrections for finding in one.cures})

    def has_refused(self, correction: Correction) -> bool:
        """Say whether a correction is refused."""
        return all(_key(finding) in self.refused for finding in correction.cures)


def outcomes(
    documents: Mapping[int, Any],
    findings: Mapping[int, Sequence[Finding]],
    judge: Judge,
    writable: Writable,
    wanted: Wanted,
) -> dict[int, Outcome]:
    """Try the corrections of some documents.

    Args:
        documents: the documents, by any number.
        findings: their findings, by the same.
        judge: the check.
        writable: whether a corrected document can be said in the shape of its file.
        wanted: whether the correction of a finding is asked for.

    Returns:
        What became of each document.
    """
    courses = {
        k: _course(document, findings[k], _Terms(wanted, partial(writable, k))) for k, document in documents.items()
    }
    answers: dict[int, list[Finding] | None] = dict.fromkeys(courses)
    result: dict[int, Outcome] = {}
    while answers:
        questions: dict[frozenset[str], dict[int, Any]] = defaultdict(dict)
        for k, answer in answers.items():
            try:
                document, silent = courses[k].send(answer) if answer is not None else next(courses[k])
                questions[silent][k] = document
            except StopIteration as end:
                result[k] = end.value
        answers = {}
        for silent, asked in questions.items():
            answers.update(judge(asked, silent))
    return result


def _course(document: Any, findings: Sequence[Finding], terms: _Terms) -> _Course[Outcome]:
    """Make what corrections can be made, until none is left that isn't refused."""
    state, log = _State(document, findings), _Log()
    for _ in range(_ROUNDS):
        before, log.refused = state, {}
        while state is before:
            waiting = [
                one
                for one in offered(state.findings, terms.wanted)
                if not {_key(finding) for finding in one.cures} <= log.refused.keys()
            ]
            if not waiting:
                break
            state = yield from _settled(state, compatible(waiting), terms, log)
        if state is before:
            break
    return _outcome(state, findings, log)


def _outcome(state: _State, findings: Sequence[Finding], log: _Log) -> Outcome:
    """Tell of each finding of the first document what became of it."""
    left = {_key(finding) for finding in state.findings}
    moved = through(state.steps)
    ended, refused = [], {}
    for finding in findings:
        path = moved(finding.path)
        if path is None or (finding.code, path) not in left:
            ended.append(finding)
        elif finding.fix:
            refused[_key(finding)] = log.refused.get((finding.code, path), "other corrections leave nothing of it")
    gone = tuple(ended)
    return Outcome(state.steps, lambda: gone, state.findings, refused)


def _settled(state: _State, corrections: Sequence[Correction], terms: _Terms, log: _Log) -> _Course[_State]:
    """Return a document with as many of some corrections as can be made together; the others are refused."""
    pending = list(corrections)
    while pending:
        if log.failed >= _TRIALS:
            log.refuse(pending, f"{_TRIALS} trials of corrections of this document failed before it was its turn")
            break
        verdict = yield from _trial(state, pending, terms)
        if verdict.state is not None:
            return verdict.state
        log.failed += 1
        guilty = verdict.guilty or (dict.fromkeys(pending, verdict.why) if len(pending) == 1 else {})
        for one, why in guilty.items():
            log.refuse([one], why)
        if guilty:
            pending = [one for one in pending if one not in guilty]
            continue
        known = len(state.steps)
        for part in _parts(pending, verdict.suspects):
            left = carried(part, through(state.steps[known:]))
            state = yield from _settled(state, left, terms, log)
        break
    return state


def _parts(pending: Sequence[Correction], suspects: Collection[Correction]) -> tuple[list[Correction], ...]:
    """Return corrections in two parts: those under suspicion last, or halves where this tells nothing."""
    parts = [one for one in pending if one not in suspects], [one for one in pending if one in suspects]
    half = len(pending) // 2
    return parts if all(parts) else (list(pending[:half]), list(pending[half:]))


def _trial(state: _State, corrections: Sequence[Correction], terms: _Terms) -> _Course[_Verdict]:
    """Make corrections, and what else they ask for, and judge them together."""
    steps: Steps = (tuple(edit for one in corrections for edit in one.edits),)
    document = apply(state.document, steps[0])
    findings = yield document, frozenset()
    errors = _errors(state.findings)
    brought = _brought(errors, findings, steps)
    silent = frozenset(finding.code for one in corrections for finding in one.cures) - _BOUNDS
    if brought and silent:
        errors |= _errors((yield state.document, silent))
        brought = _brought(errors, findings, steps)
    for _ in range(_FOLLOWING):
        following = compatible(offered(brought, terms.wanted))
        if not following:
            break
        steps = (*steps, tuple(edit for one in following for edit in one.edits))
        document = apply(document, steps[-1])
        findings = yield document, frozenset()
        brought = _brought(errors, findings, steps)
    moved, left = through(steps), {_key(finding) for finding in findings}
    guilty = {
        one: "it doesn't end the finding"
        for one in corrections
        if any((finding.code, moved(finding.path)) in left for finding in one.cures)
    }
    if not brought and not guilty:
        if why := terms.writable(document):
            return _Verdict(why=why)
        return _Verdict(_State(document, findings, state.steps + steps))
    return _blamed(brought, near_of(corrections, moved, state.document, document), guilty)


def _blamed(
    brought: Sequence[Finding], near: Callable[[Finding], Collection[Correction]], guilty: dict[Correction, str]
) -> _Verdict:
    """Tell which corrections bring errors: the one that is near what is wrong now, or one of the several that are.

    Args:
        brought: the errors that weren't there before.
        near: returns the corrections that may have brought an error.
        guilty: the corrections that are wrong anyway, and why.
    """
    suspects: set[Correction] = set()
    why = ""
    for finding in brought:
        why = f"it would bring {finding.code} at {finding.json_path}"
        some = near(finding)
        if len(some) == 1:
            guilty.setdefault(next(iter(some)), why)
        suspects.update(some)
    return _Verdict(None, guilty, suspects, why)


def _errors(findings: Iterable[Finding]) -> Counter[Key]:
    return Counter(_key(finding) for finding in findings if finding.severity == "error")


def _brought(errors: Mapping[Key, int], findings: Iterable[Finding], steps: Steps) -> list[Finding]:
    """Return the errors of a document that it didn't have before some steps, when it had others."""
    moved, before = through(steps), Counter[tuple[str, Path | None]]()
    for (code, path), number in errors.items():
        before[code, moved(path)] += number
    brought = []
    for finding in findings:
        if finding.severity == "error":
            before[_key(finding)] -= 1
            if before[_key(finding)] < 0:
                brought.append(finding)
    return brought


def _key(finding: Finding) -> Key:
    return finding.code, finding.path
