"""``gazetteer``: the names of a registry wherever they stand, the longest first, as whole words."""

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems.labels import NAMES
from spanproof.systems.system import Predict, System, per_text


def names(registry: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Return each alias of a registry with its label and the key of its entity.

    An alias of several entities has the label of the first of them, by key, and no entity. Entries without aliases, or
    whose ``type`` isn't a label of names, are left out.
    """
    known: dict[str, tuple[str, str | None]] = {}
    for key, entry in sorted(registry.items()):
        label = entry.get("type") if isinstance(entry, Mapping) else None
        aliases = entry.get("aliases") if isinstance(entry, Mapping) else None
        if label in NAMES and isinstance(aliases, list):
            for alias in dict.fromkeys(alias for alias in aliases if isinstance(alias, str) and alias.strip()):
                known[alias.strip()] = (known[alias.strip()][0], None) if alias.strip() in known else (label, key)
    return known


def _open(registries: Registries) -> Predict:
    known = names(registries["entities"])
    longest = sorted(known, key=lambda name: (-len(name), name))
    pattern = regex.compile(rf"(?<!\w)(?:{'|'.join(map(regex.escape, longest))})(?!\w)") if known else None

    def entities(text: str) -> Iterator[dict[str, Any]]:
        for match in pattern.finditer(text) if pattern else ():
            label, entity = known[match.group()]
            yield {"start": match.start(), "end": match.end(), "label": label, "entity_id": entity}

    return per_text(lambda source: {"entities": list(entities(source.text))})


SYSTEM = System(
    name="gazetteer",
    version="1",
    licence="Apache-2.0",
    weights=None,
    predicts={"entities": NAMES},
    limits="It knows only the names in the registry, with case and accents as they are there. It takes every "
    "occurrence, whatever it means and in whatever zone. If a registry was gathered from a corpus, the score on that "
    "corpus is in-sample.",
    open=_open,
    registry="entities",
    in_sample=("entities",),
)
