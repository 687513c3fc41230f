"""Stress tests as people read them: for a terminal, as Markdown, as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from spanproof.bench.stress.measuring import Effect, Stressed
from spanproof.bench.stress.rewriting import text_member
from spanproof.bench.stress.shrinking import Broken
from spanproof.bench.stress.transformations import Transformation
from spanproof.schema.schema import Schema
from spanproof.table import Table, aligned, piped, wrapped

_HEADER = ("transformation", "articles", "F1", "after", "difference", "same")
CAPTION = (
    "F1 against gold before and after; their difference with its 95 % interval, sentences drawn with replacement. "
    "same: F1 of the predictions after, carried back, against those before, in the articles that changed; 1 is "
    "invariant. A span that begins or ends inside rewritten words has no place in the old text: it equals none. "
    "exact: start, end and label; whole: values, parts and what the system knows of a registry besides. –: undefined."
)


@dataclass(frozen=True)
class Told:
    """Everything that a stress test found: systems, transformations, and for each system the smallest broken texts."""

    stressed: Sequence[Stressed]
    transformations: Sequence[Transformation]
    schema: Schema
    broken: Mapping[str, Sequence[Broken]] = field(default_factory=dict)


def tabled(stressed: Stressed) -> Table:
    """A heading a layer and measure, a row a transformation that changes something."""
    cells = [(effect, name) for name, effects in stressed.effects.items() for effect in effects]
    cells.sort(key=lambda cell: (cell[0].layer, cell[0].measure))
    rows: list[tuple[str, ...]] = []
    for key, group in groupby(cells, lambda cell: f"{cell[0].layer}, {cell[0].measure}"):
        rows += [(key,), *(_row(effect, name) for effect, name in group if effect.articles)]
    return Table(_HEADER, tuple(rows))


def notes(told: Told) -> list[str]:
    """What must be read with the numbers."""
    effects = [effects for each in told.stressed for effects in each.effects.items()]
    changed = {name for name, found in effects if any(effect.articles for effect in found)}
    idle = [each.name for each in told.transformations if each.name not in changed]
    said = [f"{each.name}: {each.says}." for each in told.transformations if each.name in changed]
    failed = [
        f"{each.run.system.name} failed on {len(faults)} part{'s'[: len(faults) != 1]} of texts, first: {faults[0]}"
        for each in told.stressed
        if (faults := each.run.faults)
    ]
    nothing = [f"Nothing to change for {', '.join(idle)}."] if idle else []
    return [CAPTION, *failed, *said, *nothing] if effects else failed


def as_text(told: Told) -> str:
    """The tables for a terminal, the notes in 100 columns."""
    blocks = []
    for each in told.stressed:
        name = each.run.system.name
        if each.effects:
            blocks.append(f"{each.run.system.signature}\n{aligned(tabled(each))}")
        blocks += ["\n".join(_lines(broken, told.schema)) for broken in told.broken.get(name, ())]
    return "\n\n".join([*blocks, "\n".join(map(wrapped, notes(told)))]) + "\n"


def as_markdown(told: Told) -> str:
    """The tables for a page."""
    blocks = []
    for each in told.stressed:
        if each.effects:
            blocks += [f"## {each.run.system.signature}", piped(tabled(each))]
        for broken in told.broken.get(each.run.system.name, ()):
            blocks.append("\n".join(["```", *_lines(broken, told.schema), "```"]))
    return "\n\n".join([*blocks, "\n".join(f"- {note}" for note in notes(told))]) + "\n"


def as_json(told: Told) -> str:
    """All effects and broken texts as a JSON object."""
    made = {
        "transformations": {each.name: each.says for each in told.transformations},
        "systems": [
            {
                "name": each.run.system.name,
                "version": each.run.system.version,
                "problem": each.run.problem,
                "path": None if each.run.problem else str(each.run.path),
                "effects": {name: [asdict(effect) for effect in effects] for name, effects in each.effects.items()},
                "broken": [asdict(broken) for broken in told.broken.get(each.run.system.name, ())],
            }
            for each in told.stressed
        ],
    }
    return json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _lines(broken: Broken, schema: Schema) -> Iterator[str]:
    """The two texts, quoted so that no character hides, each with what the system says of it."""
    yield f"{broken.transformation} breaks on"
    for document in (broken.before, broken.after):
        yield f"  {document[text_member(schema)]!r}"
        said = list(_said(document, schema))
        yield from (f"    {line}" for line in said or ["nothing"])


def _said(document: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    text = document[text_member(schema)]
    for node in schema.spans:
        if len(node.place) == 2:
            for span in document.get(node.place[0]) or ():
                parts = [f"{name} {text[p['start'] : p['end']]!r}" for name, p in _parts(span)]
                words = [span.get(node.get("labelledBy")), *(span.get(n) for n in _values(node.get("timex3")))]
                label = " ".join(dict.fromkeys(str(word) for word in words if word is not None))
                surface = repr(text[span["start"] : span["end"]])
                yield ", ".join([f"{span['start']}:{span['end']} {label} {surface}", *parts])


def _parts(span: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((name, part) for name, part in span.items() if isinstance(part, Mapping) and "start" in part)


def _values(timex: Mapping[str, str] | None) -> Sequence[str]:
    return list((timex or {}).values())


def _row(effect: Effect, name: str) -> tuple[str, ...]:
    before, after, same = ("–" if n is None else f"{n:.3f}" for n in (effect.before, effect.after, effect.same))
    apart = "–"
    if effect.before is not None and effect.after is not None:
        ends = "" if effect.interval is None else " [{:+.3f}, {:+.3f}]".format(*effect.interval)
        apart = f"{effect.after - effect.before:+.3f}{ends}"
    return name, str(effect.articles), before, after, apart, same
