"""Keys for annotations that have none yet."""

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

from spanproof.schema.node import Node, Place


def next_key(used: Collection[Any], node: Node, place: Place) -> Any:
    """Return a key that no item of a list has.

    It is one more than the largest number; of keys that are strings, the largest number after the letters with which
    most keys begin.

    Args:
        used: the keys that are taken, or were once; such as aren't integers or end in no number count for nothing.
        node: the node of the key, an integer or a string.
        place: the place of the list's items, which gives the first letter where no key has one.

    Returns:
        An integer where the keys are integers, else a string like ``e12``.
    """
    if node.kind == "integer":
        return max((key for key in used if type(key) is int), default=0) + 1
    split = [match for key in used if isinstance(key, str) and (match := re.fullmatch(r"(.*?)([0-9]{1,9})", key, re.S))]
    counts = Counter(match[1] for match in split)
    member = place[-2 if place[-1] == "*" else -1]
    letters = min(counts, key=lambda start: (-counts[start], start)) if counts else member[0]
    number = max((int(match[2]) for match in split if match[1] == letters), default=0) + 1
    while f"{letters}{number}" in used:
        number += 1
    return f"{letters}{number}"
