"""Arrow: the folders that ``save_to_disk`` of ``datasets`` writes, read alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from spanproof.corpus.conforming import demand_distinct
from spanproof.corpus.documents import Batch, ReadError, batch_of, batch_of_columns
from spanproof.corpus.origins import FileLines
from spanproof.formats.class_labels import decoded, features_of
from spanproof.formats.format import Format
from spanproof.parsing.json import parse
from spanproof.parsing.named_files import is_inside
from spanproof.schema.schema import Schema

_STATE = "state.json"
_SPLITS = "dataset_dict.json"
_UNCORRECTED = "Arrow files are only read; correct the Parquet or JSON Lines that they were made of"


def saved_files(folder: Path) -> list[Path] | None:
    """Return the files of a folder by ``save_to_disk``, each split's after another; None for any other folder.

    A file that leads out of the folder isn't followed: it stands for itself, and is refused where it is read.
    """
    try:
        if (folder / _SPLITS).is_file():
            splits = parse((folder / _SPLITS).read_bytes())["splits"]
            within = [saved_files(folder / name) if is_inside(name) else None for name in splits]
            return [file for files, name in zip(within, splits, strict=True) for file in files or [folder / name]]
        if (folder / _STATE).is_file():
            return [folder / file["filename"] for file in parse((folder / _STATE).read_bytes())["_data_files"]]
    except (LookupError, TypeError, AttributeError, ValueError):
        return None
    return None


def _read(path: Path, schema: Schema) -> Iterator[Batch]:
    rows = 0
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            demand_distinct(stream.schema)
            features = features_of(stream.schema)
            for columns in stream:
                columns.validate(full=True)
                if features:
                    columns = pa.RecordBatch.from_struct_array(decoded(columns.to_struct_array(), features))
                origin = FileLines(str(path), np.arange(rows + 1, rows + 1 + columns.num_rows))
                rows += columns.num_rows
                yield batch_of_columns(columns, schema, origin)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        yield batch_of([], schema, errors=(ReadError(str(path), None, f"not readable as Arrow: {error}"),))
        return
    if not rows:
        yield batch_of([], schema, errors=(ReadError(str(path), None, "the file holds no document"),))


def _write(path: Path, *_: object) -> None:
    raise ValueError(f"{path}: Arrow files are only read; expected a file that ends in .jsonl or .parquet")


def _amend(path: Path, *_: object) -> bytes:
    raise ValueError(f"{path}: {_UNCORRECTED}")


FORMAT = Format("arrow", (".arrow",), _read, _write, _amend, rows=True, uncorrected=_UNCORRECTED)
"""Streams of Arrow, as ``save_to_disk`` writes them."""
