"""A dataset folder as it was found: its files, and what its card and its Croissant description declare."""

import fnmatch
import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

from spanproof.formats.files import is_unfinished
from spanproof.formats.parquet import parquet_table
from spanproof.parsing import yaml
from spanproof.parsing.json import parse
from spanproof.parsing.named_files import boundary_of
from spanproof.schema.validation import reference

Info = Mapping[str, Any]
GENERATED = "<!-- Written by `spanproof build`"
"""Begins the body of a card that spanproof wrote."""
SUMS = "SHA256SUMS"
"""The file of a dataset that lists all others with their SHA-256: what isn't listed there, the build didn't make."""
LABEL_STUDIO = "label-studio"
"""The folder of a dataset with its tasks and labeling config for Label Studio."""
LINK, IRREGULAR, HIDDEN = "is a link", "isn't a regular file", "is hidden"
UNFINISHED = "is left of a write that was interrupted"
"""What may lie in a folder and is no file of a dataset."""
CITATION = "../CITATION.cff"
"""The citation of the project that holds a dataset folder, by its path from there."""
_NOT_OURS = (".git", ".gitattributes", ".cache/huggingface")
"""What git and the Hub's client keep in a folder: no part of a dataset, and never uploaded as one."""

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


class Walked(NamedTuple):
    """What lies in a folder: ``files`` may belong to a dataset, ``others`` never do. Both are by their path from there.

    ``others`` says of each what it is. A link to a file inside is in both: it can be read, and no build makes it.
    """

    files: Mapping[str, Path]
    others: Mapping[str, str]


def walk(folder: Path) -> Walked:
    """Return what lies in a dataset folder and below, by name. No link to a folder is followed.

    A snapshot in the Hub's cache is made of links, so there those that stay in the cache are files like others.
    """
    files: dict[str, Path] = {}
    others: dict[str, str] = {}
    boundary = boundary_of(folder)
    folders = [folder]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            name = path.relative_to(folder).as_posix()
            if name in _NOT_OURS:
                continue
            if path.is_dir() and not path.is_symlink():
                folders.append(path)
                continue
            regular = path.is_file() and path.resolve().is_relative_to(boundary)
            hidden = any(part.startswith(".") for part in name.split("/"))
            if regular and not hidden:
                files[name] = path
            if path.is_symlink() and not (regular and boundary != folder.resolve()):
                others[name] = LINK
            elif not regular:
                others[name] = IRREGULAR
            elif hidden:
                others[name] = UNFINISHED if is_unfinished(path) else HIDDEN
    return Walked(dict(sorted(files.items())), dict(sorted(others.items())))


@dataclass(frozen=True)
class Publication:
    """A dataset folder, whatever is wrong with it: ``at`` is where it is, ``files`` are its files by their path.

    ``others`` are what no dataset holds, and what each is: see :func:`walk`. The citation of the project that holds the
    folder is there as ``../CITATION.cff``.
    """

    at: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Publication":
        """Read a folder; hidden files are no part of it, nor is what links lead to outside."""
        walked = walk(folder)
        files = {name: path.read_bytes() for name, path in walked.files.items()}
        citation = folder.absolute().parent / Path(CITATION).name
        if citation.is_file():
            files[CITATION] = citation.read_bytes()
        return cls(folder.as_posix(), MappingProxyType(files), walked.others)

    @functools.cached_property
    def listed(self) -> Mapping[str, str]:
        """The SHA-256 of each file that the build made, by its path; empty where the folder has no such list.

        The file is in the form of ``sha256sum``: a hash, two spaces, a path.
        """
        lines = self.files.get(SUMS, b"").decode("utf-8", "replace").splitlines()
        return {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}

    def foreign(self, built: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield each path in the folder that is none of the files that a build has made, and what stands there."""
        for name in self.files.keys() - self.others.keys() - {*built, CITATION}:
            yield name, "isn't a file of the build"
        yield from self.others.items()

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
            right = "expected a list `configs` of entries with config_name and data_files"
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
            paths = self.matching([pattern for split in splits for pattern in listed(split)])
            yield Declared(str(entry.get("config_name", "default")), entry, paths)

    def matching(self, patterns: list[Any]) -> list[str]:
        """Return the files whose paths match one of some patterns."""
        return [path for path in self.files if any(fnmatch.fnmatch(path, str(pattern)) for pattern in patterns)]

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
            return {}, "it isn't a JSON object"
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
