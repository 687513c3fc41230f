"""Items that are named by their numbers: what names them follows when items go, come or move."""

from collections.abc import Mapping
from typing import Any

from spanproof.corpus.edits import Edit, apply
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.lens import NUMBER, Lens
from spanproof.schema.node import pointer
from spanproof.schema.paths import values_at


def renumbered(document: Any, lens: Lens) -> Any:
    """Return a canonical document in which each item has the number that it will be read with.

    Args:
        document: the document, changed or not; it stays as it is.
        lens: the shape in which it will be written.

    Raises:
        ShapeError: what refers to nothing would refer to an item.
    """
    edits: list[Edit] = []
    for numbered in lens.numbered:
        items = [(path, item) for path, item in values_at(document, numbered.place) if isinstance(item, Mapping)]
        number = {item[NUMBER]: str(path[-1]) for path, item in reversed(items) if item.get(NUMBER) is not None}
        moved = [(path, item) for path, item in items if item.get(NUMBER) != str(path[-1])]
        if not moved:
            continue
        edits += [Edit((*path, NUMBER), str(path[-1])) for path, _ in moved]
        taken = {*number.values(), *(str(path[-1]) for path, _ in items)}
        for place in numbered.references:
            for path, named in list(values_at(document, place)):
                if not isinstance(named, str):
                    continue
                if named not in number and named in taken:
                    raise ShapeError(f"{named} at {pointer(place)} names no item, and would name another one")
                edits.append(Edit(path, number.get(named, named)))
    return apply(document, edits) if edits else document
