"""Corrections: edits of documents, proved before they are kept, and the changed files.

A correction is kept only if its finding is gone, no error is there that wasn't, and correcting again changes nothing.
"""

import difflib
import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.checks.check import findings, selected
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import batch_of
from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.findings import Finding
from spanproof.formats.article import layout
from spanproof.formats.discovery import files, format_of
from spanproof.formats.files import replace_file
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema

_WITHIN = tuple(rule for rule in CATALOGUE if rule.collect is None)
_ROUNDS = 8


def _found(document: Any, schema: Schema, registries: Registries) -> list[Finding]:
    return list(findings([batch_of([document], schema)], schema, registries, rules=_WITHIN))


def _errors(found: Sequence[Finding]) -> Counter[str]:
    return Counter(finding.code for finding in found if finding.severity == "error")


def correct(
    document: Any, schema: Schema, registries: Registries, *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[Any, tuple[Finding, ...]]:
    """The document with every proved correction made, and the findings that they end."""
    corrected, ended, _ = _corrected(document, schema, registries, select, ignore)
    return corrected, ended


Made = tuple[tuple[Edit, ...], ...]


def _corrected(
    document: Any, schema: Schema, registries: Registries, select: Sequence[str], ignore: Sequence[str]
) -> tuple[Any, tuple[Finding, ...], Made]:
    """The corrected document, the findings that ended, and the edits in the order in which they were made."""
    ended: list[Finding] = []
    made: list[tuple[Edit, ...]] = []
    found = _found(document, schema, registries)
    for _ in range(_ROUNDS):
        groups: dict[int, list[Finding]] = defaultdict(list)
        for finding in found:
            if finding.fix and selected(finding.code, select, ignore):
                groups[id(finding.fix)].append(finding)
        progress = False
        for cured in groups.values():
            edits = cured[0].fix
            changed = apply(document, edits)
            after = _found(changed, schema, registries)
            gone = {(f.code, f.path) for f in cured}.isdisjoint((f.code, f.path) for f in after)
            if (gone or (edits[0].remove and len(after) < len(found))) and _errors(after) <= _errors(found):
                document, found, progress = changed, after, True
                ended += cured
                made.append(edits)
                # A removal moves what comes after it, so that the other edits' paths are stale.
                if edits[0].remove:
                    break
        if not progress:
            break
    return document, tuple(ended), tuple(made)


def _again(document: Any, made: Made) -> Any:
    """Edits made once more, on the document as its file has it."""
    return functools.reduce(apply, made, document)


@dataclass(frozen=True)
class Patch:
    """A file with its corrections: its bytes before and after, and the findings that they end."""

    file: Path
    before: bytes
    after: bytes
    ended: tuple[Finding, ...]
    documents: tuple[tuple[Any, Any], ...]

    def diff(self) -> str:
        """The change as a unified diff, as ``patch`` and ``git apply`` take it; a binary file's as its documents'."""
        name = self.file.as_posix()
        try:
            before, after = self.before.decode(), self.after.decode()
        except UnicodeDecodeError:
            before, after = ("".join(layout(pair[side]) for pair in self.documents) for side in (0, 1))
        lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}", n=1)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def write(self) -> None:
        """Replaces the file, whole or not at all."""
        replace_file(self.file, self.after)


def _lines(text: str) -> list[str]:
    """Lines that end in a line feed and nothing else: a lone CR or U+2028 in a document is no line end of the file."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]


def patches(
    path: Path, schema: Schema, registries: Registries, *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Iterator[Patch]:
    """The files of a corpus that have corrections; nothing is written."""
    for file in files(path):
        known = format_of(file)
        if known is None or not file.is_file():
            continue
        changes: dict[int, Callable[[Any], Any]] = {}
        pairs: list[tuple[Any, Any]] = []
        ended: list[Finding] = []
        position = 0
        for batch in known.read(file, schema):
            suspects = findings([batch], schema, registries, rules=_WITHIN)
            for row in sorted({f.row for f in suspects if f.fix and f.row is not None}):
                document = batch.document(row)
                better, cured, made = _corrected(document, schema, registries, select, ignore)
                if cured:
                    line = batch.origin[row][1]
                    changes[position + row if line is None else line] = functools.partial(_again, made=made)
                    pairs.append((document, better))
                    ended += cured
            position += batch.columns.num_rows
        if changes:
            yield Patch(file, file.read_bytes(), known.amend(file, changes, schema), tuple(ended), tuple(pairs))


def counted(cured: Sequence[Finding]) -> Mapping[str, int]:
    """How many findings of each code corrections end."""
    return dict(sorted(Counter(finding.code for finding in cured).items()))
