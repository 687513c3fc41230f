"""Corrections: edits of documents, tried before they are kept, and the changed files.

A correction is kept only if its finding is gone, no error is there that wasn't, and correcting again changes nothing.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from spanproof.checks.corrections import Outcome, made
from spanproof.checks.patch import Patch
from spanproof.checks.rule import Rule
from spanproof.checks.rules import as_rules, with_first
from spanproof.checks.selection import codes_of
from spanproof.checks.tried import Tried, tried
from spanproof.corpus.documents import Batch, Corpus, batch_of
from spanproof.corpus.findings import Finding
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
    ended: tuple[Finding, ...]
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
    batches, ended = [], []
    for one in trials:
        if one.batch is None:
            continue
        outcomes = _changing(one.likely if likely else one.proved)
        documents = made(one.batch, outcomes)
        batches.append(one.batch.with_changes(documents, opened.schema) if outcomes else one.batch)
        ended += [finding for outcome in outcomes.values() for finding in outcome.ended]
    refused = tuple(finding for one in trials for finding in one.findings if finding.refused)
    patches = tuple(patches_of(trials, opened.schema, likely=likely))
    return Fixed(replace(opened, batches=tuple(batches)), tuple(ended), refused, patches)


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
    alike = True
    for one in batches:
        assert one.batch is not None
        alike &= all(outcome.steps == one.proved[row].steps for row, outcome in one.likely.items())
        outcomes = _changing(one.likely if likely else one.proved)
        if not likely:
            proved.add(one.batch, outcomes)
        every.add(one.batch, _changing(one.likely))
        documents += [
            (document, outcomes[row].made(document)) for row, document in one.batch.some(list(outcomes)).items()
        ]
    if not every.of:
        return
    known, before = format_in(file, schema), file.read_bytes()
    assert known is not None
    if likely or alike:
        yield Patch(file, before, known.amend(file, every.of, schema), every.all_ended, tuple(documents))
        return
    after = known.amend(file, proved.of, schema) if proved.of else before
    more = (finding for k, ended in every.ended.items() for finding in ended[len(proved.ended.get(k, ())) :])
    with_likely = known.amend(file, every.of, schema)
    yield Patch(file, before, after, proved.all_ended, tuple(documents), with_likely, tuple(more))


@dataclass
class _Changes:
    """What is written back into a file, as it is gathered batch by batch. Nothing else writes corrected documents.

    Attributes:
        of: what makes the new document, or record, of the old one, by its line, or its position where it has none.
        ended: the findings that are ended, by the number of their document.
        rows: how many documents the file has so far.
        position: how many documents or records it has so far.
    """

    of: dict[int, Callable[[Any], Any]] = field(default_factory=dict)
    ended: dict[int, tuple[Finding, ...]] = field(default_factory=dict)
    rows: int = 0
    position: int = 0

    @property
    def all_ended(self) -> tuple[Finding, ...]:
        """Return all findings that are ended."""
        return tuple(finding for ended in self.ended.values() for finding in ended)

    def add(self, batch: Batch, outcomes: Mapping[int, Outcome]) -> None:
        """Add the corrected documents of the next batch.

        Args:
            batch: the documents, some of which may stand in one record.
            outcomes: what became of those that change, by their row.
        """
        for row, outcome in outcomes.items():
            self.ended[self.rows + row] = outcome.ended
            if not batch.within:
                self._set(batch.origin[row][1], row, outcome.made)
        lines = {batch.within[row][0]: batch.origin[row][1] for row in outcomes} if batch.within else {}
        for record, written in batch.changed(made(batch, outcomes)) if batch.within else ():
            self._set(lines[record], record, functools.partial(_replaced, written))
        self.rows += batch.columns.num_rows
        self.position += len(batch.records) or batch.columns.num_rows

    def _set(self, line: int | None, position: int, change: Callable[[Any], Any]) -> None:
        self.of[self.position + position if line is None else line] = change


def _replaced(written: Any, _: Any) -> Any:
    """Return a record in the place of another."""
    return written


def _changing(outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return what became of the documents that corrections change."""
    return {row: outcome for row, outcome in outcomes.items() if outcome.steps}


def corrected_of(document: Any, corpus: Corpus, *, ignore: Sequence[str] = ()) -> tuple[Any, tuple[Finding, ...]]:
    """Return a document with every proved correction made, and the findings that are gone.

    Args:
        document: a document, sound or not; it isn't changed.
        corpus: gives the schema and the registries.
        ignore: codes or prefixes whose corrections are not made.
    """
    alone = replace(corpus, batches=(batch_of([document], corpus.schema.canonical),), publications=())
    outcome = next(tried(alone, ignore=ignore)).proved.get(0, Outcome((), tuple, (), {}))
    return outcome.made(document), outcome.ended


def counted(ended: Sequence[Finding]) -> Mapping[str, int]:
    """Count the findings of each code that corrections end."""
    return dict(sorted(Counter(finding.code for finding in ended).items()))
