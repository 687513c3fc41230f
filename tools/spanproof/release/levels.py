"""What a release changes in what is published, and by how much its version must rise for that."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from spanproof.formats.schemas import SCHEMA
from spanproof.parsing.json import parse
from spanproof.publication.facts import FACTS
from spanproof.publication.folder import SUMS, Declared, Publication, listed
from spanproof.revisions.semver import Bump
from spanproof.schema.schema import Schema

_ORDER: tuple[Bump, ...] = ("patch", "minor", "major")


@dataclass(frozen=True)
class Difference:
    """One thing in which two published datasets differ, in words, and the level that it asks for."""

    level: Bump
    what: str


def level_of(differences: Iterable[Difference]) -> Bump | None:
    """Return the highest level; None where nothing differs."""
    return max((difference.level for difference in differences), key=_ORDER.index, default=None)


def differences(old: Publication, new: Publication) -> list[Difference]:
    """Return in what two published datasets differ, by the table of levels in the page on releasing.

    Tables are compared as a reader gets them: rows by their values, labels by their names and by their ids. Registries
    are compared entry by entry. Other files are descriptions.

    Args:
        old: the dataset that was published.
        new: the one that is to be.

    Raises:
        ValueError: a table or a registry can't be read.
    """
    changes = [
        *_licence(old, new),
        *_configurations(old, new),
        *_registries(old, new),
    ]
    named = {path for publication in (old, new) for config in publication.configs for path in config.paths}
    words = sorted(
        name
        for name in {*old.files, *new.files} - named - {SUMS}
        if not name.startswith("../") and old.files.get(name) != new.files.get(name)
    )
    if words and level_of(changes) is None:
        changes.append(Difference("patch", f"descriptions changed: {', '.join(words)}"))
    return changes


def _licence(old: Publication, new: Publication) -> Iterator[Difference]:
    for member in ("license", "license_name"):
        was, now = (publication.settings.get(member) for publication in (old, new))
        if was != now:
            yield Difference("major", f"{member} was {was}, is {now}")


def _configurations(old: Publication, new: Publication) -> Iterator[Difference]:
    befores, afters = ({config.name: config for config in side.configs} for side in (old, new))
    for name in befores.keys() - afters.keys():
        yield Difference("major", f"configuration {name} is gone")
    for name in afters.keys() - befores.keys():
        yield Difference("minor", f"configuration {name} is new")
    remarks = _remarks(old) & _remarks(new)
    for name in (name for name in befores if name in afters):
        before, after = _splits(old, befores[name]), _splits(new, afters[name])
        for split in before.keys() - after.keys():
            yield Difference("major", f"{name}: split {split} is gone")
        for split in after.keys() - before.keys():
            yield Difference("minor", f"{name}: split {split} is new")
        for split in before.keys() & after.keys():
            yield from _tables(name, before[split], after[split], remarks)


def _splits(publication: Publication, config: Declared) -> Mapping[str, pa.Table]:
    """Return the table of each split of a configuration.

    Raises:
        ValueError: a split has no file, or one that can't be read.
    """
    splits: dict[str, pa.Table] = {}
    for entry in listed(config.entry.get("data_files")):
        split, patterns = ("train", entry) if isinstance(entry, str) else (entry.get("split"), entry.get("path"))
        paths = publication.matching(listed(patterns))
        if not paths:
            raise ValueError(f"configuration {config.name}: split {split} has no file")
        splits[str(split)] = pa.concat_tables([publication.table(path) for path in paths])
    return splits


def _tables(name: str, old: pa.Table, new: pa.Table, remarks: frozenset[str]) -> Iterator[Difference]:
    import datasets

    before, after = (datasets.Features.from_arrow_schema(table.schema) for table in (old, new))
    faults = list(_features(name, dict(before), dict(after)))
    yield from faults
    if level_of(faults) == "major":
        return
    rows = [
        [_shown(_known(row, features, dict(before), remarks, name)) for row in table.to_pylist()]
        for table, features in ((old, dict(before)), (new, dict(after)))
    ]
    gone, more = (Counter(rows[side]) - Counter(rows[1 - side]) for side in (0, 1))
    if gone:
        yield Difference("major", f"{name}: {gone.total():,} of {len(rows[0]):,} rows are changed or gone")
    elif more:
        count = more.total()
        rows_added = f"{count:,} new row{'s'[: count != 1]}"
        yield Difference("minor", f"{name}: {rows_added}; all earlier rows are unchanged")
    elif rows[0] != rows[1]:
        yield Difference("minor", f"{name}: the same rows in another order")
    elif remarks and not old.equals(new):
        yield Difference("patch", f"{name}: remarks are worded otherwise")


def _features(place: str, old: Any, new: Any) -> Iterator[Difference]:
    """Yield what differs between two features: members, types, the ids of labels."""
    import datasets

    if isinstance(old, dict) and isinstance(new, dict):
        for member in old:
            if member in new:
                yield from _features(f"{place}.{member}", old[member], new[member])
            else:
                yield Difference("major", f"{place}.{member} is gone")
        yield from (Difference("minor", f"{place}.{member} is new") for member in new.keys() - old.keys())
    elif isinstance(old, datasets.List) and isinstance(new, datasets.List):
        yield from _features(f"{place}[]", old.feature, new.feature)
    elif isinstance(old, datasets.ClassLabel) and isinstance(new, datasets.ClassLabel):
        for k, label in enumerate(old.names):
            if k >= len(new.names) or new.names[k] != label:
                now = f"is {new.names[k]}" if k < len(new.names) else "is gone"
                yield Difference("major", f"{place}: label id {k} was {label}, {now}")
                return
        if len(new.names) > len(old.names):
            yield Difference("minor", f"{place}: new label {', '.join(new.names[len(old.names) :])}")
    elif old != new:
        yield Difference("major", f"{place} was {_type(old)}, is {_type(new)}")


def _type(feature: Any) -> str:
    return str(getattr(feature, "dtype", None) or type(feature).__name__)


def _known(value: Any, feature: Any, old: Any, remarks: frozenset[str], place: str) -> Any:
    """Return a value with the members that the old feature has, labels by their names, without remarks."""
    import datasets

    if value is None:
        return None
    if isinstance(old, dict):
        return {
            member: _known(value[member], feature[member], sub, remarks, f"{place}.{member}")
            for member, sub in old.items()
            if f"{place}.{member}" not in remarks
        }
    if isinstance(old, datasets.List):
        return [_known(item, feature.feature, old.feature, remarks, f"{place}[]") for item in value]
    if isinstance(old, datasets.ClassLabel) and 0 <= value < len(feature.names):
        return feature.names[value]
    return value


def _shown(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _registries(old: Publication, new: Publication) -> Iterator[Difference]:
    """Yield what differs in the registries beside the documents, which annotations refer to."""
    remarks = _remarks(old) & _remarks(new)
    for name in sorted(_named(old) | _named(new)):
        before, after = (parse(side.files.get(f"{name}.json", b"{}")) for side in (old, new))
        kept = [
            {key: _entry(name, entry, remarks) for key, entry in side.items()} if isinstance(side, dict) else {}
            for side in (before, after)
        ]
        gone = [key for key in kept[0] if kept[0][key] != kept[1].get(key)]
        if gone:
            yield Difference("major", f"registry {name}: {', '.join(gone[:3])}: {len(gone):,} changed or gone")
        elif more := kept[1].keys() - kept[0].keys():
            yield Difference("minor", f"registry {name}: {len(more):,} entries are new")
        elif before != after:
            yield Difference("patch", f"registry {name}: remarks are worded otherwise")


def _entry(name: str, entry: Any, remarks: frozenset[str]) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {member: value for member, value in entry.items() if f"{name}.json.{member}" not in remarks}


def _named(publication: Publication) -> set[str]:
    """Return the registries that the schema of a dataset names."""
    if SCHEMA not in publication.files:
        return set()
    return set(Schema.of(parse(publication.files[SCHEMA])).registries)


def _remarks(publication: Publication) -> frozenset[str]:
    """Return the fields that only say something about a row for people, as the dataset states them."""
    stated = parse(publication.files.get(FACTS, b"{}"))
    return frozenset(stated.get("remarks", ()) if isinstance(stated, dict) else ())
