"""Scores as tables: for a terminal, for the card, as JSON."""

import io
import json
from dataclasses import asdict, dataclass
from textwrap import fill

from spanproof.corpus.pairs import UNITS
from spanproof.metrics.agreement import CLUSTERINGS, Agreement, Score

_TABLES = (
    ("Spans", ("exact F1", "overlap F1", "token α", "α_U")),
    ("Values of spans with the same offsets", ("accuracy", "κ")),
    ("Clusters", tuple(CLUSTERINGS)),
)


@dataclass(frozen=True)
class Table:
    """Scores as people read them: a row a thing that was compared."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(agreement: Agreement) -> list[Table]:
    """The scores of spans, of values and of clusters."""
    result = []
    for title, measures in _TABLES:
        rows: dict[tuple[str, str], dict[str, Score]] = {}
        for score in agreement.scores:
            if score.measure in measures:
                name = score.layer if score.member is None else f"{score.layer}.{score.member}"
                rows.setdefault((name, score.part or "all"), {})[score.measure] = score
        filled = [
            (*names, _n(row[measures[0]].n), *(_cell(row.get(m)) for m in measures)) for names, row in rows.items()
        ]
        result.append(Table(title, ("layer", "of", "n", *measures), tuple(filled)))
    return [table for table in result if table.rows]


def _n(n: tuple[int, int]) -> str:
    return f"{n[0]}" if n[0] == n[1] else f"{n[0]}, {n[1]}"


def _cell(score: Score | None) -> str:
    if score is None:
        return ""
    if score.value is None:
        return "–"
    between = "" if score.low is None else f" [{score.low:z.3f}, {score.high:z.3f}]"
    return f"{score.value:z.3f}{between}"


def _caption(agreement: Agreement) -> str:
    by = {units: dict.fromkeys(s.measure for s in agreement.scores if s.units == units) for units in UNITS}
    over = (
        f"{getattr(agreement, units)} {units} ({', '.join(measures)})" for units, measures in by.items() if measures
    )
    return (
        "n: how many one side and the other have, or both. In brackets: 95 % percentile intervals of "
        f"{agreement.resamples:,} bootstrap resamples of {' or '.join(over)}. –: undefined."
    )


def as_text(agreement: Agreement, *, color: bool = False) -> str:
    """The tables for a terminal, as wide as they are."""
    from rich.console import Console
    from rich.table import Table as Grid

    out = io.StringIO()
    console = Console(file=out, force_terminal=color, no_color=not color, width=1000, highlight=False, markup=False)
    for table in tables(agreement):
        grid = Grid(box=None, pad_edge=False, header_style="bold")
        for k, name in enumerate(table.header):
            grid.add_column(name, justify="left" if k < 2 else "right")
        names = (None, *(row[0] for row in table.rows))
        for above, (name, *cells) in zip(names, table.rows, strict=False):
            grid.add_row("" if name == above else name, *cells)
        console.print(table.title, style="bold")
        console.print(grid)
        console.print()
    console.print(fill(_caption(agreement), 120))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def as_markdown(agreement: Agreement) -> str:
    """The tables for the card."""
    parts = []
    for table in tables(agreement):
        rule = ["---" if k < 2 else "---:" for k in range(len(table.header))]
        lines = [f"| {' | '.join(row)} |" for row in (table.header, rule, *table.rows)]
        parts.append("\n".join([f"**{table.title}**", "", *lines]))
    return "\n\n".join([*parts, _caption(agreement)]) + "\n"


def as_json(agreement: Agreement) -> str:
    """The agreement as a JSON object."""
    return json.dumps(asdict(agreement), indent=1, ensure_ascii=False) + "\n"
