"""The leaderboard: from predictions that are kept, the scores as data, the pages and the plots.

Everything follows from the gold, the predictions with their records, and what lies in the folder beside the pages
(reviews of what systems dispute, results of ``bench stress``); so a test can tell whether the pages are fresh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spanproof.bench import render as report
from spanproof.bench import tables
from spanproof.bench.board import Board
from spanproof.bench.errors import page
from spanproof.bench.errors.analysis import Analysis, analyse
from spanproof.bench.leaderboard import plots
from spanproof.bench.records import Run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.boundaries import VARIANTS
from spanproof.table import Table, bulleted, markdown

REVIEW = ("task", "labels", "article", "start", "end", "label", "verdict")
"""The members of a review of a disputed span."""
_INTRO = """\
# Leaderboard

Systems on {articles} of gold: named entities, quotations, expressions of time (TIMEX3). Written by
`spanproof bench report`; every number follows from predictions, which are ordinary corpora: `spanproof check`, `diff`
and `show` read them."""
_OWN = """\
The gold is that of this repository, the systems are ready-made ones and baselines of the toolkit, the predictions are
[here](predictions). What the measures and label tables are:
[measuring systems](../../tools/docs/how-to/measure-systems.md).

```
spanproof bench install SYSTEM...
spanproof bench run SYSTEM... --out annotations/leaderboard/predictions
spanproof bench report annotations/leaderboard/predictions --page annotations/leaderboard
```

**What it can't tell.** The gold was made by one language model in two passes, adjudicated, and reviewed by no person.
Five articles on one event, in good part machine-translated: an order of systems here is no order of systems elsewhere.
"""
_COST = "Memory: of the Python process at its peak, without programs that it starts (node, java). Seconds: of one run."
_MATRIX = "The F1 of the row less that of the column; bold where p < .05, corrected by Holm."
_STRESS = """\
## Under transformations

How much strict exact F1 changes when the texts are rewritten so that their annotations stay true
(`spanproof bench stress`), bold where the 95 % interval over sentences leaves out 0 (not corrected for how many there
are), and in brackets how alike the predictions stay: F1 of those after, carried back, against those before, in the
articles that changed. Names have the labels that a system tells apart. –: nothing to change, or undefined."""
_ERRORS = """\
P, R and F1 are of exact matches, strict, with 95 % bootstrap intervals over sentences; one without width, as of a
single span, is left out. Measures and asterisks: [how to read](README.md#how-to-read)."""
_DISPUTES = """\
The spans below are convention-free: without determiners, titles, possessives, and marks around what is said. In-sample
systems have no say in them."""
_REVIEWS = """\
The reviews are by the language model that made the gold, in a context of its own, with the articles, the guidelines,
gold and its adjudication in sight; they are no person's. Many of these spans are examples in the guidelines: that gold
is right by them says that it keeps its rules, not that the rules suit everyone."""
_SUMMARY = """\
![F1 of every system with its 95 % interval.](leaderboard.svg)

{table}

F1 with its 95 % bootstrap interval over sentences. convention-free: determiners, titles and possessives at the edges of
a span don't count. *: written with these articles, or the registry gathered from them, in sight. The table `three` has
persons, places and organisations alone, for systems that tell no more apart. Significance, errors, the spans that every
system misses and those that several add: `annotations/leaderboard` of the project's repository. Hashes of the gold:
{signature}."""


def pages(
    gold: Corpus,
    boards: Sequence[Board],
    runs: Sequence[Run],
    resamples: int,
    reviews: Sequence[Mapping[str, Any]] = (),
    stress: Mapping[str, Any] | None = None,
    *,
    own: bool = True,
) -> dict[str, bytes]:
    """The files of the leaderboard, by name.

    Args:
        gold: the reference.
        boards: all of them, as :func:`spanproof.bench.board.boards` gives them.
        runs: behind them.
        resamples: draws for the intervals of the error analysis.
        reviews: verdicts on disputed spans: the members are those of :data:`REVIEW`; ``labels`` is that of the board.
        stress: what ``bench stress --output json`` printed.
        own: the gold is that of this repository: the pages say how it and its reviews were made.

    Raises:
        ValueError: a prediction can't be laid beside the gold.
    """
    made: dict[str, bytes] = {}
    articles = f"{len(gold)} article{'s'[: len(gold) != 1]}"
    parts = [_INTRO.format(articles=articles), *([_OWN] if own else [])]
    parts += ["![F1 of every system with its interval.](leaderboard.svg)", markdown(_systems(runs)), _COST]
    parts += [bulleted(report.limits(runs)), "## How to read", bulleted(report.captions(boards))]
    for board in boards:
        name = board.title.replace(", ", "-")
        matrix = tables.difference_matrix(board, "strict")
        parts += [report.section(board, runs, gold.schema, []), *([_MATRIX, markdown(matrix)] if matrix else [])]
        parts.append(f"What goes wrong, and where gold is disputed: [errors](errors-{name}.md).")
        made |= _errors(name, gold, board, runs, resamples, reviews, own)
    if stress:
        parts += [_STRESS, "![How alike predictions stay under each transformation.](stress.svg)", *_stressed(stress)]
        made["stress.svg"] = _same(stress)
    made["README.md"] = ("\n\n".join(part.strip() for part in parts) + "\n").encode()
    made["leaderboard.svg"] = plots.forest({board.title: _lines(board) for board in boards})
    made["summary.md"] = _summary(boards).encode()
    # A name alone, so that the bytes don't depend on where the folder is.
    named = [replace(run, path=Path(run.path.name)) for run in runs]
    made["scores.json"] = report.as_json(report.BenchReport([_shown(board) for board in boards], named)).encode()
    return made


def _systems(runs: Sequence[Run]) -> Table:
    """The systems without the last column: here all predictions are kept ones."""
    table = tables.run_table(runs)
    return replace(table, header=table.header[:-1], rows=tuple(row[:-1] for row in table.rows))


def _shown(board: Board) -> Board:
    """The board with what pages show: those measures, and the pairs compared on the first."""
    measures = {measure for measure, _ in tables.measures(board)}
    first = tables.measures(board)[0]
    kept = {
        name: replace(scores, scores=tuple(each for each in scores.scores if each.measure in measures))
        for name, scores in board.scores.items()
    }
    signatures = {
        each.signature for scores in kept.values() for each in scores.scores if (each.measure, each.part) == first
    }
    pairs = {names: [each for each in pair if each.signature in signatures] for names, pair in board.pairs.items()}
    return replace(board, scores=kept, pairs=pairs)


def _errors(
    name: str,
    gold: Corpus,
    board: Board,
    runs: Sequence[Run],
    resamples: int,
    reviews: Sequence[Mapping[str, Any]],
    own: bool,
) -> dict[str, bytes]:
    """The page of errors of a board and its plot.

    Gold is disputed by systems that were written without it in sight, and not for a determiner: convention-free.
    """
    paths = {run.system.name: run.path for run in runs if run.system.name in board.scores}
    predictions = {name: read(path, gold.schema, {}) for name, path in paths.items()}
    fair = {name: each for name, each in predictions.items() if "" not in board.in_sample.get(name, ())}
    marked = {board.marked(name, "exact"): each for name, each in predictions.items()}
    every = analyse(gold, marked, board.task, labels=board.labels, resamples=resamples)
    disputed = analyse(gold, fair, board.task, labels=board.labels, variant="convention-free", resamples=0)
    verdicts = {
        (each["article"], each["start"], each["end"], each["label"]): each["verdict"]
        for each in reviews
        if (each["task"], each["labels"]) == (board.task, board.labels)
    }
    told = [
        f"# {board.title}: errors",
        f"![Recall by label and system.](labels-{name}.svg)",
        _ERRORS,
        page.as_markdown(every),
        f"{_DISPUTES}\n{_REVIEWS}" if own and verdicts else _DISPUTES,
        page.disputes_as_markdown(disputed, verdicts),
    ]
    content = "\n\n".join(part.strip() for part in told) + "\n"
    return {f"errors-{name}.md": content.encode(), f"labels-{name}.svg": _labels(every)}


def _labels(analysis: Analysis) -> bytes:
    """Recall of each system on each label of gold."""
    parts = {
        errors.system: {part.name: part for part in errors.parts if part.by == "label"} for errors in analysis.systems
    }
    counts = {name: part.gold for each in parts.values() for name, part in each.items() if part.gold}
    recall = {
        system: {name: each[name].recall if each[name].predicted else None for name in counts if name in each}
        for system, each in parts.items()
    }
    columns = {name: f"{name} {n:,}" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}
    return plots.heat(columns, recall, "Recall", "beside a label its spans in gold; –: never given")


def _lines(board: Board) -> list[plots.Line]:
    return [plots.line(name, scores, board.marked(name, "exact") != name) for name, scores in board.scores.items()]


def _summary(boards: Sequence[Board]) -> str:
    """The piece of the dataset's card: a row a system and task."""
    rows: list[tuple[str, ...]] = []
    signatures = {}
    for board in boards:
        rows.append((board.title,))
        found = {
            name: [tables.score_of(scores, "exact", variant) for variant in VARIANTS]
            for name, scores in board.scores.items()
        }
        for name, pair in sorted(found.items(), key=lambda item: -((item[1][0] and item[1][0].value) or 0)):
            rows.append((board.marked(name, "exact"), *(tables.score_cell(each) if each else "–" for each in pair)))
            signatures[board.task] = pair[0].signature.partition("data:")[2].partition("|")[0] if pair[0] else "–"
    table = markdown(Table(("system", "strict", "convention-free"), tuple(rows)))
    data = ", ".join(f"{task} {digest}" for task, digest in signatures.items())
    return _SUMMARY.format(table=table, signature=data) + "\n"


def _stressed(stress: Mapping[str, Any]) -> list[str]:
    """A table a layer: transformations by systems."""
    layers: dict[str, dict[str, dict[str, str]]] = {}
    for system in stress["systems"]:
        for name, effects in system["effects"].items():
            for effect in effects:
                if effect["measure"] == "exact":
                    rows = layers.setdefault(effect["layer"], {})
                    rows.setdefault(name, {})[system["name"]] = _effect(effect)
    made = []
    for layer, rows in layers.items():
        systems = list(dict.fromkeys(name for row in rows.values() for name in row))
        told = tuple((name, *(row.get(system, "–") for system in systems)) for name, row in rows.items())
        made.append(markdown(Table((layer, *systems), told)))
    said = "\n".join(f"- {name}: {says}." for name, says in stress["transformations"].items())
    return [*made, said]


def _effect(effect: Mapping[str, Any]) -> str:
    if not effect["articles"] or effect["before"] is None or effect["after"] is None:
        return "–"
    same = "–" if effect["same"] is None else f"{effect['same']:.2f}"
    low, high = effect["interval"] or (0, 0)
    apart = f"{effect['after'] - effect['before']:+.3f}"
    return f"**{apart}** ({same})" if low > 0 or high < 0 else f"{apart} ({same})"


def _same(stress: Mapping[str, Any]) -> bytes:
    """How alike predictions stay; a system of several layers has a row for each."""
    rows: dict[str, dict[str, float | None]] = {}
    for system in stress["systems"]:
        layers = {effect["layer"] for effects in system["effects"].values() for effect in effects}
        for name, effects in system["effects"].items():
            for each in effects:
                if each["measure"] == "exact":
                    row = f"{system['name']}, {each['layer']}" if len(layers) > 1 else system["name"]
                    rows.setdefault(row, {})[name] = each["same"]
    columns = {name: name for name in stress["transformations"]}
    return plots.heat(columns, rows, "Predictions that stay as they were", "F1 of after against before, carried back")
