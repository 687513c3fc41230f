"""A document over another text: its spans moved, all that repeats the text renewed, annotations taken out."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from spanproof.corpus.edits import Edit, apply
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, Path, objects, place_of, value_at
from spanproof.schema.schema import Schema
from spanproof.text.quote_selector import MEMBERS, quote_selector
from spanproof.text.segmentation import Extent


def text_member(schema: Schema) -> str:
    """Return the member of a document that holds the text.

    Raises:
        ValueError: the schema has spans of several texts, or no spans.
    """
    members = sorted(schema.texts)
    if len(members) != 1:
        raise ValueError(f"the schema has spans of {', '.join(members) or 'nothing'}; expected spans of one text")
    return members[0]


def rewrite(
    document: Document,
    text: str,
    schema: Schema,
    extents: Mapping[Path, Extent],
    *,
    removed: Collection[Path] = (),
    edits: Iterable[Edit] = (),
) -> dict[str, Any]:
    """Return a document over another text; the document itself stays as it is.

    Surfaces, the words of fragments, contexts and the hash of the text, where the document has them, become those of
    the other text.

    Args:
        document: the document.
        text: the other text.
        schema: the schema of the document.
        extents: where spans are in the other text (code points, half open), by the paths of the spans; those of all
            spans that aren't removed.
        removed: the paths of annotations to be taken out; a member that may be null becomes null.
        edits: further changes, made after the spans are moved.

    Raises:
        ValueError: the schema has spans of several texts.
    """
    member = text_member(schema)
    changes = [Edit((member,), text), *_hashes(document, text, member, schema)]
    for path, (start, end) in extents.items():
        span = value_at(document, path)
        words = quote_selector(text, start, end, span)
        stored = {name: words[name] for name in MEMBERS if isinstance(span.get(name), str)}
        changes += [Edit((*path, name), value) for name, value in ({"start": start, "end": end} | stored).items()]
    changes += edits
    # Inner ones first: nothing can be set in what is null already.
    changes += [_removal(path, schema) for path in sorted(removed, key=len, reverse=True)]
    changed: dict[str, Any] = apply(dict(document), changes)
    joined: dict[str, Any] = apply(changed, list(_joined(changed, text, schema)))
    return joined


def _hashes(document: Document, text: str, member: str, schema: Schema) -> Iterator[Edit]:
    for node, hashed in schema.having(Node.hash_of):
        if hashed == member and len(node.place) == 1 and document.get(node.place[0]) is not None:
            yield Edit(node.place, hashlib.sha256(text.encode()).hexdigest())


def _joined(document: Document, text: str, schema: Schema) -> Iterator[Edit]:
    """Yield the words of annotations of fragments as the text has them."""
    for path, node, value in objects(document, schema.root):
        stored = value.get(node.annotation.text) if node.annotation and node.annotation.text else None
        if node.annotation is None or not isinstance(stored, str | list):
            continue
        words = [text[span["start"] : span["end"]] for span in value.get(node.annotation.fragments) or ()]
        right = words if isinstance(stored, list) else node.annotation.joined_by.join(words)
        yield Edit((*path, str(node.annotation.text)), right)


def _removal(path: Path, schema: Schema) -> Edit:
    is_nullable = isinstance(path[-1], str) and schema.nodes[place_of(path)].nullable
    return Edit(path) if is_nullable else Edit(path, remove=True)
