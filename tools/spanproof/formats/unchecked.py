"""What a check without a schema leaves unchecked, in words."""

from collections import Counter

from spanproof.formats.sampling import Sample
from spanproof.schema.open_shapes import possible_key
from spanproof.schema.open_spans import SHARED_TEXTS
from spanproof.schema.schema import Schema
from spanproof.schema.shapes import Fit, unlisted

_LABELS = 8
_OVERLAP = "overlap and order of spans"
TWICE = "whether a record occurs twice"
"""How a sentence begins that says that nothing identifies records."""


def unchecked_of(fit: Fit, some: Sample, labels: Counter[str]) -> tuple[str, ...]:
    """Return what nobody asks for where there is no schema.

    Args:
        fit: how the records fit the shape that they are taken for.
        some: the records that were looked at.
        labels: how many spans of each label they have.
    """
    set_of = _set_of(labels, looked_at(some))
    others = "references and relations", "which other members a record must have"
    return _OVERLAP, set_of, *others, *still_unchecked_of(fit, some)


def key_of(fit: Fit, some: Sample) -> tuple[str, str] | None:
    """Return a member that may identify records, and its type, where the shape that they are taken for has none.

    Args:
        fit: how the records fit that shape.
        some: the records that were looked at.
    """
    json = fit.json or {}
    return None if Schema.of(json).key else possible_key(some.records, json.get("properties", {}))


def _twice(fit: Fit, some: Sample) -> tuple[str, ...]:
    """Return that records may occur twice, where nothing identifies them."""
    if Schema.of(fit.json or {}).key:
        return ()
    if (possible := key_of(fit, some)) is None:
        return (f"{TWICE} (no member such as `id` tells records apart)",)
    name, _ = possible
    return (f'{TWICE} (if {name!r} identifies it, write "key": "{name}" into a schema)',)


def still_unchecked_of(fit: Fit, some: Sample) -> tuple[str, ...]:
    """Return what a schema of this shape doesn't ask for either, and what of the records isn't read.

    Args:
        fit: how the records fit the shape that they are taken for.
        some: the records that were looked at.
    """
    return *_twice(fit, some), *not_read_of(fit, some), *(one for one in fit.unsure if one.endswith(SHARED_TEXTS))


def not_read_of(fit: Fit, some: Sample) -> tuple[str, ...]:
    """Return what of the records isn't read as annotations, and may be some.

    Args:
        fit: how the records fit the shape that they are taken for.
        some: the records that were looked at.
    """
    others = [
        name for name in unlisted(fit.json or {}, some.records) if not any(repr(name) in one for one in fit.unsure)
    ]
    return (
        *(one for one in fit.unsure if not one.endswith(SHARED_TEXTS)),
        *([f"the member{'s'[: len(others) > 1]} {', '.join(map(repr, others))}"] if others else []),
        *([f"whether {counted_records(some.unlike)} of further kinds have spans elsewhere"] if some.unlike else []),
    )


def looked_at(some: Sample) -> str:
    """Say in which records labels were counted, where those aren't all."""
    return "" if len(some.records) == some.number else f" in {len(some.records):,} of {counted_records(some.number)}"


def _set_of(labels: Counter[str], where: str) -> str:
    seen = ", ".join(f"{label or 'no label'} {number:,}" for label, number in labels.most_common(_LABELS))
    more = f" and {len(labels) - _LABELS:,} more" if len(labels) > _LABELS else ""
    return f"the set of labels{f' (found{where}: {seen}{more})' if seen else ''}"


def unchecked_of_stand_off(labels: Counter[str], where: str) -> tuple[str, ...]:
    """Return what nobody asks for of stand-off documents.

    Args:
        labels: how many spans of each label there are.
        where: in which records these were counted.
    """
    overlap = f"{_OVERLAP}, several labels for one span"
    return overlap, _set_of(labels, where), "roles and targets of relations"


def counted_records(number: int) -> str:
    """Return a number of records in words."""
    return f"{number:,} record{'' if number == 1 else 's'}"
