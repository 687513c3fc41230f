"""Which layers and labels gold has, so that systems are asked for nothing else."""

from collections.abc import Mapping, Sequence

import numpy as np

from spanproof.arrays import codes
from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_rows, listed
from spanproof.metrics.label_sets import LabelTable, table_of
from spanproof.systems.fitting import SystemFit, fit_of, fitted
from spanproof.systems.labels import TIMES
from spanproof.systems.llm.question import unasked
from spanproof.systems.system import System, unfit


def known_labels(gold: Corpus, *, fragments: bool = False) -> Mapping[str, Sequence[str]]:
    """Return the lists of spans that some document of gold has, be they empty, each with the labels of its spans.

    They are those that the schema lists; without such a list those that stand in gold, or the types of TIMEX3.

    Args:
        gold: the corpus.
        fragments: whether lists of annotations of several fragments are meant too.
    """
    columns, known = document_rows(gold.load(), np.arange(len(gold)).tolist()), dict[str, Sequence[str]]()
    for place, node in gold.schema.nodes.items():
        is_layer = len(place) == 2 and place[1] == "*" and (node.span_of or (fragments and node.annotation))
        if not is_layer or not listed(columns, place).any():
            continue
        member = node.kind_member
        stated = [label for label in node.fields[member].enum if isinstance(label, str)] if member else []
        if member and not stated:
            there = codes(columns.items(place).columns[member])[1].to_pylist()
            stated = sorted(
                {*there, *(TIMES if node.timex3 else ()), *([node.quotation.direct] if node.quotation else ())}
            )
        known[place[0]] = stated
    return known


def asked_layers(gold: Corpus, layer: str | None) -> dict[str, tuple[str, ...]]:
    """Return the layers of mentions that some document of gold has and a model can be asked for, with their labels.

    Args:
        gold: the corpus.
        layer: the one layer that is meant; None for all.

    Raises:
        ValueError: there is none; the message says why.
    """
    schema, lists = gold.schema, known_labels(gold, fragments=True)
    mentions = [name for name in lists if schema.root.fields[name].policy.role == "mentions" and layer in (None, name)]
    problems = {name: unasked(schema, name) for name in mentions}
    asked = {name: tuple(lists[name]) for name in mentions if problems[name] is None}
    if not asked:
        why = "; ".join(filter(None, problems.values())) or f"gold has no list of spans{f' {layer}' if layer else ''}"
        raise ValueError(f"a model can be asked for nothing: {why}")
    return asked


def fit_to(
    gold: Corpus, system: System, labels: str | LabelTable | None, renamed: Mapping[str, str], layer: str | None
) -> tuple[System, SystemFit | None]:
    """Return a system that predicts in the words of a gold corpus, and how it fits; None where nothing of it does.

    Args:
        gold: the corpus.
        system: the system.
        labels: the label set under which names are scored: what it makes of a label is a counterpart too.
        renamed: what labels of the system are called in gold.
        layer: the layer of names, where gold has several.
    """
    if not unfit(system, gold.schema) and not renamed and labels is None:
        lists = known_labels(gold)
        if all(name in lists for name in system.predicts):
            return system, None
    table = table_of(labels)[1] if labels is not None else {}
    known = known_labels(gold, fragments=True)
    every = {label for of_layer in known.values() for label in of_layer}
    by_table = {label: to for label, to in table.items() if label not in every}
    fit = fit_of(system, gold.schema, known, renamed={**by_table, **renamed}, names=layer)
    return (fitted(system, fit, gold.schema), fit) if fit.layers else (system, None)
