"""What formats can't hold of values: spans nowhere in the text, values that are no strings, characters."""

import re
from typing import Any

from spanproof.formats.losses import Fitting, Loss
from spanproof.parsing.json import dump
from spanproof.schema import paths

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, which no file in UTF-8 can hold."""


def fit_places(fitting: Fitting) -> None:
    """Take the spans that hold no character of the text, or end beyond it, or aren't where their fragments are."""
    length = len(fitting.document["text"])

    def reason(span: dict[str, Any]) -> str | None:
        fragments = span.get("fragments", [])
        for part in (span, *fragments):
            if not 0 <= part["start"] < part["end"] <= length:
                return f"it goes from {part['start']} to {part['end']} in a text of {length} characters"
        places = [place for part in fragments for place in (part["start"], part["end"])]
        if places and (places != sorted(places) or [span["start"], span["end"]] != [places[0], places[-1]]):
            return "its fragments aren't in order, or it doesn't begin and end with them"
        return None

    fitting.lose_each(reason)


def fit_edges(fitting: Fitting) -> None:
    """Take the spans that begin or end with white space, as no token does."""
    text = fitting.document["text"]

    def reason(span: dict[str, Any]) -> str | None:
        parts = span.get("fragments", [span])
        if any(text[place].isspace() for part in parts for place in (part["start"], part["end"] - 1)):
            return "it begins or ends with white space, and no token does"
        return None

    fitting.lose_each(reason)


def fit_order(fitting: Fitting) -> None:
    """Order spans as they begin, the longer first, which isn't a loss."""

    def place(item: tuple[int, dict[str, Any]]) -> tuple[int, int, int]:
        part = item[1].get("fragments", [item[1]])[0]
        return part["start"], -part["end"], item[0]

    fitting.spans = dict(sorted(fitting.spans.items(), key=place))


def fit_values(fitting: Fitting) -> None:
    """Make strings of all values of attributes and metadata."""
    members = [(("metadata", name), value) for name, value in fitting.document.get("metadata", {}).items()]
    for path, value in [*fitting.attributes(), *members]:
        if value is None:
            fitting.lose(path, "it is null")
        elif not isinstance(value, str):
            fitting.replace(path, dump(value), "the format has no values but strings")


def fit_characters(fitting: Fitting, forbidden: re.Pattern[str], holder: str) -> None:
    """Put U+FFFD in the place of characters that a format can't hold, so that offsets stay.

    Annotations whose id has such a character, and attributes whose name has one, are lost.

    Args:
        fitting: the document.
        forbidden: matches one such character.
        holder: what can't hold it, ``XML``.
    """
    metadata: list[paths.Path] = [("metadata", name) for name in fitting.document.get("metadata", {})]
    for path in [*(path for path, _ in fitting.attributes()), *metadata]:
        if character := forbidden.search(str(path[-1])):
            fitting.lose(path, f"its name has the character {character[0]!a}, which {holder} can't hold")
    for name, owners in fitting.owners.items():
        for k, owner in list(owners.items()):
            if character := forbidden.search(owner["id"]):
                fitting.lose((name, k), f"its id has the character {character[0]!a}, which {holder} can't hold")
            else:
                _replace(fitting, (name, k), owner, forbidden)
    _replace(fitting, (), fitting.document, forbidden)


def _replace(fitting: Fitting, path: paths.Path, holder: Any, forbidden: re.Pattern[str]) -> None:
    for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
        if isinstance(value, dict | list):
            _replace(fitting, (*path, key), value, forbidden)
        elif isinstance(value, str) and (character := forbidden.search(value)):
            holder[key] = forbidden.sub("\ufffd", value)
            fitting.losses.append(Loss((*path, key), f"{character[0]!a} becomes U+FFFD"))
