"""What a stress test measured: for a terminal, as Markdown, as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from spanproof.bench.stress.measuring import Effect, Stressed
from spanproof.bench.stress.shrinking import Broken
from spanproof.revisions.rewrite import text_member
from spanproof.revisions.transformations.catalogue import Transformation
from spanproof.schema.schema import Schema
from spanproof.table import StyledLine, Table, bulleted, markdown, terminal, wrapped

_HEADER = ("transformation", "documents", "F1", "after", "difference", "same")
DRAWN = "documents (records where these are parts of one), then sentences of each; from 30 on only documents"
CAPTION = (
    "F1 is that of the predictions against gold, before and after the rewriting. The difference has a 95 % interval. "
    "same compares the predictions after the rewriting, carried back, with those before it, as an F1. It is over the "
    "documents that were rewritten, and 1 means that nothing changed. A span that begins or ends inside rewritten "
    "words has no place in the old text, so it counts as changed. exact compares start, end and label. whole also "
    "compares values, parts and what the system knows of a registry. – means undefined."
)


@dataclass(frozen=True)
class StressReport:
    """What a stress test measured.

    Attributes:
        stressed: the systems, each with the effects of every transformation.
        transformations: those that were asked for.
        schema: that of the gold.
        broken: the smallest texts that were found on which an invariance breaks, by the name of the system.
    """

    stressed: Sequence[Stressed]
    transformations: Sequence[Transformation]
    schema: Schema
    broken: Mapping[str, Sequence[Broken]] = field(default_factory=dict)


def effect_table(stressed: Stressed) -> Table:
    """Return a heading for each layer and measure, and a row for each transformation that changes something."""
    effects = [(effect, name) for name, effects in stressed.effects.items() for effect in effects]
    effects.sort(key=lambda pair: (pair[0].layer, pair[0].measure))
    rows: list[tuple[str, ...]] = []
    for heading, group in groupby(effects, lambda pair: f"{pair[0].layer}, {pair[0].measure}"):
        rows += [(heading,), *(_row(effect, name) for effect, name in group if effect.articles)]
    return Table(_HEADER, tuple(rows))


def notes(report: StressReport) -> list[str]:
    """Return what must be read with the numbers."""
    effects = [pair for stressed in report.stressed for pair in stressed.effects.items()]
    changing = {name for name, effects_ in effects if any(effect.articles for effect in effects_)}
    idle = [transformation.name for transformation in report.transformations if transformation.name not in changing]
    descriptions = [
        f"{transformation.name}: {transformation.description}."
        for transformation in report.transformations
        if transformation.name in changing
    ]
    failures = [
        f"{stressed.run.system.name} failed on {len(faults)} part{'s'[: len(faults) != 1]} of texts, first: {faults[0]}"
        for stressed in report.stressed
        if (faults := stressed.run.faults)
    ]
    nothing = [f"Nothing to change for {', '.join(idle)}."] if idle else []
    return [CAPTION, *failures, *descriptions, *nothing] if effects else failures


def as_text(report: StressReport, *, color: bool = False) -> str:
    """Return the tables for a terminal, and the notes in lines of 100 characters."""
    blocks: list[Sequence[Table | StyledLine]] = []
    for stressed in report.stressed:
        if stressed.effects:
            blocks.append([stressed.run.system.signature, effect_table(stressed)])
        blocks += [list(_lines(broken, report.schema)) for broken in report.broken.get(stressed.run.system.name, ())]
    blocks.append([wrapped(note) for note in notes(report)] or [""])
    return "\n".join(terminal(block, color=color) for block in blocks)


def as_markdown(report: StressReport) -> str:
    """Return the tables for a page."""
    blocks = []
    for stressed in report.stressed:
        if stressed.effects:
            blocks += [f"## {stressed.run.system.signature}", markdown(effect_table(stressed))]
        for broken in report.broken.get(stressed.run.system.name, ()):
            blocks.append("\n".join(["```", *_lines(broken, report.schema), "```"]))
    return "\n\n".join([*blocks, bulleted(notes(report))]) + "\n"


def as_json(report: StressReport) -> str:
    """Return all effects and broken texts as a JSON object."""
    value = {
        "drawn": DRAWN,
        "transformations": {
            transformation.name: transformation.description for transformation in report.transformations
        },
        "systems": [
            {
                "name": stressed.run.system.name,
                "version": stressed.run.system.version,
                "problem": stressed.run.problem,
                "path": None if stressed.run.problem else str(stressed.run.path),
                "effects": {name: [asdict(effect) for effect in effects] for name, effects in stressed.effects.items()},
                "broken": [asdict(broken) for broken in report.broken.get(stressed.run.system.name, ())],
            }
            for stressed in report.stressed
        ],
    }
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _lines(broken: Broken, schema: Schema) -> Iterator[str]:
    """Yield the two texts, quoted so that no character hides, each with the spans that the system predicts in it."""
    yield f"{broken.transformation} breaks on"
    for document in (broken.before, broken.after):
        yield f"  {document[text_member(schema)]!r}"
        yield from (f"    {line}" for line in list(_predictions(document, schema)) or ["nothing"])


def _predictions(document: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    text = document[text_member(schema)]
    for node in schema.nodes.values():
        if len(node.place) == 2 and node.place[1] == "*" and (node.span_of or node.annotation):
            for span in document.get(node.place[0]) or ():
                pieces = span.get(node.annotation.fragments) or () if node.annotation else (span,)
                parts = [f"{name} {text[p['start'] : p['end']]!r}" for name, p in _parts(span)]
                members = (node.kind_member, *(node.timex3.members if node.timex3 else ()))
                words = [span.get(member) for member in members if member]
                label = " ".join(dict.fromkeys(str(word) for word in words if word is not None))
                extents = " ".join(f"{piece['start']}:{piece['end']}" for piece in pieces)
                surfaces = " ".join(repr(text[piece["start"] : piece["end"]]) for piece in pieces)
                yield ", ".join([" ".join(filter(None, (extents, label, surfaces))), *parts])


def _parts(span: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((name, part) for name, part in span.items() if isinstance(part, Mapping) and "start" in part)


def _row(effect: Effect, name: str) -> tuple[str, ...]:
    before, after, same = ("–" if n is None else f"{n:.3f}" for n in (effect.before, effect.after, effect.same))
    change = "–"
    if effect.before is not None and effect.after is not None:
        interval = "" if effect.interval is None else " [{:+.3f}, {:+.3f}]".format(*effect.interval)
        change = f"{effect.after - effect.before:+.3f}{interval}"
    return name, str(effect.articles), before, after, change, same


OUTPUTS = {"text": as_text, "markdown": as_markdown, "json": as_json}
