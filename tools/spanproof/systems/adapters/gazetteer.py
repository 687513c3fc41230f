"""``gazetteer``: the names of a registry wherever they stand, the longest first, as whole words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems.ner import NAMES
from spanproof.systems.system import Annotations, Predict, Source, System


def names(registry: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Each alias of a registry with its label and entity, None for an alias of several.

    The label of such an alias is that of the first, by key. Entries without a label of ours or aliases are left out.
    """
    known: dict[str, tuple[str, str | None]] = {}
    for key, entry in sorted(registry.items()):
        label = entry.get("type") if isinstance(entry, Mapping) else None
        aliases = entry.get("aliases") if isinstance(entry, Mapping) else None
        if label in NAMES and isinstance(aliases, list):
            for alias in dict.fromkeys(each for each in aliases if isinstance(each, str) and each.strip()):
                known[alias.strip()] = (known[alias.strip()][0], None) if alias.strip() in known else (label, key)
    return known


def _open(registries: Registries) -> Predict:
    known = names(registries["entities"])
    longest = sorted(known, key=lambda name: (-len(name), name))
    pattern = regex.compile(rf"(?<!\w)(?:{'|'.join(map(regex.escape, longest))})(?!\w)") if known else None

    def found(text: str) -> Iterator[dict[str, Any]]:
        for match in pattern.finditer(text) if pattern else ():
            label, entity = known[match.group()]
            yield {"start": match.start(), "end": match.end(), "label": label, "entity_id": entity}

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        return ({"entities": list(found(source.text))} for source in sources)

    return predict


SYSTEM = System(
    name="gazetteer",
    version="1",
    licence="Apache-2.0",
    weights=None,
    predicts={"entities": NAMES},
    limits="Knows the registry alone, case and accents as written there; takes every occurrence, whatever it means and "
    "in whatever zone. A registry that was gathered from a corpus makes its score on that corpus in-sample.",
    open=_open,
    registry="entities",
    in_sample=("entities",),
)
