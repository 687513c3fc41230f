"""YAML that a stranger wrote, such as the head of a card: plain values alone, of a bounded size."""

from typing import Any

_MOST = 1_000_000


def parse(text: str) -> Any:
    """Parse YAML 1.1 as plain values: mappings, lists, strings, numbers, booleans, dates, None.

    Args:
        text: the YAML, without the lines of three dashes around it.

    Raises:
        ValueError: it is no YAML, holds a tag or a value of no plain kind, is nested too deeply, refers to itself, or
            repeats parts by aliases until it has more than a million values.
    """
    import yaml

    try:
        value = yaml.safe_load(text)
        size = _size(value, {})
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(f"not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ValueError("not usable YAML: nested too deeply, or a part of itself") from error
    if size > _MOST:
        raise ValueError(f"not usable YAML: its aliases make {size:,} values of it; expected {_MOST:,} at most")
    return value


def head_of(page: str) -> tuple[str, str]:
    """Return the YAML between three dashes at the head of a page of Markdown, and what is below; no YAML is empty."""
    parts = page.removeprefix("\ufeff").replace("\r\n", "\n").split("---\n", 2)
    return (parts[1], parts[2]) if len(parts) == 3 and not parts[0] else ("", page)


def _size(value: Any, sizes: dict[int, int]) -> int:
    """Count values, those of an alias once for each place where it stands."""
    if not isinstance(value, dict | list | set | tuple):
        return 1
    if id(value) not in sizes:
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        sizes[id(value)] = 1 + sum(_size(part, sizes) for part in parts)
    return sizes[id(value)]
