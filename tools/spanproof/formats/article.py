"""JSON files: an article with one annotation a line, whose text stays in a text file that it names; or a list."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Batch, ReadError, batch_of
from spanproof.corpus.repository import Repository
from spanproof.formats.content import content_at
from spanproof.formats.encoding import LineError, decoded
from spanproof.formats.files import replace_file
from spanproof.formats.format import Format, LineOf
from spanproof.formats.splice import spliced
from spanproof.parsing.json import dump, parse
from spanproof.parsing.named_files import content_of, is_inside, named_file
from spanproof.schema.schema import Schema


def _members(schema: Schema) -> dict[str, str]:
    """Return the member that names a text file, and the member that its text becomes: ``text_file`` and ``text``."""
    return {f"{name}_file": name for name in schema.texts}


def text_of(folder: Path, name: str) -> str:
    """Return the text in a text file.

    Args:
        folder: that of the article file.
        name: the path of the text file, as the article file names it.

    Raises:
        ValueError: it doesn't lie in the folder, nor in the repository around it that names a corpus; or it is no
            text in UTF-8.
    """
    repository = None if is_inside(name) else Repository.around(folder)
    try:
        content = content_of(named_file(folder, name, repository.root if repository else None))
        return decoded(content, keep_mark=True)
    except LineError as error:
        at = f", line {error.line}" if error.line else ""
        raise ValueError(f"the text file {name!r}{at}: {error}") from error
    except ValueError as error:
        raise ValueError(f"the text file {error}") from error


def _read(path: Path, schema: Schema) -> Iterator[Batch]:
    try:
        content = parse(decoded(content_at(path)), lone_surrogates=True)
        records = content if _is_list(content, schema) else [content]
        documents = [_with_text(record, path, schema) for record in records]
    except ValueError as error:
        line = error.line if isinstance(error, LineError) else None
        yield batch_of([], schema, errors=(ReadError(str(path), line, str(error)),))
        return
    errors = () if documents else (ReadError(str(path), None, "the file holds no document"),)
    batch = batch_of(documents, schema, [(str(path), None)] * len(documents), errors)
    yield replace(batch, listed=_is_list(content, schema) and schema.canonical.key is None)


def _is_list(content: Any, schema: Schema) -> bool:
    """Say whether a file holds a list of records, and not one record that is a list itself."""
    return isinstance(content, list) and (schema.lens is None or schema.lens.documents[:1] != ("*",))


def _with_text(document: Any, path: Path, schema: Schema) -> Any:
    """Return a document with its text in the place of the name of the file that holds it."""
    if not isinstance(document, dict):
        return document
    named = {
        name: member
        for name, member in _members(schema).items()
        if isinstance(document.get(name), str) and member not in document and name not in schema.root.fields
    }
    return {
        named.get(name, name): text_of(path.parent, value) if name in named else value
        for name, value in document.items()
    }


def layout(document: Mapping[str, Any]) -> str:
    """Return a document as an article file.

    It has a member a line, and the items of a list one a line, in the order of the text.
    """
    lines = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            items = ",\n".join(dump(item) for item in sorted(value, key=_order))
            lines.append(f"{dump(name)}: [\n{items}\n]")
        else:
            lines.append(f"{dump(name)}: {dump(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _order(item: Any) -> tuple[Any, ...]:
    if not isinstance(item, Mapping) or not all(isinstance(item.get(name), int) for name in ("start", "end")):
        return (0, 0)
    return (item["start"], -item["end"])


def stand_off(document: Mapping[str, Any], text_file: str, schema: Schema) -> dict[str, Any]:
    """Return a document whose text is named, not repeated; members that are optional and null are left out."""
    (member,) = schema.texts
    kept = {f"{name}_file" if name == member else name: value for name, value in document.items()}
    kept[f"{member}_file"] = text_file
    for name, node in schema.root.fields.items():
        if node.items is not None and isinstance(kept.get(name), list):
            optional = {sub for sub, field in node.items.fields.items() if not field.required}
            kept[name] = [
                {k: v for k, v in item.items() if v is not None or k not in optional}
                if isinstance(item, Mapping)
                else item
                for item in kept[name]
            ]
    return kept


def _write(path: Path, documents: Iterable[Any], schema: Schema) -> None:
    """Replace an article file; a text file that it names stays, and must hold the document's text already."""
    whole = list(documents)
    if schema.lens is not None:
        records = ",\n".join(map(dump, whole))
        replace_file(
            path, (records if len(whole) == 1 and isinstance(whole[0], Mapping) else f"[\n{records}\n]").encode()
        )
        return
    if len(whole) != 1:
        raise ValueError(f"{path}: an article file holds one document; expected 1, got {len(whole)}")
    document = whole[0]
    named = parse(path.read_bytes(), lone_surrogates=True) if path.exists() else {}
    for name, member in _members(schema).items():
        if isinstance(named, dict) and isinstance(named.get(name), str):
            if text_of(path.parent, named[name]) != document[member]:
                raise ValueError(f"{path}: the document's text is not that of {named[name]}")
            document = stand_off(document, named[name], schema)
    replace_file(path, layout(document).encode())


def _amend(path: Path, changes: Mapping[int, Callable[[Any], Any]], schema: Schema) -> bytes:
    """Return a file with changes: an article that is laid out stays so, any other file keeps the layout that it has."""
    text = path.read_bytes().decode()
    content = parse(text.encode(), lone_surrogates=True)
    changed: Any
    if _is_list(content, schema):
        changed = [changes[k](record) if k in changes else record for k, record in enumerate(content)]
    elif schema.lens is not None:
        changed = changes[0](_with_text(content, path, schema))
        if isinstance(content, Mapping) and isinstance(changed, Mapping):
            back = {member: name for name, member in _members(schema).items() if name in content}
            changed = {back.get(name, name): content.get(back.get(name), value) for name, value in changed.items()}
    else:
        changed = changes[0](content)
        if isinstance(content, Mapping) and text == layout(content):
            return layout(changed).encode()
    return spliced(text, changed).encode()


def line_of(lines: Sequence[str], path: Sequence[str | int]) -> int | None:
    """Return the line (from 1) that holds the object at a path, in a file that has one annotation a line.

    Args:
        lines: the lines of the article file.
        path: the steps from the document to the object, ``("entities", 3)``.
    """
    opening = f"{dump(path[0])}:"
    start = next((k for k, line in enumerate(lines) if line.startswith(opening)), None)
    if start is None or len(path) == 1 or not isinstance(path[1], int):
        return None if start is None else start + 1
    return start + 2 + path[1] if lines[start].endswith("[") and start + 1 + path[1] < len(lines) else start + 1


def _lines(path: Path) -> LineOf:
    lines = content_at(path).decode("utf-8", "replace").split("\n")
    return lambda _, steps: line_of(lines, steps)


FORMAT = Format("article", (".json",), _read, _write, _amend, _lines)
