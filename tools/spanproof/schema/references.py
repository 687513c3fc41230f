"""What a value may refer to (``refersTo``), and what must hold of the annotation that it names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

_REGISTRY = "registry:"


@dataclass(frozen=True)
class Condition:
    """What a member of the target must be, for a reference to name it.

    Attributes:
        member: the member of the target.
        values: what it may be; empty where ``own`` says it.
        own: the member of the object that refers which says what it may be: the same, or what ``allowed`` has for it.
        allowed: what it may be by the value of ``own``; a value that isn't listed leaves every target.
    """

    member: str
    values: tuple[str, ...] = ()
    own: str = ""
    allowed: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, member: str, written: Sequence[str] | Mapping[str, Any]) -> "Condition":
        """Return the condition that a schema writes as a list of values, or as the member that says them."""
        if not isinstance(written, Mapping):
            return cls(member, tuple(written))
        allowed = tuple((value, tuple(values)) for value, values in written.get("allowed", {}).items())
        return cls(member, own=written["member"], allowed=allowed)

    def given(self, owner: Any) -> "Condition | None":
        """Return the condition on the target of one object, with the values listed; None where it asks for nothing.

        Args:
            owner: the object that refers.
        """
        if not self.own:
            return self
        own = owner.get(self.own) if isinstance(owner, Mapping) else None
        values = self.expected(own if isinstance(own, str) else None)
        return None if values is None else Condition(self.member, values)

    @property
    def listed(self) -> tuple[str, ...]:
        """All values that the schema lists for the member."""
        return (*self.values, *(value for _, allowed in self.allowed for value in allowed))

    @property
    def in_words(self) -> str:
        """What the member may be, as a message says it."""
        return " or ".join(self.values) or "what another member says, which is missing"

    def expected(self, own: str | None) -> tuple[str, ...] | None:
        """Return what the member may be for the target of an object; None for anything.

        Args:
            own: the value of the member ``own`` of the object; None where it has none.
        """
        if not self.own:
            return self.values
        if self.allowed:
            return dict(self.allowed).get(own) if own is not None else None
        return () if own is None else (own,)


@dataclass(frozen=True)
class References:
    """What a value may refer to, each kind in the order of the schema.

    ``places`` are those of the values that it may be (``/dates/*/id``), ``members`` the members of the document that it
    may name (``/dct``), ``registries`` the registries of whose entries it may be the key, ``listed`` the registries in
    whose entries it may be a value, each with the place of it (``registry:people/*/aliases/*``); ``written`` is all of
    it as the schema has it. ``where`` has the conditions of those of ``written`` that have some.
    """

    places: tuple[tuple[str, ...], ...] = ()
    members: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    listed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    written: tuple[str, ...] = ()
    where: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, keyword: Sequence[Any]) -> "References":
        """Return the references that a schema writes as pointers and names of registries, some with conditions."""
        written = tuple(targets_of(keyword))
        pointers = [tuple(target[1:].split("/")) for target in written if target.startswith("/")]
        beyond = [name for target in written if (name := registry_of(target)) is not None]
        where = {
            target["to"]: tuple(Condition.of(member, values) for member, values in target["where"].items())
            for target in keyword
            if isinstance(target, Mapping)
        }
        return cls(
            tuple(place for place in pointers if len(place) > 1),
            tuple(place[0] for place in pointers if len(place) == 1),
            tuple(name for name in beyond if "/" not in name),
            tuple((name.partition("/")[0], tuple(name.split("/")[1:])) for name in beyond if "/" in name),
            written,
            MappingProxyType(where),
        )

    def __bool__(self) -> bool:
        return bool(self.written)

    @property
    def local(self) -> bool:
        """Whether something of the same document may be meant."""
        return bool(self.places or self.members)

    @property
    def in_words(self) -> str:
        """What may be referred to, as a message says it."""
        numbers = {target: target.removesuffix("/*/#") for target in self.written if target.endswith("/*/#")}
        words = (
            f"the numbers of the items of {numbers[one]} (from 0)" if one in numbers else one for one in self.written
        )
        return " and ".join(words)

    @property
    def asking(self) -> tuple[Condition, ...]:
        """The conditions that depend on a member of the object that refers."""
        return tuple(condition for conditions in self.where.values() for condition in conditions if condition.own)

    def given(self, owner: Any) -> "References":
        """Return what the references of one object may be: conditions that depend on its members list their values.

        Args:
            owner: the object that refers.
        """
        if not self.asking:
            return self
        where = {
            target: tuple(one for condition in conditions if (one := condition.given(owner)) is not None)
            for target, conditions in self.where.items()
        }
        return replace(self, where=MappingProxyType(where))

    @property
    def all_registries(self) -> tuple[str, ...]:
        """The registries in which it is looked up, each once."""
        return tuple(dict.fromkeys((*self.registries, *(name for name, _ in self.listed))))

    def conditions(self, place: tuple[str, ...]) -> tuple[Condition, ...]:
        """Return what must hold of an annotation that is named by its value at a place."""
        return self.where.get("/" + "/".join(place), ())

    def conditions_of_entries(self, registry: str) -> tuple[Condition, ...]:
        """Return what must hold of an entry of a registry that is named by its key."""
        return self.where.get(registry_target(registry), ())


def targets_of(keyword: Sequence[Any]) -> Iterator[str]:
    """Yield the pointers and names of registries in ``refersTo``, which may stand beside conditions."""
    for target in keyword:
        yield target["to"] if isinstance(target, Mapping) else target


def registry_of(target: str) -> str | None:
    """Return the name of the registry that a target such as ``registry:entities`` is; None if it is none."""
    return target.removeprefix(_REGISTRY) if target.startswith(_REGISTRY) else None


def registry_target(name: str) -> str:
    """Return the target that a registry is, ``registry:entities``."""
    return _REGISTRY + name
