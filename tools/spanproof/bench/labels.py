"""Label sets of named entities, and the tables that lead from one to another: data, no judgement of spans.

A table says for each label what it becomes; None means that spans of it are left out on both sides, so that a system
is neither asked for them nor blamed for them. Each table takes the labels of its own set too, so that it can be applied
to a side that has them already.
"""

from collections.abc import Mapping
from types import MappingProxyType

from spanproof.schema import Node

Table = Mapping[str, str | None]

ONTONOTES = (
    *("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"),
    *("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"),
)
"""The eighteen of OntoNotes 5: Weischedel et al., OntoNotes Release 5.0, LDC2013T19, section 2.6."""

TEMPORAL = MappingProxyType({"DATE": "DATE", "TIME": "TIME", "DURATION": "DATE", "SET": "DATE"})
"""TIMEX3 types as OntoNotes labels; a duration below a day, as PT6H, is a TIME (see :func:`temporal`)."""


def _table(targets: str, **sources: str) -> Table:
    """``targets`` are kept; ``sources`` become a target; any other label of OntoNotes is left out."""
    own = {label: label for label in targets.split()}
    named = {label: target for target, labels in sources.items() for label in labels.split()}
    return MappingProxyType({**dict.fromkeys(ONTONOTES), **own, **named})


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "ontonotes-18": _table(" ".join(ONTONOTES)),
        # Without what is about time, as where dates are a layer of their own.
        "ontonotes-16": _table(" ".join(label for label in ONTONOTES if label not in ("DATE", "TIME"))),
        # Tjong Kim Sang and De Meulder, CoNLL-2003: NORP and the other names are MISC; values are no names.
        "conll-4": _table(
            "PER LOC ORG MISC",
            PER="PERSON",
            LOC="GPE LOC FAC",
            MISC="NORP EVENT WORK_OF_ART LAW PRODUCT LANGUAGE",
        ),
        # The three that lexicon systems and most others tell apart.
        "three": _table("PERSON PLACE ORG", PERSON="PER", PLACE="GPE LOC FAC"),
        # Chinchor, MUC-7 named entity task definition, 1998; facilities are locations only roughly.
        "muc-7": _table(
            "PERSON ORGANIZATION LOCATION DATE TIME MONEY PERCENT", ORGANIZATION="ORG", LOCATION="GPE LOC FAC"
        ),
        # ACE 2005 without vehicles and weapons, which PRODUCT doesn't tell apart.
        "ace-5": _table("PER ORG GPE LOC FAC", PER="PERSON"),
        # Derczynski et al., WNUT 2017; "group" has no match in OntoNotes but NORP, which it isn't.
        "wnut-4": _table(
            "person location corporation creative-work",
            person="PERSON",
            location="GPE LOC FAC",
            corporation="ORG",
            **{"creative-work": "WORK_OF_ART"},
        ),
    }
)


def targets(table: Table) -> tuple[str, ...]:
    """The labels that a table leads to, each once, in its order."""
    return tuple(dict.fromkeys(target for target in table.values() if target is not None))


def temporal(kind: str, value: str | None) -> str | None:
    """The OntoNotes label of a TIMEX3 type and value: TIME for hours, minutes, seconds; None for an unknown type."""
    return "TIME" if kind == "DURATION" and (value or "").startswith("PT") else TEMPORAL.get(kind)


def own(node: Node, member: str) -> Table:
    """The table that leaves the values that a schema lists for a member as they are.

    Raises:
        ValueError: it lists none.
    """
    listed = {label: label for label in node.fields[member].get("enum", ()) if isinstance(label, str)}
    if not listed:
        raise ValueError(f"{node.name}: the schema lists no values of {member}; right is an enum of its labels")
    return MappingProxyType(listed)
