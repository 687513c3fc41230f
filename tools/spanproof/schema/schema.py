"""A schema compiled: the tree of members with their stand-off keywords, column types, features, structural validation.

A schema is an ordinary JSON Schema 2020-12 of one document with the keywords of ``vocabulary.schema.json``. Everything
that spanproof knows about a corpus comes from the tree of :class:`Node` built here.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pyarrow as pa

from spanproof.parsing.json import dump, parse
from spanproof.schema.binding import bind, enclosing
from spanproof.schema.compiling import compiled, relaxed, with_gaps
from spanproof.schema.domains import demand_around, demand_domains
from spanproof.schema.guess import Guess
from spanproof.schema.keywords import Keyword
from spanproof.schema.lens import Lens
from spanproof.schema.node import Json, Node, Place, SchemaError
from spanproof.schema.other_objects import judged_where_spans
from spanproof.schema.registries import RegistrySchema, demand_resolvable
from spanproof.schema.validation import Judge, decider, demand_own
from spanproof.schema.vocabulary import CONTRACT, meta_schema, vocabulary
from spanproof.schema.written import POINTERS, demand_reached, demand_spelt, marked, unknown_keywords, unmarked
from spanproof.schema.written_columns import NamedPositions, is_columnar, plain

if TYPE_CHECKING:
    import datasets
    import jsonschema_rs
    from jsonschema.protocols import Validator

T = TypeVar("T")


@dataclass(frozen=True)
class Schema:
    """A compiled schema.

    Attributes:
        json: the JSON Schema of a canonical document.
        root: the node of the document.
        written: the JSON Schema as it was given, of a record of a file; ``json`` where documents are canonical there.
        lens: the shape in which documents are written; None where they are canonical.
        guess: what a corpus was taken for, where the schema was made by its content; None where somebody stated it.
    """

    json: Json
    root: Node
    written: Json
    lens: Lens | None = None
    guess: Guess | None = None

    @classmethod
    def of(cls, json_schema: Any) -> Self:
        """Compile a schema.

        Args:
            json_schema: the JSON Schema of a document; whatever a file holds.

        Raises:
            SchemaError: it is no object, breaks JSON Schema or the vocabulary, or a document of it has no column type.
        """
        if not isinstance(json_schema, Mapping):
            raise SchemaError("#: isn't an object; expected the JSON Schema of a document, an object")
        json_schema = _plain(json_schema)
        error = min(_meta_decider().iter_errors(json_schema), key=lambda e: len(e.instance_path), default=None)
        if error is not None:
            raise SchemaError(f"#{''.join(f'/{step}' for step in error.instance_path)}: {error.message}")
        demand_own(json_schema, vocabulary())
        marks = marked({name: part for name, part in json_schema.items() if name != "unchecked"})
        demand_spelt(marks)
        bound, lens = bind(marks)
        root = compiled(bound, bound, (), True)
        if root.kind != "object":
            raise SchemaError(f"#: a document is of type {root.kind}; expected an object")
        schema = cls(unmarked(bound), root, json_schema, lens)
        demand_domains(schema.nodes)
        around = enclosing(marks, lens.documents)[:-1] if lens else []
        demand_around(around)
        reached = {pointer for node in schema.nodes.values() for pointer in node.written}
        demand_reached(marks, reached.union(*(outer[POINTERS] for outer in around)))
        demand_resolvable(schema.registry_schemas, schema.nodes, schema.key)
        for judge in (schema.judge, schema.written_judge):
            assert judge.decider  # compiled now, so that what it refuses is refused with the schema
        return schema

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read and compile a schema file.

        Raises:
            SchemaError: the file can't be read, isn't JSON, or isn't a usable schema; the message names the file.
        """
        try:
            return cls.of(parse(Path(path).read_bytes()))
        except OSError as error:
            raise SchemaError(f"{path}: {error.strerror or error}") from error
        except ValueError as error:
            raise SchemaError(f"{path}: {error}") from error

    @staticmethod
    @functools.cache
    def article() -> "Schema":
        """Return the schema of the annotated article, the default contract."""
        return Schema.read(CONTRACT / "article.schema.json")

    @staticmethod
    @functools.cache
    def stand_off() -> "Schema":
        """Return the schema of a stand-off document, as which every format of annotations is read."""
        return Schema.read(CONTRACT / "stand-off.schema.json")

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What it says itself that a check with it leaves unchecked: the keyword ``unchecked`` at its root."""
        return tuple(self.written.get("unchecked", ()))

    def __repr__(self) -> str:
        """Return one line: its title, and where its spans are."""
        places = [".".join(step for step in node.place if step != "*") for node, _ in self.having(Node.span_of)]
        title = f" {self.written['title']!r}" if "title" in self.written else ""
        return f"<Schema{title}, spans in {', '.join(places) or 'no layer'}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Send what is written to another process, which compiles it anew."""
        return _compiled_again, (self.written, self.guess)

    @property
    def canonical(self) -> "Schema":
        """The schema of the canonical documents, which has no lens."""
        return self if self.lens is None else Schema(self.json, self.root, self.json)

    @functools.cached_property
    def nodes(self) -> Mapping[Place, Node]:
        """Every node by its place."""
        return {node.place: node for node in self.root.walk()}

    def having(self, keyword: Keyword[T | None]) -> tuple[tuple[Node, T], ...]:
        """Return the nodes that carry a keyword (``Node.timex3``), outer ones first, each with what it says."""
        if keyword not in self._having:
            read = ((node, keyword.__get__(node)) for node in self.nodes.values())
            self._having[keyword] = tuple((node, value) for node, value in read if value)
        nodes: tuple[tuple[Node, T], ...] = self._having[keyword]
        return nodes

    @functools.cached_property
    def _having(self) -> dict[Keyword[Any], Any]:
        return {}

    @property
    def key(self) -> str | None:
        """The member that identifies a document."""
        return self.root.key

    @functools.cached_property
    def spans(self) -> tuple[Node, ...]:
        """The nodes that are spans, outer ones first."""
        return tuple(node for node, _ in self.having(Node.span_of))

    @functools.cached_property
    def texts(self) -> tuple[str, ...]:
        """The members of the document that hold the texts of spans, each once, in the order of the spans."""
        return tuple(dict.fromkeys(text for _, text in self.having(Node.span_of)))

    @functools.cached_property
    def registries(self) -> tuple[str, ...]:
        """The registries that are listed or referred to, by name."""
        referred = {name for _, targets in self.having(Node.refers_to) for name in targets.all_registries}
        searched = {exhaustive.registry for _, exhaustive in self.having(Node.exhaustive)}
        return tuple(sorted({*self.registry_schemas, *referred, *searched}))

    @functools.cached_property
    def registry_schemas(self) -> Mapping[str, RegistrySchema]:
        """What the registries are that the schema lists, by name."""
        return MappingProxyType(
            {name: RegistrySchema.of(name, entry, self.json) for name, entry in self.root.registries.items()}
        )

    @functools.cached_property
    def unknown(self) -> tuple[tuple[str, str], ...]:
        """The keywords that nobody knows and nothing reads, each with the JSON Pointer of the schema that has it."""
        return unknown_keywords(marked(self.written))

    def key_of(self, node: Node) -> str | None:
        """Return the member that identifies an item of a list, from the list's ``key``."""
        if node.place and node.place[-1] == "*":
            return self.nodes[node.place[:-1]].key
        return None

    @functools.cached_property
    def arrow(self) -> pa.Schema:
        """The columns of a corpus, one a member of the document."""
        return pa.schema(list(self.root.arrow))

    def features(self) -> "datasets.Features":
        """Return the Hugging Face features of the columns."""
        import datasets

        return datasets.Features.from_arrow_schema(self.arrow)

    @functools.cached_property
    def in_columns(self) -> "Schema | None":
        """The schema of records as columns have them, without what is stand-off; None where none can have them."""
        if self.lens is None or not is_columnar(self.lens) or self.positions is None:
            return None
        json = plain(self.written)
        try:
            root = compiled(marked(json), marked(json), (), True)
        except SchemaError:
            return None
        return Schema(json, root, json) if root.kind == "object" else None

    @functools.cached_property
    def positions(self) -> NamedPositions | None:
        """The arrays of different values in a record; None where columns can't have one."""
        return None if self.lens is None else NamedPositions.of(self.written, self.lens)

    @functools.cached_property
    def judge(self) -> Judge:
        """Judges a document; a missing member and a null one are the same where null is allowed."""
        return Judge(relaxed(self.json))

    @functools.cached_property
    def written_judge(self) -> Judge:
        """Judges a record as it is written in a file."""
        return Judge(with_gaps(judged_where_spans(relaxed(self.written))))

    @property
    def validator(self) -> "Validator":
        """Says what is wrong with a document, and takes its time for it."""
        return self.judge.reference


def _compiled_again(written: Json, guess: Guess | None) -> Schema:
    return replace(Schema.of(written), guess=guess)


@functools.cache
def _meta_decider() -> "jsonschema_rs.Draft202012Validator":
    return decider(meta_schema())


def _plain(json_schema: Json) -> Json:
    """Return a schema as its file would have it.

    Raises:
        SchemaError: no file could have it: it is no JSON, contains itself or is nested too deeply.
    """
    try:
        plain: Json = parse(dump(json_schema))
    except (TypeError, ValueError, RecursionError) as error:
        raise SchemaError(f"$: {error}") from error
    return plain
