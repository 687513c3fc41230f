"""Names of what is derived from a schema: configurations, columns, files, and the words of sentences about them."""

import hashlib
import re
from collections.abc import Collection


def plural(noun: str) -> str:
    """Return the regular plural of a noun: ``articles``."""
    return f"{noun}s"


def singular(layer: str) -> str:
    """Return what one annotation of a layer is called: ``entity`` of ``entities``, ``quote`` of ``quotes``."""
    if layer.endswith("ies") and len(layer) > 4:
        return f"{layer[:-3]}y"
    return layer[:-1] if layer.endswith("s") and not layer.endswith("ss") and len(layer) > 2 else layer


def unused(name: str, taken: Collection[str]) -> str:
    """Return a name that isn't taken: itself, or itself with underscores behind it."""
    while name in taken:
        name += "_"
    return name


def config_name(layer: str) -> str:
    """Return the name of a layer's configuration: one that is safe in a path, a pattern and a YAML file."""
    safe = re.sub(r"[^\w.-]+", "_", layer).strip(".-")
    return safe or "layer"


def file_stem(key: str) -> str:
    """Return the stem of the file that holds the text of a document with this key.

    It is the key where that is safe as a name on every system, else 16 digits of its SHA-256.
    """
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", key):
        return key
    return hashlib.sha256(key.encode()).hexdigest()[:16]
