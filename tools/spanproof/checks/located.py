"""Where findings are in their files: the line, and the columns on it."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spanproof.checks.runs import Found, changed
from spanproof.corpus.findings import Finding
from spanproof.formats.content import STANDARD_INPUT, content_at, opened
from spanproof.formats.extents import Extent, extent_at
from spanproof.formats.format import LineOf
from spanproof.formats.leaves import FORMATS
from spanproof.formats.registry import format_in, format_of
from spanproof.schema.paths import Path as DocumentPath


class LineFinder:
    """Finds the lines of annotations; the files that were asked for last are kept."""

    def __init__(self) -> None:
        """Begin with no file."""
        self._opened = functools.lru_cache(maxsize=64)(_line_of)

    def all_located(self, findings: Iterable[Found]) -> Iterator[Found]:
        """Yield findings with the lines of their annotations."""
        return changed(findings, self.located)

    def located(self, finding: Finding) -> Finding:
        """Return a finding with the line of its annotation, where the format of its file knows it."""
        if finding.file is None or not finding.path:
            return finding
        line_of = self._opened(finding.file)
        return finding if line_of is None else replace(finding, line=line_of(finding.line, _written(finding)))


def _line_of(file: str) -> LineOf | None:
    known = format_in(Path(file))
    return None if known is None or known.lines is None else known.lines(Path(file))


def has_rows(file: str) -> bool:
    """Say whether the numbers of the documents of a file are those of rows, not of lines."""
    known = format_of(Path(file))
    return known is not None and known.rows


def _written(finding: Finding) -> DocumentPath:
    return finding.path if finding.written is None else finding.written


def extents_of(findings: Sequence[Finding]) -> Mapping[int, Extent]:
    """Return where findings are in files of JSON, by their position in the sequence.

    Each file is read once; of JSON Lines the lines that are asked for are kept. What can't be read any more, and files
    of other formats, have none.

    Args:
        findings: findings with their lines.
    """
    by_file: dict[str, list[int]] = defaultdict(list)
    for k, finding in enumerate(findings):
        if finding.file and Path(finding.file) != STANDARD_INPUT and finding.path:
            by_file[finding.file].append(k)
    files = ((Path(file), [(k, findings[k]) for k in numbers]) for file, numbers in by_file.items())
    return dict(pair for file, within in files for pair in _extents_in(file, within))


def _extents_in(file: Path, findings: Iterable[tuple[int, Finding]]) -> Iterator[tuple[int, Extent]]:
    wanted: dict[int, list[tuple[int, DocumentPath]]] = defaultdict(list)
    known = format_in(file)
    if known is None or known.rows or known.name in FORMATS:
        return
    for k, finding in findings:
        wanted[0 if known.lines else finding.line or 0].append((k, _written(finding)))
    try:
        for number, text in _texts(file, wanted, whole=known.lines is not None):
            for k, path in wanted[number]:
                if (extent := extent_at(text, path, number or 1)) is not None:
                    yield k, extent
    except (OSError, UnicodeDecodeError):
        return


def _texts(file: Path, numbers: Iterable[int], *, whole: bool) -> Iterator[tuple[int, str]]:
    """Yield a whole file as number 0, or some of its lines by their number from 1."""
    if whole:
        yield 0, content_at(file).decode()
        return
    asked = set(numbers)
    with opened(file) as lines:
        for number, line in enumerate(lines, 1):
            if number in asked:
                yield number, line.decode().rstrip("\r\n")
