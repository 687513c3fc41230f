"""Label sets of named entities, and the tables that lead from one to another: data, no judgement of spans.

A table says for each label what it becomes; None means that spans of it are left out of gold and of the prediction, so
that a system is neither asked for them nor blamed for them. Each table takes the labels of its own set too, so that it
can be applied to a corpus that has them already.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from spanproof.arrays import Ints, codes
from spanproof.corpus.continuum import PlacedSpans
from spanproof.corpus.pairs import PairedCorpora
from spanproof.schema.node import Node

LabelTable = Mapping[str, str | None]
"""What each label becomes; None: spans of it are left out."""

ONTONOTES = (
    *("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"),
    *("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"),
)
"""The eighteen of OntoNotes 5: Weischedel et al., OntoNotes Release 5.0, LDC2013T19, section 2.6."""

TEMPORAL = MappingProxyType({"DATE": "DATE", "TIME": "TIME", "DURATION": "DATE", "SET": "DATE"})
"""TIMEX3 types as OntoNotes labels; a duration below a day, as PT6H, is a TIME (see :func:`temporal`)."""


def _table(targets: str, out: str = "", **sources: str) -> LabelTable:
    """``targets`` are kept; ``sources`` become a target; ``out`` and any other label of OntoNotes are left out."""
    own = {label: label for label in targets.split()}
    named = {label: target for target, labels in sources.items() for label in labels.split()}
    return MappingProxyType({**dict.fromkeys((*ONTONOTES, *out.split())), **own, **named})


TABLES: Mapping[str, LabelTable] = MappingProxyType(
    {
        "ontonotes-18": _table(" ".join(ONTONOTES)),
        # Without what is about time, as where dates are a layer of their own.
        "ontonotes-16": _table(" ".join(label for label in ONTONOTES if label not in ("DATE", "TIME"))),
        # Tjong Kim Sang and De Meulder, CoNLL-2003 (W03-0419), and the list of types that its annotators had:
        # buildings, streets and airports are LOC; what is derived from a name, languages, events, titles and models
        # MISC. Values are no names. Only roughly: brands and parties, which PRODUCT and NORP may be, are ORG there.
        "conll-4": _table(
            "PER LOC ORG MISC",
            PER="PERSON",
            LOC="GPE LOC FAC",
            MISC="NORP EVENT WORK_OF_ART LAW PRODUCT LANGUAGE",
        ),
        # The three that lexicon systems and most others tell apart.
        "three": _table("PERSON PLACE ORG", PERSON="PER", PLACE="GPE LOC FAC"),
        # Chinchor, MUC-7 Named Entity Task Definition 3.5, 1997 (M98-1028). Artifacts, products and plurals such as
        # NORP are no names there. FAC is left out: an airport or a monument is a LOCATION, an embassy or a hotel is
        # marked as an ORGANIZATION.
        "muc-7": _table("PERSON ORGANIZATION LOCATION DATE TIME MONEY PERCENT", ORGANIZATION="ORG", LOCATION="GPE LOC"),
        # LDC, ACE English Annotation Guidelines for Entities, 2005: seven types, here without vehicles and weapons,
        # which PRODUCT doesn't tell apart. NORP is left out: "Americans" is a PER there, "American" a GPE.
        "ace-5": _table("PER ORG GPE LOC FAC", "VEH WEA", PER="PERSON"),
        # Derczynski et al., WNUT 2017 (W17-4418), and the guidelines of its files: six classes, of which corporation
        # and group are one here, since ORG is either. A location is what can be visited, so FAC is one; a product is a
        # thing with an official name, as in OntoNotes.
        "wnut-5": _table(
            "person location organisation product creative-work",
            person="PERSON",
            location="GPE LOC FAC",
            organisation="ORG corporation group",
            product="PRODUCT",
            **{"creative-work": "WORK_OF_ART"},
        ),
    }
)


def targets(table: LabelTable) -> tuple[str, ...]:
    """Return the labels that a table leads to, each once, in its order."""
    return tuple(dict.fromkeys(target for target in table.values() if target is not None))


def temporal(kind: str, value: str | None) -> str | None:
    """Return the OntoNotes label of a TIMEX3 type and value: TIME for hours and less; None for an unknown type."""
    return "TIME" if kind == "DURATION" and (value or "").startswith("PT") else TEMPORAL.get(kind)


def own_labels(node: Node, member: str | None, pair: PairedCorpora | None = None) -> LabelTable:
    """Return the table that leaves the values of a member as they are: those that the schema lists, else those there.

    Args:
        node: what the schema says of the spans.
        member: which member is the label.
        pair: the corpora whose values are taken where the schema lists none; without it there are none then.

    Raises:
        ValueError: there is no such member.
    """
    if member is None:
        raise ValueError(f"{node.name}: the schema names no label; expected labelledBy, or a type")
    listed = [label for label in node.fields[member].enum if isinstance(label, str)]
    if not listed and pair is not None:
        columns = (side.items(node.place).columns[member] for side in pair.columns)
        there = {label for column in columns for label in codes(column)[1].to_pylist()}
        # The empty label, which no span has, keeps one label alone a set of labels: it has a score of its own.
        listed = sorted({*there, ""})
    return MappingProxyType({label: label for label in listed})


def table_of(labels: str | LabelTable) -> tuple[str, LabelTable]:
    """Return what a label set is called in signatures, and its table.

    Args:
        labels: the name of one of :data:`TABLES`, or a table of one's own, which knows its labels and what they become.

    Raises:
        ValueError: there is no table of that name.
    """
    if isinstance(labels, str):
        if labels not in TABLES:
            raise ValueError(f"{labels!r} isn't a label set; expected one of {', '.join(TABLES)}, or a file of one")
        return labels, TABLES[labels]
    stated = ",".join(f"{label}={target or '-'}" for label, target in sorted(labels.items()))
    targeted = {target: target for target in labels.values() if target is not None}
    return f"own({stated})", MappingProxyType({**targeted, **labels})


def labels_of_table(labels: str | LabelTable | None) -> set[str]:
    """Return the labels that a label set knows; none where none was chosen."""
    return set() if labels is None else set(table_of(labels)[1])


def label_numbers(pair: PairedCorpora, spans: PlacedSpans, member: str, table: LabelTable) -> Ints:
    """Return the number of each span's label among the targets of a table, -1 where the table leaves it out.

    Args:
        pair: the corpora that the spans are of.
        spans: of one of them.
        member: which member is the label.
        table: what labels become.

    Raises:
        ValueError: a label that the table doesn't know, or none: it would be dropped in silence otherwise.
    """
    number, strings = codes(spans.items.columns[member])
    names = strings.to_pylist()
    unknown = np.flatnonzero(np.array([*(name not in table for name in names), True])[number])
    if unknown.size:
        k = int(unknown[0])
        label = json.dumps(names[number[k]]) if number[k] >= 0 else "none"
        path = "/".join(map(str, spans.items.path(k)))
        right = ", ".join(sorted(table))
        raise ValueError(f"{pair.names[spans.items.doc[k]]} /{path}: {member} is {label}; expected one of {right}")
    labels = targets(table)
    became = (table[name] for name in names)
    return np.array([*(-1 if name is None else labels.index(name) for name in became), -1], np.int64)[number]
