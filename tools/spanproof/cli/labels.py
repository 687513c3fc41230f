"""Options of commands that compare labels: the label set, what labels are renamed to, the layer of names."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from spanproof.cli.options import reason_of, refuse
from spanproof.metrics.label_sets import TABLES, LabelTable
from spanproof.parsing.json import parse

LAYER = click.option("--layer", metavar="NAME", help="Which layer to score, if several are possible.")
MAP = click.option(
    "--map",
    "renamed",
    multiple=True,
    metavar="PREDICTED=GOLD",
    help="A label of the predictions, and what the gold calls it; may be repeated.",
)


def labels_option(what: str, default: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that chooses a label set, of which ``what`` says for whom it is."""
    names = ", ".join(TABLES)
    text = f"{what}: {names}, or a JSON file that maps each label to another, or to null to leave it out"
    text += f"; default: {default}." if default else "."
    return click.option("--labels", metavar="TABLE", help=text)


def chosen_labels(labels: str | None) -> str | LabelTable | None:
    """Return a label set that was asked for: a name, or the table in a file; refuse what is neither."""
    if labels is None or labels in TABLES or not Path(labels).is_file():
        return labels
    try:
        table = parse(Path(labels).read_bytes())
    except (OSError, ValueError) as error:
        refuse(f"{labels}: {reason_of(error)}")
    if not isinstance(table, dict) or not all(isinstance(to, str | None) for to in table.values()):
        refuse(f"{labels}: expected an object of labels, each with a label or null")
    return table


def renamed_labels(pairs: Sequence[str]) -> dict[str, str]:
    """Return what labels are renamed to; refuse a pair that is none, and a label that becomes two."""
    renamed: dict[str, str] = {}
    for pair in pairs:
        label, equals, to = pair.partition("=")
        if not (label and equals and to):
            refuse(f"--map {pair}: expected PREDICTED=GOLD, as PERSON=PER")
        if renamed.setdefault(label, to) != to:
            refuse(f"--map {pair}: {label} is {renamed[label]} already; expected one for each label")
    return renamed
