"""What is found in a corpus, by this process or by several, of which each judges pieces of it."""

import functools
import io
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from spanproof.checks.evidence import Evidence
from spanproof.checks.gathered import Gathered
from spanproof.checks.judging import Standard, findings_across
from spanproof.checks.processes import in_order
from spanproof.checks.report import Seen
from spanproof.checks.rule import Rule
from spanproof.checks.rules import catalogue
from spanproof.checks.runs import Found
from spanproof.checks.tried import tried_alone, wanted_of
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.pieces import CorpusPiece, pieces_of
from spanproof.corpus.settings import Settings

if TYPE_CHECKING:
    from spanproof.checks.sample import TextSample


@dataclass(frozen=True)
class AskedFindings:
    """What a check is asked for.

    Attributes:
        rules: the rules to judge by; None for the whole catalogue.
        select: codes or prefixes of codes whose corrections are tried; all where it is empty.
        ignore: codes or prefixes whose corrections aren't.
        settings: what a project doesn't want corrected in which files.
    """

    rules: Sequence[Rule] | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True)
class CheckWork:
    """What each process is given once: what belongs to the documents, and what is asked for.

    Attributes:
        corpus: the documents, and what belongs to them.
        asked: what is asked for.
        samples: samples of the texts in which spans disagree, by their member; by default those of the corpus.
    """

    corpus: Corpus
    asked: AskedFindings
    samples: "Mapping[str, TextSample] | None" = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave what is computed to each process."""
        return CheckWork, (self.corpus, self.asked, self.samples)

    @functools.cached_property
    def standard(self) -> Standard:
        """What documents are judged by."""
        standard = Standard.of(self.corpus, catalogue() if self.asked.rules is None else self.asked.rules)
        return replace(standard, evidence=Evidence(self.corpus, self.samples))

    def found_alone(
        self, batches: Iterator[Batch], gathered: Gathered, progress: Callable[[int], None] | None = None
    ) -> Iterator[Sequence[Found]]:
        """Yield what is found in each of some batches by itself, with every correction tried.

        Args:
            batches: the documents.
            gathered: takes what is judged when all batches are known.
            progress: called with the number of documents of each batch that is done.
        """
        wanted = wanted_of(self.corpus, self.asked.select, self.asked.ignore, self.asked.settings)
        for one in tried_alone(self.standard, batches, gathered, wanted, progress):
            yield one.parts


def found(
    corpus: Corpus, asked: AskedFindings, seen: Seen, *, jobs: int = 1, progress: Callable[[int], None] | None = None
) -> Iterator[Found]:
    """Yield what is found in a corpus, batch by batch; what is found across documents and in publications last.

    Args:
        corpus: the documents; what a waiver covers is right as it is, and no correction of it is tried.
        asked: what the check is asked for.
        seen: counts the documents and spans that went by.
        jobs: how many processes judge. What is in memory, or in one piece, this one judges.
        progress: called with the number of documents of each batch that is done.
    """
    work, gathered = CheckWork(corpus, asked), Gathered(seen)
    standard = work.standard
    pieces = pieces_of(corpus) if jobs > 1 else iter(())
    first = list(islice(pieces, 2))
    if len(first) < 2:
        for findings in work.found_alone(standard.evidence.judged(corpus.batches), gathered, progress):
            yield from findings
    else:
        for content in in_order(_judged, work, chain(first, pieces), jobs):
            judged: JudgedPiece = unpacked(content, work)
            gathered.add(judged.gathered, standard.rules)
            yield from judged.findings
            if progress:
                progress(judged.gathered.seen.documents)
    for findings in findings_across(standard, gathered):
        yield from findings


@dataclass(frozen=True)
class JudgedPiece:
    """A piece of a corpus, judged."""

    findings: Sequence[Found]
    gathered: Gathered


def _judged(work: CheckWork, piece: CorpusPiece) -> bytes:
    """Judge a piece of a corpus, in the process that has read it; return what is found, packed."""
    gathered = Gathered(Seen(), spooled=False)
    batches = piece.batches(work.corpus.schema)
    findings = [finding for some in work.found_alone(batches, gathered) for finding in some]
    return packed(JudgedPiece(findings, gathered), work)


def packed(value: Any, work: CheckWork) -> bytes:
    """Return a value as bytes for another process that does the same work."""
    content = io.BytesIO()
    _Packing(content, work).dump(value)
    return content.getvalue()


def _shared(work: CheckWork) -> tuple[Any, ...]:
    """Return what every process has, so that it needn't be sent."""
    return work.corpus.schema, work.corpus.registries, work.corpus.registry_files, work.standard.references


class _Packing(pickle.Pickler):
    """Writes what is found without what every process has."""

    def __init__(self, file: io.BytesIO, work: CheckWork) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._known = {id(value): k for k, value in enumerate(_shared(work))}

    def persistent_id(self, value: Any) -> int | None:
        return self._known.get(id(value))


class _Unpacking(pickle.Unpickler):
    """Reads what another process has found."""

    def __init__(self, file: io.BytesIO, work: CheckWork) -> None:
        super().__init__(file)
        self._known = _shared(work)

    def persistent_load(self, number: int) -> Any:
        return self._known[number]


def unpacked(content: bytes, work: CheckWork) -> Any:
    """Return a value that another process has packed."""
    return _Unpacking(io.BytesIO(content), work).load()
