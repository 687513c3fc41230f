"""An agreement as tables: for a terminal, for the card of a dataset, as JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from spanproof.metrics.agreement import AbsentLayer, Agreement, AgreementScore
from spanproof.metrics.annotators import MEAN, TeamAgreement
from spanproof.metrics.clusters import CLUSTERINGS
from spanproof.metrics.intervals import trust
from spanproof.table import StyledLine, Table, bulleted, listed, markdown, shown_label, terminal

_TABLES = {
    "Spans": ("exact F1", "overlap F1", "token α", "α_U"),
    "Annotations of fragments, and relations": ("F1",),
    "Values of spans with the same offsets": ("accuracy", "κ"),
    "Clusters": tuple(CLUSTERINGS),
}
_TEAM = {"All annotators together": ("token α", MEAN)}
_WIDTH = 120
_FEW = 5
_N = "n is the number of annotations: one number if all annotators have the same, else one number for each."
_READING = (_N, "– means undefined, not 0.", "High agreement shows that annotators are alike, not that they are right.")


def _tables(
    scores: Iterable[tuple[str, AgreementScore]], titles: Mapping[str, tuple[str, ...]], second: str = "of"
) -> dict[str, Table]:
    """Return the scores of spans, of values and of clusters, by the title of their table.

    Those without a row are left out.

    Args:
        scores: each with what its row is of, beside the layer: a label, or two annotators.
        titles: the measures of each table.
        second: the header of what the row is of.
    """
    every, tables = list(scores), {}
    for title, measures in titles.items():
        rows: dict[tuple[str, str], dict[str, AgreementScore]] = {}
        for of, score in every:
            if score.measure in measures:
                name = score.layer if score.member is None else f"{score.layer}.{score.member}"
                rows.setdefault((name, of), {})[score.measure] = score
        cells = [
            (*names, _n(next(iter(row.values())).n), *(_cell(row.get(measure)) for measure in measures))
            for names, row in rows.items()
        ]
        if cells:
            tables[title] = Table(("layer", second, "n", *measures), tuple(cells), left=2)
    return tables


def _by_part(scores: Iterable[AgreementScore]) -> list[tuple[str, AgreementScore]]:
    return [(shown_label(score.part), score) for score in scores]


def _n(n: tuple[int, ...]) -> str:
    return f"{n[0]}" if len(set(n)) == 1 else ", ".join(map(str, n))


def _cell(score: AgreementScore | None) -> str:
    if score is None:
        return ""
    if score.value is None:
        return "–"
    between = "" if score.low is None else f" [{score.low:z.3f}, {score.high:z.3f}]"
    return f"{score.value:z.3f}{between}"


def _captions(agreement: Agreement) -> list[str]:
    muc_is_0 = any(score.measure == "MUC" and score.value == 0 for score in agreement.scores)
    of_muc = ["MUC is also 0 where neither annotator puts two mentions together."] if muc_is_0 else []
    return [_brackets(agreement, agreement.scores), *of_muc, *_READING]


def _brackets(compared: Agreement | TeamAgreement, scores: Iterable[AgreementScore]) -> str:
    """Say what brackets are, and how far they can be trusted."""
    if all(score.low is None for score in scores):
        return "There are no intervals: these numbers say nothing about other documents."
    drawn = trust(compared.drawn, unit=compared.unit)
    of_f1 = " The simulations were of F1 alone, so for other measures this isn't known." if "In simul" in drawn else ""
    exact = "An F1 of spans or an accuracy of 0 or 1 has exact bounds instead."
    return f"Brackets hold 95 % intervals. {drawn}{of_f1} {exact}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{more}"


def _absences(absent: Iterable[AbsentLayer], names: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each side that lacks a layer."""
    for layer in absent:
        for name, documents in zip(names, layer.documents, strict=True):
            if documents:
                yield f"{layer.layer}: not compared where {name} has no such list, empty or not: {_few(documents)}."


def _notes(team: TeamAgreement) -> Iterator[str]:
    """Yield what isn't compared: documents that somebody lacks, or one alone has, pairs without any, absent layers."""
    for name in team.annotators:
        if lacking := team.without(name):
            there = len(team.documents) - len(lacking)
            yield f"{name} has {there} of {len(team.documents)} documents, and lacks {_few(lacking)}."
    if team.alone:
        yield f"Not compared, because only one annotator has them: {_few(team.alone)}."
    for pair in team.pairs:
        if pair.agreement is None:
            yield f"{' and '.join(pair.annotators)} share no document."
    yield from _absences(team.absent, team.annotators)


def _pieces(agreement: Agreement) -> tuple[dict[str, Table], list[str]]:
    """Return the tables of two annotators, and what stands below them."""
    notes = _absences(agreement.absent, ("the first", "the second"))
    return _tables(_by_part(agreement.scores), _TABLES), [*notes, *_captions(agreement)]


def _team_pieces(team: TeamAgreement) -> tuple[dict[str, Table], list[str]]:
    """Return the tables of a team, and what stands below them; of two annotators they are those of a pair."""
    (pair, *others) = team.pairs
    if not others and pair.agreement is not None:
        tables, _ = _pieces(pair.agreement)
        return tables, [*_notes(team), *_captions(pair.agreement)]
    rows: dict[tuple[str, str | None], list[tuple[str, AgreementScore]]] = {}
    for pair in team.pairs:
        for score in pair.agreement.scores if pair.agreement else ():
            if score.part is None:
                rows.setdefault((score.layer, score.member), []).append((" and ".join(pair.annotators), score))
    of_pairs = [row for of_layer in rows.values() for row in of_layer]
    tables = _tables(_by_part(team.scores), _TEAM) | _tables(of_pairs, _TABLES, "annotators")
    who = f"There are {len(team.annotators)} annotators, in this order: {', '.join(team.annotators)}."
    of_all = (
        "Token α is over the tokens that at least two annotators have. The mean F1 is over the pairs for which it is "
        "defined."
    )
    brackets = _brackets(team, team.scores)
    return tables, [who, *_notes(team), brackets, of_all, *_READING]


def _text(tables: dict[str, Table], below: Iterable[str], color: bool) -> str:
    """Return tables for a terminal, as wide as they are; the name of a layer stands once over its rows."""
    parts: list[Table | StyledLine] = []
    for title, table in tables.items():
        above = ("", *(row[0] for row in table.rows))
        rows = [("" if name == last else name, *row) for last, (name, *row) in zip(above, table.rows, strict=False)]
        parts += [((title, "bold"),), replace(table, rows=tuple(rows)), ""]
    return terminal([*parts, *(listed(line, _WIDTH) for line in below)], color=color)


def _markdown(tables: dict[str, Table], below: Iterable[str]) -> str:
    shown = [f"**{title}**\n\n{markdown(table)}" for title, table in tables.items()]
    return "\n\n".join([*shown, bulleted(below)]) + "\n"


def as_text(agreement: Agreement, *, color: bool = False) -> str:
    """Return the tables of two annotators for a terminal."""
    return _text(*_pieces(agreement), color)


def as_markdown(agreement: Agreement) -> str:
    """Return the tables of two annotators for the card of a dataset."""
    return _markdown(*_pieces(agreement))


def as_json(agreement: Agreement | TeamAgreement) -> str:
    """Return an agreement as a JSON object."""
    return json.dumps(asdict(agreement), indent=1, ensure_ascii=False) + "\n"


def team_as_text(team: TeamAgreement, *, color: bool = False) -> str:
    """Return the tables of a team for a terminal."""
    return _text(*_team_pieces(team), color)


def team_as_markdown(team: TeamAgreement) -> str:
    """Return the tables of a team for a Markdown page; of two annotators those that a card has."""
    return _markdown(*_team_pieces(team))


OUTPUTS = {"text": team_as_text, "markdown": team_as_markdown, "json": as_json}
