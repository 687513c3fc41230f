"""The journey of a check: batches in, findings out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from spanproof.checks.rule import Hit, Rule
from spanproof.checks.rules import CATALOGUE
from spanproof.checks.view import View
from spanproof.corpus.documents import Batch, Corpus, ReadError, batch_of
from spanproof.corpus.findings import Excerpt, Finding
from spanproof.formats.article import line_of
from spanproof.formats.discovery import beside, companion, is_publication, stream
from spanproof.formats.json import parse
from spanproof.publication.folder import Publication
from spanproof.schema.node import Place
from spanproof.schema.paths import Registries
from spanproof.schema.schema import Schema, article


@dataclass(frozen=True)
class Waiver:
    """A decision that a finding is right as it is: which code, where (None: anywhere), and why."""

    code: str
    reason: str
    document: str | None = None
    text: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether this waiver speaks of a finding."""
        return (
            finding.code == self.code
            and self.document in (None, finding.document)
            and self.text in (None, finding.text)
        )


@dataclass(frozen=True)
class Report:
    """What a check found: ``findings`` in order, ``waived`` ones apart, and how much was read."""

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = ()
    documents: int = 0
    spans: int = 0
    unused: tuple[Waiver, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in ("error", "warning", "info")}

    @property
    def exit_code(self) -> int:
        """0 clean (or information alone), 1 errors or warnings, 2 something couldn't be read."""
        if any(finding.code == "SP001" for finding in self.findings):
            return 2
        return 1 if any(finding.severity != "info" for finding in self.findings) else 0


@dataclass
class Tally:
    """How much went by, counted while findings stream."""

    documents: int = 0
    spans: int = 0


def selected(code: str, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> bool:
    """Whether a code is asked for: by prefixes, the longer one wins, selection where they are equal."""
    chosen = max((len(prefix) for prefix in select if code.startswith(prefix)), default=-1 if select else 0)
    refused = max((len(prefix) for prefix in ignore if code.startswith(prefix)), default=-1)
    return chosen >= 0 and chosen >= refused


def findings(
    batches: Iterable[Batch],
    schema: Schema,
    registries: Registries | None = None,
    *,
    rules: Sequence[Rule] = CATALOGUE,
    tally: Tally | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Finding]:
    """Judges batch after batch, in memory that one batch needs; rules across documents speak at the end."""
    keywords = {keyword for node in schema.nodes.values() for keyword in node.keywords}
    rules = [rule for rule in rules if rule.about == "documents" and rule.needs in {None, *keywords}]
    collected: dict[str, list[Any]] = {rule.code: [] for rule in rules if rule.collect}
    for batch in batches:
        view = View(batch, schema, registries or {})
        for rule in rules:
            if rule.collect:
                collected[rule.code].append(rule.collect(view))
            else:
                yield from _judge(rule, view)
        if tally:
            tally.documents += batch.columns.num_rows
            tally.spans += sum(len(spans.items) for spans in view.spans.values())
        if progress:
            progress(batch.columns.num_rows)
    for rule in rules:
        if rule.collect:
            for found in rule.judge(collected[rule.code]):
                assert isinstance(found, Finding)
                yield rule.found(found)


def publication_findings(publication: Publication) -> Iterator[Finding]:
    """Judges a dataset folder: its card, counts, hashes, versions."""
    for rule in (rule for rule in CATALOGUE if rule.about == "publication"):
        for found in rule.judge(publication):
            assert isinstance(found, Finding)
            yield rule.found(found)


def _judge(rule: Rule, view: View) -> Iterator[Finding]:
    for found in list(rule.judge(view)):
        if isinstance(found, Finding):
            yield rule.found(found)
            continue
        finding = rule.found(_finding(found, view))
        if rule.severity == "error" and finding.row is not None:
            view.hide(finding.row, finding.path)
        yield finding


def _finding(hit: Hit, view: View) -> Finding:
    """A hit with everything that a reader needs to find the place."""
    row = int(hit.items.doc[hit.k])
    path = (*hit.items.path(hit.k), *hit.at)
    file, line = view.batch.origin[row]
    document = view.batch.document(row) if row in view.batch.raw else None
    name = view.documents.columns[view.schema.key][row].as_py() if view.schema.key else None
    found = Finding("", "error", hit.message, name, path, cause=hit.cause, fix=hit.fix, file=file, line=line, row=row)
    for length in range(len(path), 0, -1):
        place: Place = tuple("*" if isinstance(step, int) else step for step in path[:length])
        if place in view.spans and (k := view.find(place, row, path[:length])) is not None:
            return _placed(found, view, place, k)
    found = replace(found, document=name or _name(document, view.schema))
    if hit.span is not None:
        text = view.string(row, str(hit.at[0]))
        start, end = hit.span
        found = replace(found, start=start, end=end, text=text[start:end], excerpt=_excerpt(text, start, end))
    return found


def _name(document: Any, schema: Schema) -> str | None:
    name = document.get(schema.key) if isinstance(document, Mapping) else None
    return name if isinstance(name, str) else None


def _placed(found: Finding, view: View, place: Place, k: int) -> Finding:
    spans = view.spans[place]
    start, end = (spans.items.columns[name][k].as_py() for name in ("start", "end"))
    surface = spans.surface[k].as_py() if spans.surface is not None else None
    key = view.schema.key_of(spans.node)
    name = spans.items.columns[key][k].as_py() if key else None
    assert found.row is not None
    text = view.string(found.row, spans.node.get("spanOf"))
    within = start is not None and end is not None and 0 <= start <= end <= len(text)
    excerpt = _excerpt(text, start, end) if within else None
    return replace(found, id=name, start=start, end=end, text=surface, excerpt=excerpt)


def _excerpt(text: str, start: int, end: int) -> Excerpt:
    """The line round a span, cut to 60 characters on each side."""
    low, high = max(0, start - 60), min(len(text), end + 60)
    low = max(low, text.rfind("\n", low, start) + 1)
    stop = text.find("\n", end, high)
    return Excerpt(text[low : stop if stop >= 0 else high], start - low, end - low)


def located(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with the line of their annotation where their file has one annotation a line."""
    lines: dict[str, list[str]] = {}
    result = []
    for finding in found:
        if finding.file and finding.line is None and finding.path and finding.file.endswith(".json"):
            if finding.file not in lines:
                lines[finding.file] = Path(finding.file).read_bytes().decode("utf-8", "replace").split("\n")
            finding = replace(finding, line=line_of(lines[finding.file], finding.path))
        result.append(finding)
    return tuple(result)


def judged(
    found: Iterable[Finding],
    tally: Tally,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
) -> Report:
    """A report of findings: the codes that were asked for, waived ones apart. What can't be read always stays."""
    kept: list[Finding] = []
    waived: list[Finding] = []
    used: set[Waiver] = set()
    for finding in found:
        if finding.code != "SP001" and not selected(finding.code, select, ignore):
            continue
        covering = {waiver for waiver in waivers if waiver.covers(finding)}
        used |= covering
        (waived if covering else kept).append(finding)
    unused = tuple(w for w in waivers if w not in used and selected(w.code, select, ignore))
    return Report(tuple(kept), tuple(waived), tally.documents, tally.spans, unused)


def waivers_beside(path: Path) -> tuple[Waiver, ...]:
    """The waivers in ``waivers.json`` beside a corpus or above its folder.

    Raises:
        ValueError: the file isn't a list of waivers; the message names it.
    """
    file = companion(path, "waivers.json")
    if file is None:
        return ()
    try:
        return tuple(Waiver(**entry) for entry in parse(file.read_text("utf-8")))
    except (TypeError, ValueError) as error:
        right = 'a list of {"code", "reason", and optionally "document", "text"}'
        raise ValueError(f"{file}: {error}; right is {right}") from error


def check_paths(
    paths: Sequence[str | Path],
    schema: Schema | None = None,
    *,
    registries: Registries | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Checks files and folders as one corpus, batch by batch, in memory that doesn't grow with it.

    Dataset folders are checked as publications too.
    Registries and ``waivers.json`` are found beside the paths. ``progress`` is called with the number of documents of
    each batch that is done.

    Raises:
        ValueError: the waivers can't be used.
    """
    schema = schema or article()
    waivers = dict.fromkeys(waiver for path in paths for waiver in waivers_beside(Path(path)))
    known, unreadable = registries_beside(paths, schema) if registries is None else (registries, ())
    first = (batch_of([], schema, errors=unreadable),) if unreadable else ()
    batches = chain(first, *(stream(path, schema) for path in paths))
    tally = Tally()
    folders = filter(is_publication, map(Path, paths))
    found = chain(
        findings(batches, schema, known, tally=tally, progress=progress),
        chain.from_iterable(publication_findings(Publication.read(folder)) for folder in folders),
    )
    report = judged(found, tally, select=select, ignore=ignore, waivers=tuple(waivers))
    return replace(report, findings=located(report.findings))


def registries_beside(paths: Sequence[str | Path], schema: Schema) -> tuple[Registries, tuple[ReadError, ...]]:
    """The registries beside several paths, the entries of each name together."""
    registries: dict[str, dict[str, Any]] = {}
    errors: dict[ReadError, None] = {}
    for path in paths:
        found, problems = beside(Path(path), schema)
        errors.update(dict.fromkeys(problems))
        for name, entries in found.items():
            registries.setdefault(name, {}).update(entries)
    return registries, tuple(errors)


def check(
    corpus: Corpus, *, select: Sequence[str] = (), ignore: Sequence[str] = (), waivers: Sequence[Waiver] = ()
) -> Report:
    """Checks a corpus by every rule that its schema calls for.

    Args:
        corpus: the documents, with their schema and registries.
        select: codes or prefixes of codes (``SP1``) to report; all by default.
        ignore: codes or prefixes not to report.
        waivers: findings that are right as they are.
    """
    tally = Tally()
    found = findings(corpus.batches, corpus.schema, corpus.registries, tally=tally)
    return judged(found, tally, select=select, ignore=ignore, waivers=waivers)
