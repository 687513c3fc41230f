"""Corrections: edits of documents, proved before they are kept, and the changed files.

A correction is kept only if its finding is gone, no error is there that wasn't, and correcting again changes nothing.
"""

import difflib
import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from spanproof.checks.check import findings_of
from spanproof.checks.report import selected
from spanproof.checks.rule import Rule
from spanproof.checks.rules import catalogue
from spanproof.corpus.documents import Batch, Corpus, batch_of
from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.findings import Finding
from spanproof.corpus.shapes import ShapeError
from spanproof.formats.article import layout
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.formats.files import replace_file
from spanproof.formats.registry import format_of

_ROUNDS = 8  # in which edits may uncover findings that have corrections themselves


@dataclass(frozen=True)
class Corrected:
    """A document with its proved corrections.

    Attributes:
        document: the document with every correction made.
        ended: the findings that the corrections end.
        edits: the edits of each correction, in the order in which they were made.
    """

    document: Any
    ended: tuple[Finding, ...]
    edits: tuple[tuple[Edit, ...], ...]

    def again(self, document: Any) -> Any:
        """Make the edits once more, on the document as its file has it (an article's text stands elsewhere)."""
        return functools.reduce(apply, self.edits, document)


@dataclass(frozen=True)
class Patch:
    """A file with its corrections.

    Attributes:
        file: the file.
        before: its bytes as they are.
        after: its bytes with the corrections.
        ended: the findings that the corrections end.
        documents: of each document that changes, what it was and what it becomes.
    """

    file: Path
    before: bytes
    after: bytes
    ended: tuple[Finding, ...]
    documents: tuple[tuple[Any, Any], ...]

    def diff(self) -> str:
        """Return the change as a unified diff that ``patch`` and ``git apply`` take.

        That of a binary file is the diff of its documents.
        """
        name = self.file.as_posix()
        try:
            before, after = self.before.decode(), self.after.decode()
        except UnicodeDecodeError:
            before, after = ("".join(layout(pair[side]) for pair in self.documents) for side in (0, 1))
        lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}", n=1)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def write(self) -> None:
        """Replace the file, whole or not at all."""
        replace_file(self.file, self.after)


def _lines(text: str) -> list[str]:
    """Cut at line feeds and nothing else: a lone CR or U+2028 in a document is no line end of the file."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]


@dataclass(frozen=True)
class Fixed:
    """A corpus with its proved corrections.

    Attributes:
        corpus: the corpus with every correction made, in memory.
        ended: the findings that the corrections end.
        patches: the files with their corrections, for a corpus that was read from files; nothing is written before
            :meth:`write`.
    """

    corpus: Corpus
    ended: tuple[Finding, ...]
    patches: tuple[Patch, ...]

    def diff(self) -> str:
        """Return the changes of all files as a unified diff."""
        return "".join(patch.diff() for patch in self.patches)

    def write(self) -> None:
        """Replace the files that have corrections, each whole or not at all."""
        for patch in self.patches:
            patch.write()


def fix(
    corpus: Openable, *, rules: Sequence[Rule] | None = None, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Fixed:
    """Make the proved corrections of a corpus, in memory.

    Args:
        corpus: the documents; or what :func:`spanproof.read` takes, or documents of the annotated article.
        rules: the rules whose corrections are made; the whole catalogue by default.
        select: codes or prefixes of codes whose corrections are made; all by default.
        ignore: codes or prefixes whose corrections are not made.
    """
    opened = as_corpus(corpus).load()
    corrections = list(_corrections(opened, rules, select, ignore))
    batches = []
    for batch, changed in corrections:
        documents = {row: corrected.document for row, corrected in changed.items()}
        batches.append(batch.with_changes(documents, opened.schema) if changed else batch)
    ended = [finding for _, changed in corrections for corrected in changed.values() for finding in corrected.ended]
    patches = tuple(_patches(opened, corrections))
    return Fixed(replace(opened, batches=tuple(batches)), tuple(ended), patches)


def patches(
    corpus: Corpus, *, rules: Sequence[Rule] | None = None, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Iterator[Patch]:
    """Yield the files of a corpus that have corrections; nothing is written.

    Args:
        corpus: documents that were read from files; those in memory have no file and give no patch.
        rules: the rules whose corrections are made; the whole catalogue by default.
        select: codes or prefixes of codes whose corrections are made; all by default.
        ignore: codes or prefixes whose corrections are not made.

    Raises:
        OSError: a file can't be read.
        ValueError: a file can't hold the corrected documents.
    """
    return _patches(corpus, _corrections(corpus, rules, select, ignore))


def _patches(corpus: Corpus, corrections: Iterable[tuple[Batch, Mapping[int, Corrected]]]) -> Iterator[Patch]:
    """Yield the files that have corrections; the batches of a file stand one after the other."""
    filled = ((batch, changed) for batch, changed in corrections if batch.columns.num_rows)
    for name, batches in groupby(filled, key=lambda pair: pair[0].origin[0][0]):
        known = format_of(Path(name)) if name else None
        if name is None or known is None:
            continue
        changes: dict[int, Callable[[Any], Any]] = {}
        documents: list[tuple[Any, Any]] = []
        ended: list[Finding] = []
        position = 0
        for batch, changed in batches:
            lines = dict(zip((record for record, _ in batch.within), (line for _, line in batch.origin), strict=False))
            for record, written in batch.changed({row: corrected.document for row, corrected in changed.items()}):
                line = lines[record]
                changes[position + record if line is None else line] = functools.partial(_replaced, written)
            for row, corrected in changed.items():
                line = batch.origin[row][1]
                if not batch.within:
                    changes[position + row if line is None else line] = corrected.again
                documents.append((batch.document(row), corrected.document))
                ended += corrected.ended
            position += len(batch.records) or batch.columns.num_rows
        if changes:
            file = Path(name)
            after = known.amend(file, changes, corpus.schema)
            yield Patch(file, file.read_bytes(), after, tuple(ended), tuple(documents))


def _replaced(written: Any, _: Any) -> Any:
    """Return a record in the place of another."""
    return written


def _corrections(
    corpus: Corpus, rules: Sequence[Rule] | None, select: Sequence[str], ignore: Sequence[str]
) -> Iterator[tuple[Batch, Mapping[int, Corrected]]]:
    """Yield the batches of a corpus, each with its documents that have corrections, by their row."""
    within = _within(rules)
    for batch in corpus.batches:
        suspects = findings_of(replace(corpus, batches=(batch,), publications=()), rules=within)
        rows = sorted({finding.row for finding in suspects if finding.fix and finding.row is not None})
        tried = ((k, _corrected(batch, k, corpus, rules, select, ignore)) for k in rows)
        yield batch, {row: corrected for row, corrected in tried if corrected.ended}


def _corrected(
    batch: Batch, row: int, corpus: Corpus, rules: Sequence[Rule] | None, select: Sequence[str], ignore: Sequence[str]
) -> Corrected:
    """Return a document of a batch with every proved correction that can be said as the document is written."""

    def writable(document: Any) -> bool:
        try:
            return all(True for _ in batch.changed({row: document} if batch.within else {}))
        except ShapeError:
            return False

    return corrected_of(batch.document(row), corpus, rules=rules, select=select, ignore=ignore, writable=writable)


def _within(rules: Sequence[Rule] | None) -> tuple[Rule, ...]:
    """Return the rules that judge a document alone."""
    return tuple(rule for rule in (catalogue() if rules is None else rules) if rule.collect is None)


def corrected_of(
    document: Any,
    corpus: Corpus,
    *,
    rules: Sequence[Rule] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    writable: Callable[[Any], bool] = lambda _: True,
) -> Corrected:
    """Return a document with every proved correction made.

    Args:
        document: a document, sound or not; it isn't changed.
        corpus: gives the schema and the registries.
        rules: the rules whose corrections are made; the whole catalogue by default.
        select: codes or prefixes of codes whose corrections are made; all by default.
        ignore: codes or prefixes whose corrections are not made.
        writable: says whether a corrected document can be written in the shape of its file.
    """
    within = _within(rules)

    def judge(document: Any) -> list[Finding]:
        alone = Corpus(corpus.schema, (batch_of([document], corpus.schema.canonical),), corpus.registries)
        return list(findings_of(alone, rules=within))

    ended: list[Finding] = []
    kept: list[tuple[Edit, ...]] = []
    findings = judge(document)
    for _ in range(_ROUNDS):
        progress = False
        for cured in _by_correction(findings, select, ignore):
            edits = cured[0].fix
            changed = apply(document, edits)
            after = judge(changed)
            if _proved(edits, cured, findings, after) and writable(changed):
                document, findings, progress = changed, after, True
                ended += cured
                kept.append(edits)
                # A removal moves what comes after it, so that the other edits' paths are stale.
                if edits[0].remove:
                    break
        if not progress:
            break
    return Corrected(document, tuple(ended), tuple(kept))


def _by_correction(findings: Sequence[Finding], select: Sequence[str], ignore: Sequence[str]) -> list[list[Finding]]:
    """Return the findings that have a correction, those of one correction together."""
    groups: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.fix and finding.level == "proved" and selected(finding.code, select, ignore):
            groups[id(finding.fix)].append(finding)
    return list(groups.values())


def _proved(
    edits: Sequence[Edit], cured: Sequence[Finding], before: Sequence[Finding], after: Sequence[Finding]
) -> bool:
    """Say whether the findings of a correction are gone, or fewer where it removes something, and no error is new."""
    gone = {(f.code, f.path) for f in cured}.isdisjoint((f.code, f.path) for f in after)
    fewer = edits[0].remove and len(after) < len(before)
    return (gone or fewer) and _errors(after) <= _errors(before)


def _errors(findings: Sequence[Finding]) -> Counter[str]:
    return Counter(finding.code for finding in findings if finding.severity == "error")


def counted(cured: Sequence[Finding]) -> Mapping[str, int]:
    """Count the findings of each code that corrections end."""
    return dict(sorted(Counter(finding.code for finding in cured).items()))
