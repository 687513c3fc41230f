"""Tags of tokens as spans, and spans as tags."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from spanproof.corpus.counting import Extent
from spanproof.corpus.shapes import Faults, ShapeError, kind_of
from spanproof.schema.lens import Tags
from spanproof.schema.paths import Path
from spanproof.text.tags import spans_of_tags


def spans_of(
    tagged: Tags, path: Path, written: Sequence[Any], tokens: Sequence[Extent], faults: Faults
) -> list[dict[str, Any]]:
    """Return the spans that a list of tags says: start, end (code points) and label.

    Args:
        tagged: how the tags are written.
        path: the canonical path of their list.
        written: the tags.
        tokens: start and end of each token.
        faults: takes tags that can't be read, and a list that is shorter or longer than that of the tokens.
    """
    if len(written) != len(tokens):
        faults.add(path, f"has {len(written)} tags for {len(tokens)} tokens; expected one for each")
    plain = tagged.names and written and set(map(type, written)) == {int} and min(written) >= 0
    if plain and max(written) < len(tagged.names):
        names = [tagged.names[tag] for tag in written]
    else:
        names = _names_one_by_one(tagged, path, written, faults)
    labelled = [(low, high, name) for (low, high), name in zip(tokens, names, strict=False)]
    return [{"start": start, "end": end, "label": label} for start, end, label in spans_of_tags(labelled)]


def _names_one_by_one(tagged: Tags, path: Path, written: Sequence[Any], faults: Faults) -> list[str]:
    names = []
    for k, tag in enumerate(written):
        name = _name(tagged, tag)
        if name is None:
            wanted = f"a number below {len(tagged.names)}" if tagged.names else "a tag such as B-PER"
            faults.add(path, f"has the tag {k}, {json.dumps(tag)}, {kind_of(tag)}; expected {wanted}")
        names.append(name or "O")
    return names


def _name(tagged: Tags, tag: Any) -> str | None:
    if tagged.names and type(tag) is int:
        return tagged.names[tag] if 0 <= tag < len(tagged.names) else None
    return tag if isinstance(tag, str) and not tagged.names and tag else None


def tags_of(
    tagged: Tags, spans: Sequence[Any], tokens: Sequence[Extent], before: tuple[Sequence[Any], Sequence[Any]]
) -> list[Any]:
    """Return the tags that say spans; those of a span that was there before are as they were.

    Args:
        tagged: how tags are written.
        spans: the spans, with start, end and label.
        tokens: start and end of each token.
        before: the spans that were read, and the tags that they were read from.

    Raises:
        ShapeError: a span doesn't begin and end with tokens, overlaps another one, or has a label without tags.
    """
    tags: list[Any] = ["O"] * len(tokens)
    for span in spans:
        first, last = _between(span, tokens)
        if any(tag != "O" for tag in tags[first:last]):
            raise ShapeError(f"{span['start']}:{span['end']} shares a token with another span; a token has one tag")
        label = span.get("label")
        tags[first:last] = [f"B-{label}", *[f"I-{label}"] * (last - first - 1)]
    written = [_number(tagged, tag) for tag in tags]
    for k, tag in enumerate(before[1][: len(written)]):
        if tags[k] == "O" and _name(tagged, tag) is None:  # what couldn't be read isn't lost
            written[k] = tag
    known = [json.dumps(span, sort_keys=True) for span in spans]
    for span in before[0]:
        if json.dumps(span, sort_keys=True) in known:
            first, last = _between(span, tokens)
            written[first:last] = before[1][first:last]
    return written


def _between(span: Any, tokens: Sequence[Extent]) -> Extent:
    start, end = (span.get(name) if isinstance(span, Mapping) else None for name in ("start", "end"))
    first = next((k for k, (low, _) in enumerate(tokens) if low == start), None)
    last = next((k for k, (_, high) in enumerate(tokens) if high == end), None)
    if first is None or last is None or last < first:
        raise ShapeError(f"{start}:{end} lies between two borders of tokens; tags say whole tokens")
    return first, last + 1


def _number(tagged: Tags, tag: str) -> Any:
    if not tagged.names:
        return tag
    if tag not in tagged.names:
        raise ShapeError(f"{tag} isn't one of the tags of the schema")
    return tagged.names.index(tag)
