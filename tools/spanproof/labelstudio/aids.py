"""What a labeling config shows that doesn't follow from its schema: the guidelines, the entries of registries.

None of it decides what can be annotated. Each stands in a block of its own in the config, which is there and empty
where nothing is shown, so that two configs can be compared without them, and a push that brings none leaves what is
there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.corpus.registries import aliases_of
from spanproof.labelstudio.guidelines import sections
from spanproof.labelstudio.layout import Control

MOST = 2_000
"""The most entries that a page lists of a registry: it is built anew for every task that is opened."""
PATH_SEPARATOR = "␟"
"""Stands between the levels of a choice; no key that is listed holds it."""
_CLASS = "spanproof-aid"
_LONGEST_NAME, _LONGEST_SHOWN = 40, 120
_BLOCK = re.compile(
    rf'^(?P<indent> *)<View className="(?P<name>{_CLASS} [\w-]+)"(?: />|>\n.*?^(?P=indent)</View>)$', re.M | re.S
)


@dataclass(frozen=True)
class Aids:
    """What is shown beside what follows from a schema.

    Attributes:
        entries: what is shown of each entry, by the name of its registry and its key.
        guidelines: how to annotate, Markdown or another text; None where nothing is said.
    """

    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    guidelines: str | None = None

    @classmethod
    def of(cls, corpus: Corpus, guidelines: str | None = None) -> "Aids":
        """Return the aids that a corpus brings: the entries of its registries that aren't too many.

        Args:
            corpus: the corpus, with its registries.
            guidelines: how to annotate.
        """
        listed = {name: _listed(entries) for name, entries in corpus.registries.items() if len(entries) <= MOST}
        return cls(listed, guidelines)


NO_AIDS = Aids()
"""Nothing beside what follows from the schema."""


def not_listed(corpus: Corpus) -> list[Finding]:
    """Return a finding for each registry that is too long to be listed on a page: its keys are written there."""
    return [
        Finding("list-too-long", "info", f"registry {name}: {len(entries)} entries, a page lists {MOST} at most")
        for name, entries in corpus.registries.items()
        if len(entries) > MOST
    ]


def _listed(entries: Mapping[str, Any]) -> dict[str, str]:
    """Return what is shown of each entry: its key, its names in short, its spellings, to be searched by any of them.

    A key that a page would change, or take for two, isn't listed.
    """
    shown = {}
    for key, entry in entries.items():
        plain = key == " ".join(key.split()) and key.isprintable() and PATH_SEPARATOR not in key
        if plain and 0 < len(key) <= _LONGEST_SHOWN:
            values = entry.values() if isinstance(entry, Mapping) else [entry]
            names = [value for value in values if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME]
            words = dict.fromkeys(" ".join(name.split()) for name in (key, *names, *(aliases_of(entry) or ())))
            shown[key] = " · ".join(words)[:_LONGEST_SHOWN]
    return shown


def add_guidelines(view: Element, aids: Aids) -> None:
    """Add the guidelines to a page, folded up: a panel for each of their sections."""
    block = SubElement(view, "View", className=f"{_CLASS} guidelines")
    if not (aids.guidelines and aids.guidelines.strip()):
        return
    outer = SubElement(SubElement(block, "Collapse", bordered="true"), "Panel", value="Guidelines")
    inner = SubElement(outer, "Collapse", bordered="false", accordion="false")
    for title, text in sections(aids.guidelines):
        panel = SubElement(inner, "Panel", value=_plain(title))
        if text:
            SubElement(panel, "Header", value=_plain(text), size="6")


def add_list(view: Element, control: Control, aids: Aids) -> None:
    """Add a list of a registry's entries, which can be searched, to a page."""
    block = SubElement(view, "View", className=f"{_CLASS} {control.name}")
    if not (entries := aids.entries.get(control.registry or "")):
        return
    about = {"name": control.name, "toName": "text", "perRegion": "true"}
    when = {"whenTagName": "span", "whenLabelValue": ",".join(control.labels)}
    more = {"maxUsages": "1", "pathSeparator": PATH_SEPARATOR, "placeholder": "or choose from the list"}
    listed = SubElement(block, "Taxonomy", about | when | more)
    for key, shown in entries.items():
        SubElement(listed, "Choice", value=_plain(shown), alias=key)


def _plain(text: str) -> str:
    # Label Studio puts the data of the task for a $ with a name after it.
    return re.sub(r"\$(?=[\w\[])", "$\u2060", "".join(c if c.isprintable() or c == "\n" else " " for c in text))


def without_aids(written: str) -> str:
    """Return a labeling config with every aid empty: what follows from its schema."""
    return _BLOCK.sub(r'\g<indent><View className="\g<name>" />', written.strip())


def with_aids_of(written: str, old: str) -> str:
    """Return a labeling config in which each aid that is empty is as another config has it.

    Args:
        written: the config, XML as :func:`spanproof.labelstudio.config.config` writes it.
        old: the other one, which a project has.
    """
    there = {match["name"]: match[0] for match in _BLOCK.finditer(old)}

    def kept(match: re.Match[str]) -> str:
        return there.get(match["name"], match[0]) if match[0].endswith("/>") else match[0]

    return _BLOCK.sub(kept, written)
