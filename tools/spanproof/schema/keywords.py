"""Keywords of the stand-off vocabulary as attributes of a node, and what those say that are more than a name.

To add a keyword, describe it in ``schema/vocabulary.schema.json``, declare it on :class:`spanproof.schema.node.Node`
(one line), and, where it names members, have :func:`spanproof.schema.compiling.demand_members` ask that they exist.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar

T = TypeVar("T", covariant=True)


class Keyword(functools.cached_property[T]):
    """A keyword of JSON Schema or of the stand-off vocabulary, read from a node once.

    On a node it is the parsed value (``node.timex3``); on the class it is the keyword itself (``Node.timex3``), for
    what selects by it: :meth:`spanproof.schema.schema.Schema.having`, the ``needs`` of a rule.
    """

    name: str

    def __init__(self, name: str, parse: Callable[[Any], T], absent: T) -> None:
        """Declare a keyword.

        Args:
            name: the keyword as a schema spells it.
            parse: makes the attribute of what the schema has; the meta-schema has approved that before.
            absent: the attribute of a node without the keyword; it is false as a truth value.
        """
        super().__init__(lambda node: parse(node.json[name]) if node.json.get(name) is not None else absent)
        self.name = name


@dataclass(frozen=True)
class Annotation:
    """What makes an object one annotation of several spans (``annotationOf``).

    ``fragments`` is the member with the list of its spans, ``text`` the one that holds their words, joined by
    ``joined_by`` where it is one string.
    """

    fragments: str
    text: str | None = None
    joined_by: str = " "

    @classmethod
    def of(cls, keyword: Mapping[str, str]) -> "Annotation":
        """Return what a schema says of an annotation of fragments."""
        return cls(keyword["fragments"], keyword.get("text"), keyword.get("joinedBy", " "))

    @property
    def members(self) -> tuple[str, ...]:
        """The members that it names."""
        return (self.fragments,) if self.text is None else (self.fragments, self.text)


@dataclass(frozen=True)
class Timex3:
    """The members of a TIMEX3 (``timex3``) that hold its type and its value; without a type it is a creation time."""

    value: str
    type: str | None = None

    @classmethod
    def of(cls, members: Mapping[str, str]) -> "Timex3":
        """Return what a schema says of a TIMEX3."""
        return cls(**members)

    @property
    def members(self) -> tuple[str, ...]:
        """The members that it names, the type first."""
        return (self.value,) if self.type is None else (self.type, self.value)


@dataclass(frozen=True)
class Quotation:
    """The members of a quotation (``quotation``): its type, and its parts beside the content; ``direct`` is a type."""

    type: str
    direct: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, keyword: Mapping[str, Any]) -> "Quotation":
        """Return what a schema says of a quotation."""
        return cls(keyword["type"], keyword["direct"], tuple(keyword["parts"]))


@dataclass(frozen=True)
class Bars:
    """Which spans of a list bar others (``bars``): those whose ``member`` is one of ``values`` carry no span of layers.

    ``layers`` are the members of the document that hold those.
    """

    member: str
    values: tuple[str, ...]
    layers: tuple[str, ...]

    @classmethod
    def of(cls, keyword: Mapping[str, Any]) -> "Bars":
        """Return what a schema says of barring spans."""
        ((member, values),) = keyword["where"].items()
        return cls(member, tuple(values), tuple(pointer.removeprefix("/") for pointer in keyword["layers"]))


@dataclass(frozen=True)
class Exhaustive:
    """The registry whose names a list covers wherever they stand (``exhaustive``), and the member with their key."""

    registry: str
    member: str

    @classmethod
    def of(cls, keyword: Mapping[str, str]) -> "Exhaustive":
        """Return what a schema says of a list that covers a registry."""
        return cls(**keyword)


Setting = Literal["off", "info", "warning", "error"]
"""What a layer makes of the findings of a rule: a severity, or none of them."""

Role = Literal["mentions", "tokens", "sentences", "zones"]
"""What the spans of a layer are: what an annotator marked in the text, or how the text is cut up."""


@dataclass(frozen=True)
class Policy:
    """What is different in a layer (``policy``): its role, the severity of rules, what else is right there.

    Attributes:
        role: what its spans are.
        severity: what it makes of the findings of a rule, by the code of the rule.
        several_labels: whether one span may have several labels.
        may_be_absent: whether no document of a corpus need have the layer.
    """

    role: Role = "mentions"
    severity: Mapping[str, Setting] = field(default_factory=dict)
    several_labels: bool = False
    may_be_absent: bool = False

    @classmethod
    def of(cls, keyword: Mapping[str, Any]) -> "Policy":
        """Return what a schema says of a layer."""
        return cls(
            keyword.get("role", "mentions"),
            MappingProxyType(dict(keyword.get("severity", {}))),
            keyword.get("labels") == "several",
            keyword.get("absent") == "allowed",
        )

    def __bool__(self) -> bool:
        return self != Policy()


@dataclass(frozen=True)
class Consistent:
    """The members of which one surface has one value across the corpus (``consistent``), and of which spans that is so.

    Attributes:
        members: the members.
        where: the values that other members of a span must have, by the member; every span without any.
    """

    members: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, keyword: Sequence[str] | Mapping[str, Any]) -> "Consistent":
        """Return what a schema says of consistent members, in its short form (a list of them) or as an object."""
        if isinstance(keyword, Mapping):
            where = {member: tuple(values) for member, values in keyword.get("where", {}).items()}
            return cls(tuple(keyword["members"]), MappingProxyType(where))
        return cls(tuple(keyword))

    def __bool__(self) -> bool:
        return bool(self.members)
