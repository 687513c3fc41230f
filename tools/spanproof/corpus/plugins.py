"""What other packages offer: rules, formats and systems, each as an entry point of a group."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


class PluginError(ValueError):
    """An entry point that can't be used: which, and why."""


def offered(points: "Iterable[EntryPoint]", kind: type[T]) -> Iterator[tuple[str, T]]:
    """Yield what entry points name, in the order of their names, each with words that say which entry point it was.

    Args:
        points: the entry points of one group.
        kind: what each must name an instance of.

    Raises:
        PluginError: an entry point can't be loaded, or names something else. It isn't passed over: a check without a
            rule that was asked for would say too little.
    """
    for point in sorted(points, key=lambda point: (point.name, point.value)):
        where = f"entry point {point.name} = {point.value} of {point.group}"
        try:
            value = point.load()
        except Exception as error:  # what a stranger's module raises on import is anything
            raise PluginError(f"{where}: {type(error).__name__}: {error}") from error
        if not isinstance(value, kind):
            raise PluginError(f"{where}: {type(value).__name__}; expected a {kind.__name__}")
        yield where, value
