"""Rules judge the batches of a corpus one after another, and its dataset folders."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.checks.annotations import annotations
from spanproof.checks.ended import ended
from spanproof.checks.evidence import Evidence
from spanproof.checks.facts import excerpt_of, facts_of, layer_name, name_of, told_path
from spanproof.checks.gathered import Gathered
from spanproof.checks.policies import Severities
from spanproof.checks.report import Seen
from spanproof.checks.rule import Hit, HitRun, Rule
from spanproof.checks.rules import CATALOGUE
from spanproof.checks.rules.entries import uses_of_registries
from spanproof.checks.run_findings import findings_of_run
from spanproof.checks.runs import Found, each
from spanproof.checks.view import View
from spanproof.corpus.documents import Batch, Corpus
from spanproof.corpus.findings import Finding, Severity
from spanproof.corpus.plugins import PluginError
from spanproof.corpus.registries import EntryReference, entry_references
from spanproof.publication.folder import Publication
from spanproof.schema.node import Place
from spanproof.schema.paths import place_of


def findings_of(
    corpus: Corpus,
    *,
    rules: Sequence[Rule],
    seen: Seen | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Finding]:
    """Yield the findings of a corpus, batch after batch; those of rules across documents and of publications last.

    Args:
        corpus: the documents and what belongs to them; waivers are not asked.
        rules: the rules to judge by; those that need a keyword which the schema lacks are left out.
        seen: counts the documents and spans that went by, and how far these are proved.
        progress: called with the number of documents of each batch that is done.

    Raises:
        SchemaError: a layer of the schema changes the severity of a rule where that can't be.
    """
    standard, gathered = Standard.of(corpus, rules), Gathered(seen or Seen())
    for _, findings in judged(standard, corpus.batches, gathered, progress):
        yield from each(findings)
    for across_batches in findings_across(standard, gathered):
        yield from across_batches


@dataclass(frozen=True)
class Standard:
    """What documents are judged by.

    Attributes:
        corpus: what belongs to them; its waivers aren't asked for.
        rules: those about documents whose keyword the schema has, and those about publications.
        severities: what layers make of findings.
        references: what the entries of registries refer to, but into documents of which others weren't asked for.
        evidence: what documents of the corpus share that drift.
        searched: in how many texts a cause was sought, of which some are judged anew: to a proof they count as many.
    """

    corpus: Corpus
    rules: Sequence[Rule]
    severities: Severities
    references: tuple[EntryReference, ...]
    evidence: Evidence
    searched: int = 0

    @classmethod
    def of(cls, corpus: Corpus, rules: Sequence[Rule]) -> "Standard":
        """Return the standard of a corpus.

        Raises:
            SchemaError: a layer of the schema changes the severity of a rule where that can't be.
        """
        severities = Severities.of(corpus.schema, [*CATALOGUE, *rules])
        called_for = [rule for rule in rules if rule.needs is None or corpus.schema.having(rule.needs)]
        references = entry_references(corpus.schema, corpus.registries)
        known = tuple(one for one in references if not (corpus.partial and one.targets.local))
        return cls(corpus, called_for, severities, known, Evidence(corpus))

    def those_about(self, subject: str) -> list[Rule]:
        """Return the rules about documents, or about publications."""
        return [rule for rule in self.rules if rule.about == subject]


def judged(
    standard: Standard,
    batches: Iterable[Batch],
    gathered: Gathered,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[Batch, list[Found]]]:
    """Yield batches with what is found in each by itself.

    Args:
        standard: what they are judged by.
        batches: the documents.
        gathered: takes what is judged when all batches are known.
        progress: called with the number of documents of each batch that is done.
    """
    corpus, seen = standard.corpus, gathered.seen
    for batch in batches:
        known = corpus.registries, corpus.registry_files, standard.references, standard.evidence.learned
        view = View(batch, corpus.schema, *known, standard.searched)
        findings: list[Found] = []
        for rule in standard.those_about("documents"):
            if rule.collect:
                gathered.of(rule).append(rule.collect(view))
            else:
                findings += _judge(rule, view, standard.severities, seen)
        gathered.searched = view.searched
        yield batch, findings
        seen.count(view)
        uses = uses_of_registries(view).items()
        seen.not_looked_up += sum(n for name, n in uses if name not in {*corpus.registry_files, *corpus.registries})
        if progress:
            progress(batch.columns.num_rows)


def findings_across(standard: Standard, gathered: Gathered) -> Iterator[list[Finding]]:
    """Yield what each rule across documents finds, then what is found in each publication.

    Args:
        standard: what is judged by.
        gathered: what all batches gave.
    """
    references = entry_references(standard.corpus.schema, standard.corpus.registries)
    gathered.seen.not_looked_up += sum(1 for _ in references) - len(standard.references)
    for rule in standard.those_about("documents"):
        if rule.collect:
            yield list(across(standard, rule, gathered.of(rule), gathered.seen))
    for folder in standard.corpus.publications:
        yield list(publication_findings(Publication.read(folder), standard.rules))


def across(standard: Standard, rule: Rule, collected: Iterable[Any], seen: Seen) -> Iterator[Finding]:
    """Yield the findings of a rule across documents, but for those that a layer turns off.

    Args:
        standard: what is judged by.
        rule: one of its rules.
        collected: what the rule needs of each batch.
        seen: counts what layers turn off.
    """
    for finding in _whole(rule, collected):
        setting = standard.severities.setting(rule, place_of(finding.path))
        if setting == "off":
            seen.turned_off[rule.code] += 1
        else:
            yield replace(finding, severity=setting)


def publication_findings(publication: Publication, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Yield the findings of a dataset folder: of its card, counts, hashes, versions."""
    for rule in rules:
        if rule.about == "publication":
            yield from _whole(rule, publication)


def _whole(rule: Rule, subject: Any) -> Iterator[Finding]:
    """Yield the findings of a rule that yields findings itself, and no hits: across documents, of a publication."""
    for finding in rule.judge(subject):
        assert isinstance(finding, Finding)
        yield rule.signed(finding)


def _hits(rule: Rule, view: View) -> Sequence[Hit | HitRun | Finding]:
    try:
        return list(rule.judge(view))
    except Exception as error:
        if rule.judge.__module__.partition(".")[0] == "spanproof":
            raise
        raise PluginError(ended(rule, view, error)) from error


def _judge(rule: Rule, view: View, severities: Severities, seen: Seen) -> Iterator[Found]:
    """Yield the findings of a rule in a batch, and hide what an error is found in from the rules to come.

    The rule judges the whole batch before anything is hidden, so that it finds all of its own faults of one object.

    Args:
        rule: the rule.
        view: the batch.
        severities: what layers make of findings.
        seen: counts what they turn off.
    """
    for hit in _hits(rule, view):
        if isinstance(hit, Finding):
            yield rule.signed(hit)
            continue
        if isinstance(hit, HitRun):
            yield from findings_of_run(hit, rule, view, severities, seen)
            continue
        place = hit.items.node.place
        setting = severities.setting(rule, hit.layer or ((*place, *place_of(hit.at)) if hit.at else place))
        if setting == "off":
            seen.turned_off[rule.code] += 1
            continue
        around = _annotated(hit, view)
        if setting == "error" and around is not None:
            _hide(view, *around)
        finding = _finding(hit, view, around, rule.code, setting)
        if view.batch.within and finding.code.startswith("SP10") and finding.row is not None:
            counted = view.batch.offsets_in_words(finding.row, finding.path)
            finding = replace(finding, message=f"{finding.message} ({counted})") if counted else finding
        yield finding


def _annotated(hit: Hit, view: View) -> tuple[Place, int] | None:
    """Return the innermost span or annotation that a hit is about: its place, and which it is there."""
    within, units = len(hit.items.node.place), annotations(view)
    if not hit.at and (hit.items.node.place in view.spans or hit.items.node.place in units):
        return hit.items.node.place, hit.k
    path = (*hit.items.path(hit.k), *hit.at)
    for length in range(len(path), 0, -1):
        place = place_of(path[:length])
        if place in units or place in view.spans:
            k = hit.k if length == within else view.find(place, int(hit.items.doc[hit.k]), path[:length])
            if k is not None:
                return place, k
    return None


def _hide(view: View, place: Place, k: int) -> None:
    """Hide a span, or all fragments of an annotation, from the rules to come."""
    if place in view.spans:
        view.spans[place].sound[k] = False
    else:
        unit = annotations(view)[place]
        unit.spans.sound[unit.spans_of(k)] = False


def _finding(hit: Hit, view: View, around: tuple[Place, int] | None, code: str, severity: Severity) -> Finding:
    """Return a hit with everything that a reader needs to find the place."""
    row = int(hit.items.doc[hit.k])
    path = (*hit.items.path(hit.k), *hit.at)
    file, line = view.batch.origin[row]
    facts: dict[str, Any] = {}
    place = hit.layer or (around[0] if around else hit.items.node.place)
    if around is not None:
        facts = facts_of(view, row, *around)
    elif hit.span is not None:
        text = view.string(row, str(hit.at[0]))
        start, end = hit.span
        facts = {"start": start, "end": end, "text": text[start:end], "excerpt": excerpt_of(text, start, end)}
    return Finding(
        code,
        severity,
        hit.message,
        name_of(view, row),
        path,
        cause=hit.cause,
        fix=hit.fix,
        level=hit.level,
        candidates=hit.candidates,
        file=file,
        line=line,
        row=row,
        written=told_path(view.batch, row, path, hit.written),
        layer=layer_name(place),
        **facts,
    )
