"""Corrections: edits of documents, tried before they are kept, and the changed files.

A correction is kept only if its finding is gone, no error is there that wasn't, and correcting again changes nothing.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from spanproof.checks.corrections import Outcome, Steps, made
from spanproof.checks.kept import KeptFindings
from spanproof.checks.patch import Patch, is_binary
from spanproof.checks.rule import Rule
from spanproof.checks.rules import as_rules, with_first
from spanproof.checks.runs import Found
from spanproof.checks.selection import codes_of
from spanproof.checks.tried import Tried, tried
from spanproof.corpus.documents import Batch, Corpus, batch_of
from spanproof.corpus.findings import Finding
from spanproof.corpus.moved import Moves
from spanproof.corpus.offset_changes import OffsetChange, offset_changes
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.formats.registry import format_in
from spanproof.parsing.arguments import demanding
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Fixed:
    """A corpus with its proved corrections.

    Attributes:
        corpus: the corpus with every correction made, in memory.
        ended: the findings that the corrections end.
        refused: the findings whose correction was tried and can't be made; each says why.
        patches: the files with their corrections, for a corpus that was read from files; nothing is written before
            :meth:`write`.
    """

    corpus: Corpus
    ended: KeptFindings
    refused: tuple[Finding, ...]
    patches: tuple[Patch, ...]

    def __repr__(self) -> str:
        """Return one line: how many findings are ended, how many corrections are refused, and how many files change."""
        counts = f"{len(self.ended):,} findings ended, {len(self.refused):,} corrections refused"
        return f"<Fixed: {counts}, {len(self.patches):,} files change; {self.corpus!r}>"

    def diff(self) -> str:
        """Return the changes of all files as a unified diff."""
        return "".join(patch.diff() for patch in self.patches)

    def write(self) -> None:
        """Replace the files that have corrections, each whole or not at all."""
        for patch in self.patches:
            patch.write()


@demanding("select", "ignore", "likely")
def fix(
    corpus: Openable,
    *,
    rules: Iterable[Rule] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    likely: bool = False,
) -> Fixed:
    """Make the proved corrections of a corpus, in memory.

    Args:
        corpus: the documents; or what :func:`spanproof.read` takes, or documents of the annotated article. What a
            waiver covers is right as it is.
        rules: the rules whose corrections are made; every known rule by default. Before them the rules of reading and
            of offsets judge, as in :func:`spanproof.check`.
        select: codes or prefixes of codes whose corrections are made; all by default.
        ignore: codes or prefixes whose corrections are not made.
        likely: whether to make corrections that are likely, too.

    Raises:
        ValueError: no rule has a code, prefix or name of ``select`` or ``ignore``.
    """
    rules = None if rules is None else as_rules(rules)
    judging = None if rules is None else with_first(rules)
    names = None if judging is None else {rule.code: rule.name for rule in judging}
    select, ignore = codes_of(select, names), codes_of(ignore, names)
    if judging is not None and rules is not None:
        correcting = {rule.code for rule in rules}
        ignore = (*ignore, *(rule.code for rule in judging if rule.code not in correcting))
    opened = as_corpus(corpus).load()
    trials = list(tried(opened, judging, select=select, ignore=ignore))
    batches, ended = [], list[Found]()
    for one in trials:
        if one.batch is None:
            continue
        outcomes = _changing(one.likely if likely else one.proved)
        documents = made(one.batch, outcomes)
        batches.append(one.batch.with_changes(documents, opened.schema) if outcomes else one.batch)
        ended += [part for outcome in outcomes.values() for part in outcome.ended]
    refused = tuple(refused_of(part for one in trials for part in one.parts))
    patches = tuple(patches_of(trials, opened.schema, likely=likely))
    return Fixed(replace(opened, batches=tuple(batches)), KeptFindings(ended), refused, patches)


def patches_of(trials: Iterable[Tried], schema: Schema, *, likely: bool = False) -> Iterator[Patch]:
    """Yield the files of a corpus that have corrections; nothing is written.

    Args:
        trials: the batches of the corpus with what became of their corrections. Those of documents in memory have no
            file and give no patch.
        schema: what the documents are.
        likely: whether to make corrections that are likely, too. Otherwise a patch only says what they would change.

    Raises:
        OSError: a file can't be read.
        ValueError: a file can't hold the corrected documents.
    """
    filled = (one for one in trials if one.batch is not None and one.batch.columns.num_rows)
    for name, batches in groupby(filled, key=lambda one: one.batch.origin[0][0] if one.batch else None):
        if name is not None and format_in(Path(name), schema) is not None:
            yield from _patch(Path(name), batches, schema, likely)


def _patch(file: Path, batches: Iterable[Tried], schema: Schema, likely: bool) -> Iterator[Patch]:
    """Yield the patch of a file, if it has corrections; its batches stand one after the other."""
    proved, every = _Changes(), _Changes()
    documents: list[tuple[Any, Any]] = []
    before = b""
    for one in batches:
        assert one.batch is not None
        outcomes = _changing(one.likely if likely else one.proved)
        changes = _offset_changes(one, schema)
        if not likely:
            proved.add(one.batch, outcomes, changes)
        every.add(one.batch, _changing(one.likely), changes)
        before = before or (file.read_bytes() if _changing(one.likely) else b"")
        read = one.batch.some(list(outcomes)) if is_binary(before) else {}
        documents += [(document, outcomes[row].made(document)) for row, document in read.items()]
    if not every.of:
        return
    known = format_in(file, schema)
    assert known is not None
    differing = {k: change for k, change in every.of.items() if every.steps[k] != proved.steps.get(k)}
    if likely or not differing:
        yield Patch(file, before, known.amend(file, every.of, schema), every.all_ended, tuple(documents))
        return
    after = known.amend(file, proved.of, schema) if proved.of else before
    more = (
        part
        for k, outcome in every.outcomes.items()
        if k not in proved.outcomes or outcome.steps != proved.outcomes[k].steps
        for part in outcome.ended[len(proved.outcomes[k].ended) if k in proved.outcomes else 0 :]
    )
    with_likely = known.amend(file, differing if known.lined else every.of, schema)
    with_likely = _on_top(after, with_likely, differing) if known.lined else with_likely
    yield Patch(file, before, after, proved.all_ended, tuple(documents), with_likely, KeptFindings(more))


def _offset_changes(one: Tried, schema: Schema) -> Mapping[Moves, OffsetChange]:
    """Return the corrections of a batch that are all that happens to their document, and change offsets alone."""
    assert one.batch is not None
    steps = ((row, outcome.steps) for row, outcome in (*one.proved.items(), *one.likely.items()))
    moves = {row: some[0] for row, some in steps if len(some) == 1 and isinstance(some[0], Moves)}
    return {change.moves: change for change in offset_changes(one.batch, moves, schema).values()}


def _on_top(content: bytes, changed: bytes, numbers: Iterable[int]) -> bytes:
    """Return content with some lines, by their numbers, as other content has them."""
    lines, others = content.split(b"\n"), changed.split(b"\n")
    for number in numbers:
        lines[number - 1] = others[number - 1]
    return b"\n".join(lines)


@dataclass
class _Changes:
    """What is written back into a file, as it is gathered batch by batch. Nothing else writes corrected documents.

    Attributes:
        of: what makes the new document, or record, of the old one, by its line, or its position where it has none.
        steps: what steps led to it, those of each document.
        outcomes: what became of each document that changes, by its number.
        rows: how many documents the file has so far.
        position: how many documents or records it has so far.
    """

    of: dict[int, Callable[[Any], Any]] = field(default_factory=dict)
    steps: dict[int, tuple[Steps, ...]] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    rows: int = 0
    position: int = 0

    @property
    def all_ended(self) -> KeptFindings:
        """Return all findings that are ended."""
        return KeptFindings(part for outcome in self.outcomes.values() for part in outcome.ended)

    def add(self, batch: Batch, outcomes: Mapping[int, Outcome], changes: Mapping[Moves, OffsetChange]) -> None:
        """Add the corrected documents of the next batch.

        Args:
            batch: the documents, some of which may stand in one record.
            outcomes: what became of those that change, by their row.
            changes: those of which offsets alone change, by what moves them.
        """
        numbers, others = dict[int, int](), dict[int, Outcome]()
        for row, outcome in outcomes.items():
            self.outcomes[self.rows + row] = outcome
            line, record = batch.origin[row][1], batch.within[row][0] if batch.within else row
            numbers[record] = number = self.position + record if line is None else line
            self.steps[number] = (*self.steps.get(number, ()), outcome.steps)
            moves = outcome.steps[0]
            only = changes.get(moves) if len(outcome.steps) == 1 and isinstance(moves, Moves) else None
            self.of[number] = only or outcome.made
            if only is None:
                others[row] = outcome
        for record, written in batch.changed(made(batch, others)) if batch.within else ():
            self.of[numbers[record]] = functools.partial(_replaced, written)
        self.rows += batch.columns.num_rows
        self.position += len(batch.records) or batch.columns.num_rows


def _replaced(written: Any, _: Any) -> Any:
    """Return a record in the place of another."""
    return written


def _changing(outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return what became of the documents that corrections change."""
    return {row: outcome for row, outcome in outcomes.items() if outcome.steps}


def corrected_of(document: Any, corpus: Corpus, *, ignore: Sequence[str] = ()) -> tuple[Any, KeptFindings]:
    """Return a document with every proved correction made, and the findings that are gone.

    Args:
        document: a document, sound or not; it isn't changed.
        corpus: gives the schema and the registries.
        ignore: codes or prefixes whose corrections are not made.
    """
    alone = replace(corpus, batches=(batch_of([document], corpus.schema.canonical),), publications=())
    outcome = next(tried(alone, ignore=ignore)).proved.get(0, Outcome((), tuple, (), {}))
    return outcome.made(document), KeptFindings(outcome.ended)


def counted(ended: KeptFindings) -> Mapping[str, int]:
    """Count the findings of each code that corrections end."""
    return dict(sorted(ended.codes.items()))


def refused_of(findings: Iterable[Found]) -> Iterator[Finding]:
    """Yield the findings whose correction was refused; none that is kept as columns is."""
    return (one for one in findings if isinstance(one, Finding) and one.refused)
