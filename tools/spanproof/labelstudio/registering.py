"""Entries of registries for names that annotators met first, and spellings that a registry lacks."""

from collections.abc import Mapping
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.registries import aliases_of
from spanproof.labelstudio.layout import Layout
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, objects

Entries = dict[str, dict[str, Any]]
"""New or longer entries, by the name of the registry and the key of the entry."""


def new_entries(corpus: Corpus, document: Document) -> Entries:
    """Return the entries that the registries of a corpus lack for what a document names in them alone.

    A new entry has what the annotation says: members of the same name, its label where the entry lists that, its words
    where the entry wants a text or a list of spellings. The check says what such an entry lacks.

    Args:
        corpus: the corpus, with its registries.
        document: the document.
    """
    entries: Entries = {}
    text = str(document[Layout.of(corpus.schema).text])
    for _, node, value in objects(document, corpus.schema.root):
        for member, sub in node.fields.items():
            names, key = sub.refers_to.registries, value.get(member)
            if len(names) != 1 or sub.refers_to.places or not isinstance(key, str) or not key:
                continue
            (name,) = names
            known = entries.get(name, {}).get(key, corpus.registries.get(name, {}).get(key))
            words = _words(value, text)
            entry = _entry(corpus, name, node, value, words) if known is None else _spelt(known, words)
            if entry != known:
                entries.setdefault(name, {})[key] = entry
    return entries


def _words(value: Mapping[str, Any], text: str) -> str:
    """Return the words of a span in one line; none where it isn't one."""
    start, end = value.get("start"), value.get("end")
    return " ".join(text[start:end].split()) if type(start) is int and type(end) is int else ""


def _spelt(entry: Any, words: str) -> Any:
    """Return an entry with a spelling more, where it lists spellings and lacks that one."""
    aliases = aliases_of(entry)
    return entry if aliases is None or not words or words in aliases else {**entry, "aliases": [*aliases, words]}


def _entry(corpus: Corpus, name: str, node: Node, value: Mapping[str, Any], words: str) -> dict[str, Any]:
    """Return a new entry for what an annotation names."""
    entry: dict[str, Any] = {}
    registry = corpus.schema.registry_schemas.get(name)
    label = value.get(node.label) if node.label else None
    for member, sub in registry.entry.fields.items() if registry else ():
        if not sub.required:
            continue
        if sub.enum and label in sub.enum:
            entry[member] = label
        elif member in value and sub.kind == "string":
            entry[member] = value[member]
        elif sub.kind == "string":
            entry[member] = words
        elif sub.kind == "array":
            entry[member] = [words] if words else []
    return entry


def with_entries(registries: Mapping[str, Mapping[str, Any]], entries: Entries) -> dict[str, dict[str, Any]]:
    """Return registries with more entries."""
    names = dict.fromkeys((*registries, *entries))
    return {name: {**registries.get(name, {}), **entries.get(name, {})} for name in names}
