"""Files of one name in several folders, whose documents are called as their files: the folders make the ids differ."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from spanproof.corpus.documents import Batch
from spanproof.formats.content import stem_of
from spanproof.formats.leaves import FORMATS
from spanproof.formats.registry import format_in

_ID = "id"


def folders_of(files: Iterable[Path]) -> Mapping[Path, str]:
    """Return the folder of each file whose documents would have the ids of another's, from where these folders part.

    Only formats of annotations are concerned: their files don't all say an id, so that the name of the file is one.

    Args:
        files: those of a corpus.
    """
    by_name: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        by_name[stem_of(file)].append(file)
    folders: dict[Path, str] = {}
    for alike in by_name.values():
        if len({file.parent for file in alike}) > 1 and all(_is_called_by_name(file) for file in alike):
            above = os.path.commonpath([file.parent.absolute() for file in alike])
            folders |= {file: file.parent.absolute().relative_to(above).as_posix() for file in alike}
    return {file: folder for file, folder in folders.items() if folder != "."}


def _is_called_by_name(file: Path) -> bool:
    try:
        known = format_in(file)
    except OSError:
        return False
    return known is not None and known.name in FORMATS


def in_folder(batch: Batch, file: Path, folder: str) -> Batch:
    """Return the documents of a file, the folder before each id that is the name of the file, or a number after it.

    Args:
        batch: the documents.
        file: where they were read.
        folder: ``train/a``.
    """
    if _ID not in batch.columns.schema.names or not batch.columns.num_rows:
        return batch
    named = re.compile(rf"{re.escape(stem_of(file))}(?:-\d+)?")

    def with_folder(name: Any) -> Any:
        return f"{folder}/{name}" if isinstance(name, str) and named.fullmatch(name) else name

    at = batch.columns.schema.get_field_index(_ID)
    field = batch.columns.schema.field(at)
    ids = pa.array(map(with_folder, batch.columns.column(at).to_pylist()), field.type)
    raw = {row: {**one, _ID: with_folder(one.get(_ID))} for row, one in batch.raw.items() if isinstance(one, dict)}
    return replace(batch, columns=batch.columns.set_column(at, field, ids), raw={**batch.raw, **raw})
