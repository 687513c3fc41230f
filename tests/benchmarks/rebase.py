"""How annotations follow a corrected text: thirteen edits whose true mapping is known, over our articles or any corpus.

python tests/benchmarks/rebase.py [--corpus PATH] [--schema FILE] [--rounds N]
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edits import EDITS, Case, Edit, Span, truth

from spanproof.formats.discovery import read
from spanproof.revisions.rebase import Rebased, rebase
from spanproof.schema.schema import Schema

GOLD = Path(__file__).parents[2] / "annotations" / "gold"


@dataclass
class Row:
    """The tally of one edit: spans that follow, and those (of a unit) that are to be refused."""

    edit: str
    spans: int = 0
    exact: int = 0
    elsewhere: int = 0
    refused_wrongly: int = 0
    to_refuse: int = 0
    refused: int = 0
    with_rivals: int = 0
    seconds: float = 0.0  # of one CPU
    examples: int = 0

    @property
    def exact_share(self) -> float:
        return self.exact / self.spans if self.spans else 1.0

    @property
    def refused_share(self) -> float:
        return self.refused / self.to_refuse if self.to_refuse else 1.0

    @property
    def elsewhere_share(self) -> float:
        return self.elsewhere / max(1, self.spans + self.to_refuse)

    @property
    def milliseconds(self) -> float:
        return 1000 * self.seconds / max(1, self.spans + self.to_refuse)


def case_of(plain: Rebased, text: str) -> Case:
    """The spans of each annotation, as the rebase over the same text tells them."""
    groups: dict[Any, list[Span]] = {}
    for move in plain.moves:
        if move.new is not None:
            groups.setdefault(move.path[:2], []).append(move.new)
    return Case(text, tuple(map(tuple, groups.values())))


def score(row: Row, document: Any, schema: Schema, edit: Edit, show: int = 0) -> None:
    """Adds one edited document to the tally of its edit."""
    text, where = truth(edit.atoms)
    began = time.process_time()
    rebased = rebase(document, text, schema)
    row.seconds += time.process_time() - began
    for move in rebased.moves:
        if move.old is None:
            continue
        start, end = move.old
        if edit.unit and edit.unit[0] <= start and end <= edit.unit[1] and (edit.rivals or start not in where):
            row.to_refuse += 1
            row.refused += move.status == "refused"
            row.elsewhere += move.status != "refused"
            if edit.rivals and move.status == "refused":
                first = where[start][0], where[end - 1][1]
                wide = len(text) - len(document_text(document, schema))
                row.with_rivals += set(move.rivals) == {first, (first[0] - wide, first[1] - wide)}
            wrong = move.status != "refused"
        else:
            right = (where[start][0], where[end - 1][1])
            row.spans += 1
            row.exact += move.new == right
            row.refused_wrongly += move.new is None
            row.elsewhere += move.new not in (None, right)
            wrong = move.new != right
        if wrong and row.examples < show:
            row.examples += 1
            print(f"  {row.edit}: {move.status} {move.reason} {move.old_surface!r:.80} -> {move.new_surface!r:.80}")


def document_text(document: Any, schema: Schema) -> str:
    text: str = document[schema.spans[0].span_of]
    return text


def measure(documents: Sequence[Any], schema: Schema, rounds: int = 1, seed: int = 0, show: int = 0) -> list[Row]:
    """The table over some documents, each edited ``rounds`` times; the same seed gives the same edits."""
    rows = []
    for name, editor in EDITS.items():
        row, draw = Row(name), random.Random(f"{seed} {name}")
        for document in documents:
            text = document_text(document, schema)
            case = case_of(rebase(document, text, schema), text)
            for _ in range(rounds):
                edit = editor(case, draw)
                if edit is not None:
                    score(row, document, schema, edit, show)
        rows.append(row)
    return rows


def show_table(rows: Sequence[Row]) -> None:
    """Prints the table."""
    names = ("exact %", "elsewhere", "lost", "to refuse", "refused %", "rivals", "ms/span")
    print(f"{'edit':22}{'spans':>8}" + "".join(f"{name:>11}" for name in names))
    for row in rows:
        print(
            f"{row.edit:22}{row.spans:>8,}{100 * row.exact_share:>11.2f}{row.elsewhere:>11,}{row.refused_wrongly:>11,}"
            f"{row.to_refuse:>11,}{100 * row.refused_share:>11.2f}{row.with_rivals:>11,}{row.milliseconds:>11.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="How annotations follow a corrected text.")
    parser.add_argument("--corpus", type=Path, default=GOLD)
    parser.add_argument("--schema", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="how many errors of an edit are shown")
    given = parser.parse_args(arguments)
    schema = Schema.read(given.schema) if given.schema else Schema.article()
    corpus = read(given.corpus, schema)
    if corpus.errors:
        sys.exit(f"{corpus.errors[0].path}: {corpus.errors[0].problem}")
    show_table(measure(list(corpus.documents()), schema, given.rounds, given.seed, given.show))


if __name__ == "__main__":
    main()
