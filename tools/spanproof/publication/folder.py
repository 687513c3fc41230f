"""A dataset folder as it was found: its files, and what its card and its Croissant description declare."""

import fnmatch
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

from spanproof.formats.parquet import parquet_table
from spanproof.parsing import yaml
from spanproof.parsing.json import parse
from spanproof.parsing.named_files import boundary_of
from spanproof.schema.validation import reference

Info = Mapping[str, Any]
_PROJECT = ("CITATION.cff", "CHANGELOG.md")

_NAMED = {"type": "object", "properties": {"@id": {"type": "string"}, "contentUrl": {"type": "string"}}}
_SOURCE = {"type": "object", "properties": {"fileObject": _NAMED, "extract": {"type": "object"}}}
_FIELDS = {"type": "array", "items": {"type": "object", "properties": {"source": _SOURCE}}}
_CROISSANT: Info = {
    "properties": {
        "distribution": {"type": "array", "items": _NAMED},
        "recordSet": {"type": "array", "items": {"type": "object", "properties": {"field": _FIELDS}}},
    }
}
"""What is read of a Croissant description has this shape."""


class Declared(NamedTuple):
    """A configuration that a card declares: its name, its entry in ``configs``, the files of its splits."""

    name: str
    entry: Info
    paths: list[str]


def listed(value: Any) -> list[Any]:
    """Return a value of YAML that may be one or a list of them, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


@dataclass(frozen=True)
class Publication:
    """A dataset folder, whatever is wrong with it: ``at`` is where it is, ``files`` are its files by their path.

    The citation and the changelog of the project that holds the folder are there as ``../CITATION.cff`` and
    ``../CHANGELOG.md``.
    """

    at: str
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, folder: Path) -> "Publication":
        """Read a folder; hidden ones are no part of it, nor is what links lead to outside."""
        paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
        kept = {name: path for name, path in paths.items() if not any(part.startswith(".") for part in name.parts)}
        inside = {name: path for name, path in kept.items() if path.resolve().is_relative_to(boundary_of(folder))}
        files = {name.as_posix(): path.read_bytes() for name, path in inside.items()}
        above = folder.absolute().parent
        files |= {f"../{name}": (above / name).read_bytes() for name in _PROJECT if (above / name).is_file()}
        return cls(folder.as_posix(), MappingProxyType(files))

    @functools.cached_property
    def _card(self) -> tuple[str, str]:
        return yaml.head_of(self.files.get("README.md", b"").decode("utf-8", "replace"))

    @property
    def body(self) -> str:
        """The card below its YAML."""
        return self._card[1]

    @functools.cached_property
    def settings(self) -> Info:
        """The card's YAML; empty where there is none.

        Raises:
            ValueError: it is no YAML, or no mapping with a list of configurations.
        """
        try:
            metadata = yaml.parse(self._card[0]) or {}
        except ValueError as error:
            raise ValueError(f"its YAML can't be read: {error}") from error
        entries = metadata.get("configs") if isinstance(metadata, Mapping) else None
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, Mapping) for entry in entries):
            right = "right is a list `configs` of entries with config_name and data_files"
            raise ValueError(f"its YAML declares no configuration; {right}")
        return metadata

    @functools.cached_property
    def configs(self) -> tuple[Declared, ...]:
        """The configurations that the card declares; none where its YAML is unusable."""
        return tuple(self._declared())

    def _declared(self) -> Iterator[Declared]:
        try:
            entries = self.settings["configs"]
        except ValueError:
            return
        for entry in entries:
            splits = [s.get("path") if isinstance(s, Mapping) else s for s in listed(entry.get("data_files"))]
            patterns = [str(pattern) for split in splits for pattern in listed(split)]
            paths = [path for path in self.files if any(fnmatch.fnmatch(path, pattern) for pattern in patterns)]
            yield Declared(str(entry.get("config_name", "default")), entry, paths)

    @functools.cached_property
    def infos(self) -> Mapping[str, Info]:
        """What the card says of each configuration under ``dataset_info``."""
        infos = listed(self.settings.get("dataset_info")) if self.configs else []
        return {str(info.get("config_name", "default")): info for info in infos if isinstance(info, Mapping)}

    @functools.cached_property
    def croissant(self) -> Info:
        """The Croissant description; empty where there is none, or none that can be used."""
        return self._described[0]

    @property
    def croissant_fault(self) -> str | None:
        """Why the Croissant description can't be used; None where it can, or there is none."""
        return self._described[1]

    @functools.cached_property
    def _described(self) -> tuple[Info, str | None]:
        try:
            described = parse(self.files.get("croissant.json", b"{}"))
        except ValueError as error:
            return {}, str(error)
        if not isinstance(described, Mapping):
            return {}, "it is no JSON object"
        for fault in reference(_CROISSANT).iter_errors(described):
            place = ".".join(map(str, fault.absolute_path))
            return {}, f"{place}: {fault.message}; expected what Croissant 1.1 has there"
        return described, None

    @functools.cached_property
    def _read(self) -> dict[str, pa.Table]:
        return {}

    def table(self, path: str) -> pa.Table:
        """Return a Parquet file of the folder.

        Raises:
            ValueError: it isn't readable as Parquet.
        """
        if path not in self._read:
            self._read[path] = parquet_table(self.files[path])
        return self._read[path]

    def tables(self, paths: list[str]) -> Mapping[str, pa.Table]:
        """Those of some Parquet files that can be read."""
        tables = {}
        for path in paths:
            try:
                tables[path] = self.table(path)
            except ValueError:
                continue
        return tables

    def line(self, text: str, file: str) -> int | None:
        """Return the line (from 1) of a file that holds a text first."""
        lines = self.files.get(file, b"").decode("utf-8", "replace").split("\n")
        return next((k for k, line in enumerate(lines, 1) if text in line), None)
