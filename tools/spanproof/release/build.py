"""The journey of a build: a checked corpus becomes a Hugging Face dataset, which is loaded back and compared.

A dataset is built, never edited: configurations, card, schema, facts, registries, picture, texts. The same corpus gives
the same bytes.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from spanproof.checks.check import check
from spanproof.checks.judging import publication_findings
from spanproof.checks.kept import KeptFindings
from spanproof.checks.report import Report
from spanproof.checks.rules import catalogue
from spanproof.corpus.waivers import Waiver
from spanproof.formats.discovery import companion, read
from spanproof.formats.files import replace_file
from spanproof.publication.changelog import CHANGELOG
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import Facts
from spanproof.publication.files import files
from spanproof.publication.folder import GENERATED, SUMS, UNFINISHED, Publication
from spanproof.release.label_studio import label_studio_files
from spanproof.release.measured import measured
from spanproof.schema.schema import Schema

_EXPECTED = "expected a new or empty folder, or a dataset that build has made, without other files"


class BuildError(Exception):
    """The corpus can't be built; ``report`` holds the findings that forbid it, ``exit_code`` is 1 or 2."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report
        self.exit_code = report.exit_code if report else 2


@dataclass(frozen=True)
class Built:
    """A dataset that was written and loaded back: where, what it holds, and what the check said.

    ``changed`` are the files that were written or removed; the others were the same already.
    """

    out: Path
    dataset: Dataset
    report: Report
    changed: tuple[str, ...]


def build(
    gold: str | Path,
    out: str | Path,
    *,
    schema: Schema | None = None,
    waivers: tuple[Waiver, ...] | None = None,
    version: str | None = None,
    date: str | None = None,
    changelog: str | None = None,
) -> Built:
    """Build the dataset of a corpus in a folder, and prove it by loading it with ``datasets``.

    What the card states beside what follows from the corpus is taken from ``dataset.json`` and ``card.md`` beside it;
    what isn't stated there, the card says isn't stated. Nothing is written before everything is proved; then file by
    file is replaced, first the list of all of them. A build that was interrupted is completed by the next one.

    Args:
        gold: the corpus, as :func:`spanproof.read` takes it; it must pass the check (its waivers are found beside it).
        out: the folder of the dataset: a new or empty one, or one that was built before, without any other file.
        schema: that of the documents; the annotated article by default.
        waivers: findings that are right as they are, in place of those found.
        version: the semantic version of the dataset, ``x.y.z``, in place of the one that is stated.
        date: the day of its release, ``YYYY-MM-DD``, in place of the one that is stated.
        changelog: the text of its changelog, in place of the one beside the corpus.

    Returns:
        What was built; ``Built.changed`` is empty where everything was there already.

    Raises:
        BuildError: the corpus doesn't pass or can't be published, facts beside it or ``out`` can't be used, or what was
            loaded isn't what was built.
    """
    gold, out = Path(gold), Path(out)
    with _refusing():
        _require_place(gold, out)
        planned = make(gold, schema=schema, waivers=waivers, version=version, date=date, changelog=changelog)
        stale = _stale(out, planned.contents)
        _require_sound(planned.contents)
        _prove(planned.contents, planned.dataset)
        return Built(out, planned.dataset, planned.report, _write(planned.contents, out, stale))


@dataclass(frozen=True)
class Made:
    """A dataset in memory: its files by their path, and what the check said of the corpus."""

    dataset: Dataset
    report: Report
    contents: Mapping[str, bytes]


def make(
    gold: Path,
    *,
    schema: Schema | None = None,
    waivers: tuple[Waiver, ...] | None = None,
    version: str | None = None,
    date: str | None = None,
    changelog: str | None = None,
) -> Made:
    """Return what :func:`build` would write, and write nothing; see there for arguments and errors."""
    with _refusing():
        corpus = replace(read(gold, schema or Schema.article()).load(), publications=())
        report = check(corpus if waivers is None else replace(corpus, waivers=waivers))
        if report.exit_code:
            raise BuildError("not built: the corpus doesn't pass the check", report)
        facts = Facts.beside(gold)
        dataset = Dataset.of(corpus, facts if version is None else facts.released(version, date))
        pieces, shown = measured(gold, dataset.documents.schema)
        shown = {**shown, **label_studio_files(corpus, dataset.facts)}
        return Made(dataset, report, files(dataset, pieces, {**shown, **_beside(gold, changelog)}))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BuildError(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error
    except ValueError as error:
        raise BuildError(str(error)) from error


def _require_place(gold: Path, out: Path) -> None:
    """Refuse a folder in which something else stands, so that no stranger's file is replaced or removed.

    Raises:
        ValueError: what stands there, and what is expected.
    """
    if out.is_symlink() and not out.exists():
        raise ValueError(f"{out} is a link to {out.readlink()}, which doesn't exist; {_EXPECTED}")
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file; {_EXPECTED}")
    if out.is_dir() and out.resolve() == gold.resolve():
        raise ValueError(f"{out} is the corpus itself; {_EXPECTED}")
    card = out / "README.md"
    if card.is_file() and GENERATED not in card.read_text("utf-8", "replace"):
        raise ValueError(f"{card} isn't by spanproof build; {_EXPECTED}")


def _stale(out: Path, contents: Mapping[str, bytes]) -> list[str]:
    """Return the files in a folder that an earlier build made, or began to make, and that this one doesn't.

    Raises:
        ValueError: there is a file that no build has made; it would be published.
    """
    if not out.is_dir():
        return []
    there = Publication.read(out)
    for name, what in sorted(there.foreign({*contents, *there.listed})):
        if what != UNFINISHED:
            raise ValueError(f"{out / name} {what}; {_EXPECTED}")
    return sorted([*there.others, *(there.listed.keys() & there.files.keys() - contents.keys())])


def _beside(gold: Path, changelog: str | None) -> Mapping[str, bytes]:
    """Return the files beside a corpus that are published as they are: its waivers and its changelog."""
    companions = {name: companion(gold, name) for name in ("waivers.json", CHANGELOG)}
    contents = {name: file.read_bytes() for name, file in companions.items() if file is not None}
    return contents if changelog is None else {**contents, CHANGELOG: changelog.encode()}


def _require_sound(contents: Mapping[str, bytes]) -> None:
    """Refuse a dataset in which the rules of publications find something, as a value of the card that the Hub lacks.

    Raises:
        BuildError: with the findings.
    """
    findings = KeptFindings(publication_findings(Publication("dataset", contents), catalogue()))
    if any(finding.severity != "info" for finding in findings):
        raise BuildError("not built: the dataset wouldn't pass the check", Report(findings))


def _prove(contents: Mapping[str, bytes], dataset: Dataset) -> None:
    """Load what was made from a folder of its own, and compare.

    Raises:
        BuildError: what is loaded differs.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in contents.items():
            replace_file(Path(scratch, "dataset", name), content)
        for config in dataset.configs:
            loaded = load(Path(scratch, "dataset"), config.name, config.split, dataset.facts.get("version"))
            if not loaded.equals(config.table):
                raise BuildError(f"what datasets loads as {config.name} isn't what was built")


def _write(contents: Mapping[str, bytes], out: Path, stale: Sequence[str]) -> tuple[str, ...]:
    """Remove what is no more, and replace the files that differ.

    The list of files goes first: so whatever an interrupted run has written is known to the next one.
    """
    changed = [name for name, new in contents.items() if not (out / name).is_file() or (out / name).read_bytes() != new]
    for name in stale:
        (out / name).unlink()
    for name in sorted(changed, key=lambda name: name != SUMS):
        replace_file(out / name, contents[name])
    return (*changed, *stale)


def load(folder: Path, config: str, split: str, version: str | None = None) -> pa.Table:
    """Return a configuration of a dataset folder as ``datasets`` loads it, from a cache of its own.

    A cache of its own, because the shared one is keyed by the card and the folder's name and can serve older rows.

    Args:
        folder: the dataset.
        config: the configuration.
        split: its split.
        version: the version that it must be of; any by default.

    Raises:
        BuildError: ``datasets`` reads another version, or can't read it.
    """
    import datasets

    datasets.disable_progress_bars()
    where = str(folder.absolute())
    with tempfile.TemporaryDirectory() as cache:
        try:
            loaded = datasets.load_dataset(where, config, split=split, cache_dir=cache, keep_in_memory=True)
        except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
            raise BuildError(f"datasets can't load {config}: {error}") from error
        if version is not None and str(loaded.info.version) != version:
            raise BuildError(f"datasets reads version {loaded.info.version}, built was {version}")
        table: pa.Table = loaded.data.table.combine_chunks()
    return table
