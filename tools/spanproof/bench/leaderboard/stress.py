"""Stress tests on the leaderboard: how far rewritten texts move systems."""

from collections.abc import Mapping
from typing import Any

from spanproof.bench.leaderboard import plots
from spanproof.table import Table, markdown

_STRESS = """\
## Under transformations

`spanproof bench stress` rewrites the texts so that their annotations stay true. How much does this change what systems
find?

- Each cell is the change of F1 (strict, exact). Bold means that its 95 % interval doesn't contain 0.
- These intervals are drawn like those of the scores above. With so many cells, some are bold by chance.
- The number in round brackets says how alike the predictions stay, in the documents that were rewritten: it is the F1
  between the predictions on the original texts and those on the rewritten texts, carried back. 1.00 means that none
  changed.
- Names are scored under the finest label set that a system gives.
- – means that there was nothing to rewrite, or that F1 is undefined.

The rewritings:"""


def section(stress: Mapping[str, Any]) -> str:
    """Return the section of a page on stress tests: a table a layer, transformations by systems.

    Args:
        stress: what ``bench stress --output json`` printed.
    """
    layers: dict[str, dict[str, dict[str, str]]] = {}
    for system in stress["systems"]:
        for name, effects in system["effects"].items():
            for effect in effects:
                if effect["measure"] == "exact":
                    rows = layers.setdefault(effect["layer"], {})
                    rows.setdefault(name, {})[system["name"]] = _effect(effect)
    sections = []
    for layer, rows in layers.items():
        systems = list(dict.fromkeys(name for row in rows.values() for name in row))
        sections.append(f"![How alike predictions stay: {layer}.](stress-{layer}.svg)")
        cells = tuple((name, *(row.get(system, "–") for system in systems)) for name, row in rows.items())
        sections.append(markdown(Table((layer, *systems), cells)))
    descriptions = "\n".join(f"- {name}: {says}." for name, says in stress["transformations"].items())
    return "\n\n".join([_STRESS, descriptions, *sections])


def _effect(effect: Mapping[str, Any]) -> str:
    if not effect["articles"] or effect["before"] is None or effect["after"] is None:
        return "–"
    same = "–" if effect["same"] is None else f"{effect['same']:.2f}"
    low, high = effect["interval"] or (0, 0)
    apart = f"{effect['after'] - effect['before']:+.3f}"
    return f"**{apart}** ({same})" if low > 0 or high < 0 else f"{apart} ({same})"


def pictures(stress: Mapping[str, Any]) -> dict[str, bytes]:
    """Return how alike predictions stay, a plot for each layer, by the names of their files."""
    layers: dict[str, dict[str, dict[str, float | None]]] = {}
    for system in stress["systems"]:
        for name, effects in system["effects"].items():
            for effect in effects:
                if effect["measure"] == "exact":
                    rows = layers.setdefault(effect["layer"], {})
                    rows.setdefault(system["name"], {})[name] = effect["same"]
    note = "F1 of after against before, carried back; what changes no prediction is left out"
    return {
        f"stress-{layer}.svg": plots.heat(_changing(stress, rows), rows, f"Predictions that stay: {layer}", note)
        for layer, rows in layers.items()
    }


def _changing(stress: Mapping[str, Any], rows: Mapping[str, Mapping[str, float | None]]) -> dict[str, str]:
    """Return the transformations under which some prediction changes; all where none does."""
    every = {name: name for name in stress["transformations"]}
    return {name: name for name in every if any(row.get(name) not in (None, 1) for row in rows.values())} or every
