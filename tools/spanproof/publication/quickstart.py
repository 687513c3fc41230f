"""The quick start of a card: code that reads the dataset, and what it prints, both derived from the configurations."""

import functools
import json
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.publication.configs import Config
from spanproof.publication.documents import Documents
from spanproof.publication.names import singular
from spanproof.publication.rows import twins
from spanproof.schema.layers import Layer

_SHOWN = 3
FOLDER = "./dataset"
"""Where a dataset is that has no repository."""


@dataclass(frozen=True)
class Quickstart:
    """What is shown: a document with its text, and the first annotations of a layer of spans in it.

    ``row`` is the document's row in the default configuration, None where there is no document to show; ``layer`` is
    that of the annotations, in the configuration ``rows``, None where that document has none.
    """

    documents: Documents
    configs: Sequence[Config]
    row: int | None
    layer: Layer | None = None
    rows: Config | None = None
    source: str = FOLDER

    @classmethod
    def of(cls, documents: Documents, configs: Sequence[Config], source: str = FOLDER) -> "Quickstart":
        """Return the quick start of a dataset: the first layer of spans that has rows, and the first document of it.

        Args:
            documents: those of the dataset.
            configs: its configurations.
            source: where it is loaded from: its repository on the Hub, or a folder.
        """
        layers = {layer.name: layer for layer in documents.layers if layer.node.span_of}
        for config in configs:
            layer = layers.get(config.layer or "")
            for k, document in enumerate(documents.rows) if layer else ():
                # The first rows of the layer's configuration are those of its first document that has any.
                if layer and layer.items(document):
                    return cls(documents, configs, k, layer, config, source)
        return cls(documents, configs, 0 if documents.rows else None, source=source)

    @property
    def code(self) -> str:
        """The code, in which where the dataset is loaded from is one variable."""
        also = "" if self.source == FOLDER else "  # or a folder with its files"
        split, lines = self.configs[0].split, ["from datasets import load_dataset", ""]
        lines.append(f"source = {_literal(self.source)}{also}")
        if self.row is None:
            return "\n".join([*lines, f'print(len(load_dataset(source, split="{split}")), "rows")'])
        noun = variable(self.documents.noun, "document")
        lines.append(f'{noun} = load_dataset(source, split="{split}")[{self.row}]')
        key = [] if self.documents.schema.key is None else [f"{noun}[{_literal(self.documents.schema.key)}]"]
        about = [f"sorted({noun})"] if self._text is None else [f"len({noun}[{_literal(self._text)}])", '"characters"']
        lines.append(f"print({', '.join([*key, *about])})")
        return "\n".join([*lines, *self._loop(noun)])

    def _loop(self, noun: str) -> list[str]:
        """Return the lines that read annotations, hold each against its text and print it."""
        if self.layer is None or self.rows is None or self.row is None:
            return []
        many, one = variable(self.rows.name, "rows"), variable(singular(self.rows.name), "row")
        many, one = (many, one) if len({many, one, noun}) == 3 else ("rows", "row")
        text = f"{noun}[{_literal(str(self._text))}]"
        columns = ", ".join(f"{one}[{_literal(name)}]" for name in self._columns)
        return [
            "",
            f'{many} = load_dataset(source, "{self.rows.name}", split="{self.rows.split}")',
            f"for {one} in {many}.select(range({self._count})):",
            f'    assert {text}[{one}["start"]:{one}["end"]] == {one}["text"]  # code points, half open',
            f"    print({columns})",
        ]

    @property
    def printed(self) -> str:
        """What the code prints."""
        if self.row is None:
            return "0 rows"
        document, key = self._document, self.documents.schema.key
        about = [sorted(document)] if self._text is None else [len(document[self._text]), "characters"]
        lines = [[*([] if key is None else [document[key]]), *about]]
        if self.rows is not None:
            rows = self.rows.table.select(self._columns).slice(0, self._count).to_pylist()
            lines += [[row[name] for name in self._columns] for row in rows]
        return "\n".join(" ".join(map(str, line)) for line in lines)

    @property
    def example(self) -> str | None:
        """The first row of the annotations that are shown, as JSON with labels as ids, a line a column.

        None where there are no annotations.
        """
        if self.rows is None:
            return None
        row = self.rows.table.slice(0, 1).to_pylist()[0]
        shown = (
            f" {_literal(name)}: {json.dumps(value, ensure_ascii=False, default=str)}" for name, value in row.items()
        )
        return "{\n" + ",\n".join(shown) + "\n}"

    @functools.cached_property
    def _document(self) -> Mapping[str, Any]:
        document: Mapping[str, Any] = self.configs[0].table.slice(self.row, 1).to_pylist()[0]
        return document

    @property
    def _text(self) -> str | None:
        """The member with the text that is shown; None where the document has none."""
        member = str(self.layer.node.span_of) if self.layer else next(iter(self.documents.texts), None)
        return member if member and isinstance(self._document.get(member), str) else None

    @property
    def _count(self) -> int:
        """How many annotations are shown: those of the document, three at most."""
        return (
            min(_SHOWN, len(self.layer.items(self.documents.rows[self.row])))
            if self.layer and self.row is not None
            else 0
        )

    @property
    def _columns(self) -> list[str]:
        """What is printed of an annotation: its label by name, its words, what it refers to elsewhere."""
        assert self.layer is not None
        node = self.layer.node
        label = node.label
        first = [twins(node).get(label, label)] if label else []
        abroad = [name for name, sub in node.fields.items() if sub.refers_to.registries]
        return list(dict.fromkeys([*first, "text", *abroad]))


def variable(word: str, otherwise: str) -> str:
    """Return a word as the name of a variable in code, or another where it can't be one."""
    taken = keyword.iskeyword(word) or word in ("load_dataset", "print", "len", "range", "sorted", "source")
    return word if word.isidentifier() and not taken else otherwise


def _literal(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
