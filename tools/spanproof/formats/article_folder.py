"""Documents into a new folder of article files, each with its text beside it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spanproof.formats.article import layout, stand_off
from spanproof.formats.files import replace_file
from spanproof.schema.schema import Schema


def write_articles(folder: Path, documents: Mapping[str, Mapping[str, Any]], schema: Schema) -> list[Path]:
    """Write documents into a folder, an article file and a text file each.

    Args:
        folder: the folder, which is made if it isn't there.
        documents: the documents by name, which the files are called after.
        schema: the schema of the documents.

    Returns:
        The article files, each whole or not at all; a text file comes before the article that names it.

    Raises:
        ValueError: the documents have a shape of their own, a name can't be that of a file, a text isn't Unicode, or
            the folder holds other files, which would be read as part of the corpus. Nothing is written then.
        OSError: a file can't be written.
    """
    if schema.lens is not None:
        raise ValueError(
            f"{folder}: article files have spans as start, end and text; expected a .jsonl or .parquet file"
        )
    (member,) = schema.texts
    files: dict[Path, bytes] = {}
    for name, document in documents.items():
        if not re.fullmatch(r"[^\x00-\x1f/\\.:][^\x00-\x1f/\\:]{0,200}", name):
            raise ValueError(f"{name!r} can't be the name of a file; expected a .jsonl or .parquet file for such keys")
        try:
            files[folder / f"{name}.txt"] = str(document[member]).encode()
        except UnicodeEncodeError:
            raise ValueError(f"{name}: {member} has half of a surrogate pair, which no text file holds") from None
        files[folder / f"{name}.json"] = layout(stand_off(document, f"{name}.txt", schema)).encode()
    others = sorted(set(folder.iterdir()) - files.keys()) if folder.exists() else []
    if others:
        raise ValueError(f"{folder} holds other files, {others[0].name}; expected an empty folder or a new one")
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        replace_file(file, content)
    return [file for file in files if file.suffix == ".json"]
