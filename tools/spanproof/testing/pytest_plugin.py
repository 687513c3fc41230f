"""A corpus as tests of pytest: ``pytest --spanproof PATH`` makes an item of each document, and one of the corpus.

What a check finds in a document fails its item; what a waiver or a baseline covers is an expected failure. What belongs
to no document (files that can't be read, entries of registries, the card of a dataset) fails the item ``corpus``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from spanproof.checks.baseline import Baseline
    from spanproof.corpus.documents import Corpus
    from spanproof.corpus.findings import Finding
    from spanproof.corpus.settings import Settings

_WHOLE = "corpus"
_Key = tuple[str | None, str | int | None]
_Found = tuple["Finding", str | None]
"""A finding, and why it is expected; None where it isn't."""


class UnsoundDocumentError(AssertionError):
    """What a check finds in a document; the message shows it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of this plugin."""
    group = parser.getgroup("spanproof")
    group.addoption(
        "--spanproof", metavar="PATH", action="append", default=[], help="Check a corpus, each document as a test."
    )
    group.addoption("--spanproof-schema", metavar="FILE", help="The schema of its documents.")
    parser.addini("spanproof", "Corpora to check, each document as a test.", type="paths", default=[])
    parser.addini("spanproof_schema", "The schema of their documents.", type="string", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Tell of the marker that the items have."""
    config.addinivalue_line("markers", "spanproof: a document, or a corpus, that is checked (`-m spanproof`).")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the documents of corpora to the tests."""
    named = [Path(config.invocation_params.dir, path) for path in config.getoption("--spanproof")]
    for path in dict.fromkeys([*named, *map(Path, config.getini("spanproof"))]):
        corpus = CheckedCorpus.from_parent(session, name=_shown(path, config), path=path)
        try:
            corpus.read()
        except (OSError, ValueError) as error:
            raise pytest.UsageError(f"spanproof: {error}") from error
        items += session.genitems(corpus)


def _shown(path: Path, config: pytest.Config) -> str:
    return path.relative_to(config.rootpath).as_posix() if path.is_relative_to(config.rootpath) else str(path)


class CheckedCorpus(pytest.Collector):
    """A corpus, which is checked once, when the first of its documents is asked for."""

    def __init__(self, *, path: Path, **others: Any) -> None:
        """Begin without having read anything."""
        super().__init__(path=path, nodeid=others["name"], **others)
        self._found: dict[_Key, list[_Found]] | None = None
        self._read: list[_Key] = []

    def read(self) -> None:
        """Read which documents there are; what can't be used raises ``OSError`` or ``ValueError``."""
        self._read = [*dict.fromkeys(self._keys())]
        _known(self._opened()[1])

    def collect(self) -> list[pytest.Item]:
        """Return an item for each document, by its key or its line, and one for what belongs to none."""
        times = Counter[str]()
        items: list[pytest.Item] = []
        for key in [*self._read, None]:
            name = _WHOLE if key is None else _name(key, self.path.name)
            times[name] += 1
            name = name if times[name] == 1 else f"{name} ({times[name]})"
            items.append(CheckedDocument.from_parent(self, name=name, key=key))
        return items

    def _keys(self) -> Iterator[_Key]:
        corpus, _ = self._opened()
        member = corpus.schema.key
        for batch in corpus.batches:
            names = batch.columns.column(member).to_pylist() if member else [None] * batch.columns.num_rows
            for name, (file, line) in zip(names, batch.origin, strict=True):
                yield file, line if name is None else str(name)

    def _opened(self) -> tuple["Corpus", "Settings"]:
        from spanproof.checks.selection import with_codes
        from spanproof.corpus.settings import Settings
        from spanproof.formats.discovery import read
        from spanproof.formats.schemas import stated_schema

        settings = with_codes(Settings.around(self.path if self.path.is_dir() else self.path.parent))
        config = self.config
        named = config.getoption("--spanproof-schema")
        schema = Path(config.invocation_params.dir, named) if named else None
        if schema is None and (stated := config.getini("spanproof_schema")):
            schema = config.rootpath / stated
        if schema is None and stated_schema([self.path]) is None:
            schema = settings.schema
        here = Path.cwd()
        return read(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path, schema), settings

    def found_in(self, key: _Key | None) -> "Sequence[_Found]":
        """Return what is found in a document, or with None what belongs to none; what is expected has its reason."""
        if self._found is None:
            self._found = self._check()
        return self._found.get((None, None) if key is None else key, ())

    def _check(self) -> dict[_Key, list["_Found"]]:
        from spanproof.checks.check import check
        from spanproof.corpus.waivers import Waived

        corpus, settings = self._opened()
        keys = set(self._read)
        known = _known(settings)
        report = check(corpus, select=settings.select, ignore=settings.ignore, baseline=known, settings=settings)
        by_key: dict[_Key, list[_Found]] = defaultdict(list)
        waived = Waived(corpus.waivers)
        reasoned = chain(
            ((finding, None) for finding in report.findings),
            ((finding, waived.covering(finding)[0].reason) for finding in report.waived),
            ((finding, "known from the baseline") for finding in report.known),
        )
        for finding, reason in reasoned:
            own = [(finding.file, finding.document), (finding.file, finding.line)]
            by_key[next((key for key in own if key in keys), (None, None))].append((finding, reason))
        self.failing = {"error"} if settings.fail_on == "error" else {"error", "warning"}
        return by_key


def _known(settings: "Settings") -> "Baseline":
    from spanproof.checks.baseline import NOTHING, baseline_in

    return baseline_in(settings.baseline.read_bytes()) if settings.baseline else NOTHING


def _name(key: _Key, corpus: str) -> str:
    file, name = key
    within = Path(file).name if file is not None and Path(file).name != corpus else ""
    shown = f"line {name}" if isinstance(name, int) else name
    return " ".join(filter(None, [within, shown])) or "document"


class CheckedDocument(pytest.Item):
    """A document, or what is found in no document."""

    def __init__(self, *, key: _Key | None, **others: Any) -> None:
        """Take the document that it is, None for the corpus."""
        super().__init__(**others)
        self.key = key
        self.add_marker("spanproof")

    def runtest(self) -> None:
        """Fail for what is found; what is waived or known is an expected failure."""
        assert isinstance(self.parent, CheckedCorpus)
        with_reasons = self.parent.found_in(self.key)
        failing = [one for one, reason in with_reasons if reason is None and one.severity in self.parent.failing]
        if failing:
            raise UnsoundDocumentError(_shown_findings(failing))
        if expected := [f"{one.code}: {reason}" for one, reason in with_reasons if reason is not None]:
            pytest.xfail("; ".join(dict.fromkeys(expected)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show findings as the command line does, and no frames of this program."""
        if isinstance(excinfo.value, UnsoundDocumentError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the file, the line (from 0) and the name of the document."""
        file, name = self.key or (None, None)
        line = name - 1 if isinstance(name, int) else None
        return (self.path if file is None else Path(file).absolute()), line, self.name


def _shown_findings(findings: Sequence["Finding"]) -> str:
    from spanproof.checks.lines import Detail, lines_of
    from spanproof.table import terminal

    return terminal(lines_of(findings, Detail(most=30))).rstrip("\n")
