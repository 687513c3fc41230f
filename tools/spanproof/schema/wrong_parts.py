"""The reference validator judges the parts of a value in which the compiled one finds something, and no others.

What is sound in a document is most of it. Keywords that ask whether a part of a schema is met, such as ``anyOf``, judge
all that they are asked about.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from spanproof.schema.node import Json

Steps = Mapping[int, set[str | int]]
"""The steps to parts in which something is wrong, by the identity of the object or list that they lead from."""
_Keyword = Callable[[Any, Any, Any, Json], Iterable[Any]]

_WRONG: ContextVar[Steps | None] = ContextVar("wrong parts", default=None)
_ASKING = ("anyOf", "oneOf", "not", "if", "contains", "propertyNames", "dependentSchemas")
_ASKING_ALL = ("unevaluatedItems", "unevaluatedProperties")


def steps_to(value: Any, paths: Iterable[Iterable[str | int]]) -> Steps:
    """Return the steps within a value that some paths take.

    Args:
        value: an object or a list.
        paths: where something is wrong; a member that is called by a number may have a number there.
    """
    steps: dict[int, set[str | int]] = {id(value): set()}
    for path in paths:
        holder = value
        for step in path:
            name = str(step) if isinstance(holder, Mapping) else step
            steps.setdefault(id(holder), set()).add(name)
            try:
                holder = holder[name]
            except (LookupError, TypeError):
                break
        else:
            if isinstance(holder, Mapping | list):
                steps.setdefault(id(holder), set())
    return steps


@contextmanager
def judging(steps: Steps | None) -> Iterator[None]:
    """Judge only the parts that some steps lead to; all for None."""
    before = _WRONG.set(steps)
    try:
        yield
    finally:
        _WRONG.reset(before)


def keywords(known: Mapping[str, _Keyword]) -> Mapping[str, _Keyword]:
    """Return the keywords of a validator that judge as :func:`judging` says.

    Args:
        known: the keywords of the validator, which judge everything.
    """

    def properties(validator: Any, members: Json, instance: Any, schema: Json) -> Iterable[Any]:
        steps = (_WRONG.get() or {}).get(id(instance))
        some = members if steps is None else {name: part for name, part in members.items() if name in steps}
        return known["properties"](validator, some, instance, schema)

    def items(validator: Any, part: Any, instance: Any, schema: Json) -> Iterable[Any]:
        steps = (_WRONG.get() or {}).get(id(instance))
        if steps is None or not isinstance(part, Mapping) or not isinstance(instance, list):
            yield from known["items"](validator, part, instance, schema)
            return
        first = len(schema.get("prefixItems", ()))
        for k in sorted(step for step in steps if isinstance(step, int) and step >= first):
            yield from validator.descend(instance[k], part, path=k)

    asking = {name: _whole(known[name]) for name in (*_ASKING, *_ASKING_ALL)}
    return MappingProxyType({"properties": properties, "items": items, **asking})


def _whole(keyword: _Keyword) -> _Keyword:
    """Return a keyword that judges all that it is asked about."""

    def judge(validator: Any, part: Any, instance: Any, schema: Json) -> Iterable[Any]:
        with judging(None):
            return list(keyword(validator, part, instance, schema) or ())

    return judge
