"""What a public function is called with, held against its signature: a wrong kind of thing is told with what was asked.

The functions of the face read their arguments deep inside, where a wrong one would end in an error about an attribute.
"""

import functools
import inspect
import numbers
import reprlib
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin

P = ParamSpec("P")
T = TypeVar("T")

_NUMBERS = {int: numbers.Integral, float: numbers.Real}
_ALTERNATIVES = (types.UnionType, get_origin(Literal["a"] | None))
"""What ``a | b`` is: of classes, and of what the module typing makes."""


def demanding(*names: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return what makes a function refuse arguments of another kind than its signature says.

    Args:
        names: the arguments that are looked at; the function judges the others itself.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)
        kinds = {name: signature.parameters[name].annotation for name in names}

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            for name, value in signature.bind(*args, **kwargs).arguments.items():
                if name in kinds and not fits(value, kinds[name]):
                    raise TypeError(f"{name}: {reprlib.repr(value)}; expected {in_words(kinds[name])}")
            return function(*args, **kwargs)

        return called

    return decorate


def fits(value: object, kind: Any) -> bool:
    """Say whether a value is of the kind that an annotation names.

    Args:
        value: anything; an iterator isn't used up, since its items aren't looked at.
        kind: the annotation.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if origin in _ALTERNATIVES:
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if origin is Callable:
        return callable(value)
    if origin is tuple:
        items = value if isinstance(value, tuple | list) else ()
        return len(items) == len(inner) and all(map(fits, items, inner))
    if origin is Mapping:
        return isinstance(value, Mapping) and all(fits(k, inner[0]) and fits(v, inner[1]) for k, v in value.items())
    if origin in (Sequence, Iterable):
        return (
            isinstance(value, Iterable)
            and not isinstance(value, Mapping)
            and (
                not isinstance(value, Sequence) or isinstance(value, str) or all(fits(item, inner[0]) for item in value)
            )
        )
    if kind in _NUMBERS:
        return isinstance(value, _NUMBERS[kind]) and not isinstance(value, bool)
    return value is None if kind in (None, types.NoneType) else isinstance(value, kind)


def in_words(kind: Any) -> str:
    """Return the kind that an annotation names as one writes it, without the places of its classes."""
    inner = get_args(kind)
    origin = get_origin(kind)
    if origin in _ALTERNATIVES:
        return " or ".join(map(in_words, inner))
    if origin is Callable:
        return "a function"
    if origin is Literal:
        return " or ".join(map(repr, inner))
    if inner:
        return f"{origin.__name__.capitalize()}[{', '.join(map(in_words, inner))}]"
    return "None" if kind is types.NoneType else "anything" if kind is Any else str(getattr(kind, "__name__", kind))
