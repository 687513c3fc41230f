"""An agreement as tables: for a terminal, for the card of a dataset, as JSON."""

import json
from dataclasses import asdict, replace

from spanproof.corpus.continuum import UNITS
from spanproof.metrics.agreement import Agreement, AgreementScore
from spanproof.metrics.clusters import CLUSTERINGS
from spanproof.table import StyledLine, Table, markdown, terminal, wrapped

_TABLES = {
    "Spans": ("exact F1", "overlap F1", "token α", "α_U"),
    "Annotations of fragments, and relations": ("F1",),
    "Values of spans with the same offsets": ("accuracy", "κ"),
    "Clusters": tuple(CLUSTERINGS),
}
_WIDTH = 120


def _tables(agreement: Agreement) -> dict[str, Table]:
    """Return the scores of spans, of values and of clusters, by the title of their table.

    Those without a row are left out.
    """
    tables = {}
    for title, measures in _TABLES.items():
        rows: dict[tuple[str, str], dict[str, AgreementScore]] = {}
        for score in agreement.scores:
            if score.measure in measures:
                name = score.layer if score.member is None else f"{score.layer}.{score.member}"
                rows.setdefault((name, score.part or "all"), {})[score.measure] = score
        cells = [
            (*names, _n(row[measures[0]].n), *(_cell(row.get(measure)) for measure in measures))
            for names, row in rows.items()
        ]
        if cells:
            tables[title] = Table(("layer", "of", "n", *measures), tuple(cells), left=2)
    return tables


def _n(n: tuple[int, int]) -> str:
    return f"{n[0]}" if n[0] == n[1] else f"{n[0]}, {n[1]}"


def _cell(score: AgreementScore | None) -> str:
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
    """Return the tables for a terminal, as wide as they are; the name of a layer stands once over its rows."""
    parts: list[Table | StyledLine] = []
    for title, table in _tables(agreement).items():
        above = ("", *(row[0] for row in table.rows))
        rows = [("" if name == last else name, *row) for last, (name, *row) in zip(above, table.rows, strict=False)]
        parts += [((title, "bold"),), replace(table, rows=tuple(rows)), ""]
    return terminal([*parts, wrapped(_caption(agreement), _WIDTH)], color=color)


def as_markdown(agreement: Agreement) -> str:
    """Return the tables for the card of a dataset."""
    tables = [f"**{title}**\n\n{markdown(table)}" for title, table in _tables(agreement).items()]
    return "\n\n".join([*tables, _caption(agreement)]) + "\n"


def as_json(agreement: Agreement) -> str:
    """Return the agreement as a JSON object."""
    return json.dumps(asdict(agreement), indent=1, ensure_ascii=False) + "\n"


OUTPUTS = {"text": as_text, "markdown": as_markdown, "json": as_json}
