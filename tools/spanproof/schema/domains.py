"""The domain of each stand-off keyword: on which node it may stand, and what the members that it names may be.

A keyword that is added declares its domain here. Where one is left out of its domain it would be ignored, so that what
it asks for would pass unseen: the schema is refused instead.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from spanproof.schema.conditions import LIST, demand_conditions, described, is_annotation, misplaced, where
from spanproof.schema.keywords import Annotation, Bars, Consistent, Exhaustive, Keyword, Quotation, Timex3
from spanproof.schema.node import Json, Node, Place, SchemaError
from spanproof.schema.vocabulary import vocabulary
from spanproof.schema.written import pointer_of

_ANNOTATION = "a span or an annotation, an object with spanOf or annotationOf"
_SCALARS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True)
class Named:
    """A member that a keyword names.

    Attributes:
        of: whose member it is: of the document, of the object with the keyword, or of the items of the list.
        name: what it is called.
        kinds: the types that it may have.
        span: whether it is a span, or holds spans.
        may_lack: whether the schema may be without it.
    """

    of: Literal["document", "object", "items"]
    name: str
    kinds: tuple[str, ...] = ("string",)
    span: bool = False
    may_lack: bool = False


@dataclass(frozen=True)
class Domain:
    """Where a keyword may stand.

    Attributes:
        keyword: which.
        where: on what, in words.
        fits: whether a node is that.
        names: the members that the value of the keyword names.
    """

    keyword: Keyword[Any]
    where: str
    fits: Callable[[Node], bool]
    names: Callable[[Any], Iterable[Named]] = lambda _: ()


def _is_span(node: Node | None) -> bool:
    return node is not None and node.span_of is not None


def _holds_spans(node: Node) -> bool:
    return any(below.span_of for below in node.walk())


def _lists_annotations(node: Node) -> bool:
    return is_annotation(node.items)


def _is_derived(node: Node) -> bool:
    derived = node.derived
    if derived is None or derived.joins:
        return node.kind == "string"
    if derived.tags:
        return len(node.place) == 1 and node.items is not None and node.items.kind == "string"
    return node.kind == "boolean" and len(node.place) > 1


def _span(text: str) -> Iterable[Named]:
    yield Named("document", text)
    for offset in ("start", "end"):
        yield Named("object", offset, ("integer",))
    for words in ("text", "prefix", "suffix"):
        yield Named("object", words, may_lack=True)


def _annotation(annotation: Annotation) -> Iterable[Named]:
    yield Named("object", annotation.fragments, ("array",), span=True)
    if annotation.text is not None:
        yield Named("object", annotation.text, ("string", "array"))


def _quotation(quotation: Quotation) -> Iterable[Named]:
    yield Named("object", quotation.type)
    for part in quotation.parts:
        yield Named("object", part, ("object", "array"), span=True)


def _timex3(timex3: Timex3) -> Iterable[Named]:
    return (Named("object", name) for name in timex3.members)


def _bars(bars: Bars) -> Iterable[Named]:
    yield Named("items", bars.member)
    for layer in bars.layers:
        yield Named("document", layer, ("object", "array"), span=True)


def _consistent(consistent: Consistent) -> Iterable[Named]:
    for member in consistent.members:
        yield Named("items", member, _SCALARS)
    for member in consistent.where:
        yield Named("items", member)


def _exhaustive(exhaustive: Exhaustive) -> Iterable[Named]:
    yield Named("items", exhaustive.member)


DOMAINS = (
    Domain(
        Node.span_of,
        "an object below the document, in no list of lists",
        lambda node: (
            node.kind == "object"
            and isinstance(node.json["spanOf"], str)
            and bool(node.place)
            and ("*", "*") not in pairwise(node.place)
        ),
        _span,
    ),
    Domain(
        Node.annotation,
        "an object that isn't a span itself",
        lambda node: node.kind == "object" and node.span_of is None,
        _annotation,
    ),
    Domain(
        Node.relation,
        "an object that is an item of a list",
        lambda node: node.kind == "object" and node.place[-1:] == ("*",),
        lambda relation: [Named("object", end, ("string", "integer")) for end in relation.members],
    ),
    Domain(
        Node.temporal,
        "a labelled relation, an object with relation and labelledBy",
        lambda node: node.relation is not None and node.label is not None,
    ),
    Domain(
        Node.referred_to_by,
        "a list with a key",
        lambda node: node.items is not None and node.key is not None,
    ),
    Domain(
        Node.derived,
        "a boolean of a span (covers, within), a string (joins), or a list of strings of the document (tags)",
        _is_derived,
        lambda derived: [Named("document", name, ("array",), span=True) for name in derived.lists],
    ),
    Domain(
        Node.label,
        "a span, or an object that is an item of a list",
        lambda node: node.kind == "object" and (node.span_of is not None or node.place[-1:] == ("*",)),
        lambda label: [Named("object", label)],
    ),
    Domain(
        Node.key,
        "a list of objects, or the document",
        lambda node: not node.place or (node.items is not None and node.items.kind == "object"),
        lambda key: [Named("items", key, ("string", "integer"))],
    ),
    Domain(Node.overlap, LIST, _lists_annotations),
    Domain(Node.in_order, LIST, _lists_annotations),
    Domain(
        Node.refers_to,
        "a string or an integer",
        lambda node: node.kind in ("string", "integer"),
    ),
    Domain(Node.acyclic, "a reference, a value with refersTo", lambda node: bool(node.refers_to)),
    Domain(
        Node.hash_of,
        "a string that is a member of the document",
        lambda node: node.kind == "string" and len(node.place) == 1,
        lambda text: [Named("document", text)],
    ),
    Domain(Node.timex3, "an object", lambda node: node.kind == "object", _timex3),
    Domain(Node.quotation, _ANNOTATION, is_annotation, _quotation),
    Domain(Node.bars, LIST, _lists_annotations, _bars),
    Domain(Node.exhaustive, LIST, _lists_annotations, _exhaustive),
    Domain(Node.consistent, LIST, _lists_annotations, _consistent),
    Domain(
        Node.meanings,
        "a string with an enum, and about values of it alone",
        lambda node: node.kind == "string" and node.meanings.keys() <= set(node.enum),
    ),
    Domain(Node.policy, LIST, _lists_annotations),
    Domain(Node.same_text_allowed, "the document", lambda node: not node.place),
    Domain(Node.registries, "the document", lambda node: not node.place),
)
"""One for each keyword of the vocabulary."""


def demand_domains(nodes: Mapping[Place, Node]) -> None:
    """Raise SchemaError where a keyword stands outside its domain, or names what isn't there or has another type.

    Args:
        nodes: all nodes of a schema, by place.
    """
    known = {domain.keyword.name for domain in DOMAINS}
    for node in nodes.values():
        for unread in sorted(node.json.keys() & vocabulary() - known):
            raise misplaced(node, unread, described(node), "the root of the schema")
        for domain in DOMAINS:
            keyword = domain.keyword
            if node.json.get(keyword.name) is None:
                continue
            if not domain.fits(node):
                raise misplaced(node, keyword.name, described(node), domain.where)
            for named in domain.names(keyword.__get__(node)):
                _demand_named(node, keyword.name, named, nodes[()])
        demand_conditions(node, nodes)


def demand_around(enclosing: Sequence[Json]) -> None:
    """Raise SchemaError where a keyword stands on what encloses the documents, but at the root what is of them all.

    Args:
        enclosing: the schemas on the way from the root of a record to its documents, marked, without that of these.
    """
    for k, schema in enumerate(enclosing):
        for keyword in sorted(schema.keys() & vocabulary() - ({"documents", "key"} if k == 0 else set())):
            expected = "expected it on the documents or in them"
            raise SchemaError(f"{pointer_of(schema)}: {keyword} is used on what encloses the documents; {expected}")


def _demand_named(node: Node, keyword: str, named: Named, document: Node) -> None:
    owner = {"document": document, "object": node, "items": node.items or node}[named.of]
    member = owner.fields.get(named.name)
    kinds = " or ".join(named.kinds)
    if member is None and named.name in owner.json.get("properties", {}):
        problem = f"{keyword} names {named.name!r}, which is of several types"
        raise SchemaError(f"{where(node)}: {problem}; expected a member of type {kinds}")
    if member is None:
        if named.may_lack:
            return
        listed = ", ".join(owner.fields) or "none"
        holder = "the document" if owner is document else "it" if owner is node else "its items"
        raise SchemaError(
            f"{where(node)}: {keyword} names {named.name!r}, which isn't a member there; "
            f"expected a member of {holder} of type {kinds} ({holder} has {listed})"
        )
    if member.kind not in named.kinds or (named.span and not _holds_spans(member)):
        what = f"{kinds} with spanOf" if named.span else kinds
        raise SchemaError(
            f"{where(node)}: {keyword} names {named.name!r}, which is {described(member)}; expected {what}"
        )
