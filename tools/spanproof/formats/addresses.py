"""Corpora at addresses (``s3://``, ``hf://``, ``https://``): fetched into a temporary folder and read there as files.

Only what a person names is fetched, never what data names. The temporary folder lays files out by their address, so
that the address of each is known from its path: ``.../spanproof-address-x1/s3:/bucket/a.jsonl``.
"""

import re
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from spanproof.formats.content import stem_of
from spanproof.parsing.named_files import is_inside

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:[/\\]")
_FOLDER = "spanproof-address-"
_NOT_THERE, _NOT_ALLOWED = (404, 410), (401, 403)
_PART = 1 << 20
"""Bytes that are fetched at a time."""
_UNREACHED = (ConnectionError, TimeoutError, socket.gaierror)
_PATIENCE = 60
"""Seconds that a server may be silent."""


class AddressError(ValueError):
    """What an address names can't be fetched; the message says which, and why."""


@dataclass(frozen=True)
class RemoteFile:
    """A file at an address.

    Attributes:
        place: its path below a folder that lays files out by their address.
        size: bytes; None where nobody says.
        get: writes it into a file, and calls a function with how many more bytes came.
    """

    place: PurePosixPath
    size: int | None
    get: Callable[[Path, Callable[[int], None]], None]


@dataclass(frozen=True)
class Remote:
    """What an address names: a file with those beside it that belong to it, or all files below a folder.

    Attributes:
        address: as messages have it, without what may be secret.
        place: its path below a folder that lays files out by their address.
        files: the files.
    """

    address: str
    place: PurePosixPath
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int | None:
        """How many bytes its files have; None where nobody says."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(filter(None, sizes))

    def fetch(self, folder: Path, advance: Callable[[int], None] | None = None) -> Path:
        """Write the files below a folder; return the path of what the address names.

        Args:
            folder: lays files out by their address.
            advance: is called with how many more bytes came, if anybody wants to know.

        Raises:
            AddressError: a file can't be fetched whole, or the disk has no room for all.
        """
        free = shutil.disk_usage(folder).free
        if (self.size or 0) > free:
            there = f"{folder.parent} has {free >> 20:,} (another folder can be named as TMPDIR)"
            raise AddressError(f"{self.address} has {(self.size or 0) >> 20:,} MiB, and {there}")
        (folder / self.place.parent).mkdir(parents=True, exist_ok=True)
        if not self.files:
            (folder / self.place).mkdir(exist_ok=True)
        for file in self.files:
            target = folder / file.place
            with _explained(with_addresses(str(target))):
                target.parent.mkdir(parents=True, exist_ok=True)
                file.get(target, advance or _unheard)
                if file.size is not None and (came := target.stat().st_size) != file.size:
                    raise AddressError(f"{came:,} bytes came; expected {file.size:,}")
        return folder / self.place


def is_address(name: str | Path) -> bool:
    """Say whether a name is an address, also where it was taken for a path."""
    return _ADDRESS.match(str(name)) is not None


def as_address(path: Path) -> str:
    """Return an address that was taken for a path, which has one slash after the colon, as it was written."""
    return re.sub(r"^([a-z][a-z0-9+.-]+):/+", r"\1://", str(path))


def is_fetched(path: Path) -> bool:
    """Say whether a file or folder was fetched from an address."""
    return any(part.startswith(_FOLDER) for part in path.parts)


def with_addresses(text: str) -> str:
    """Return a path or a message with addresses in the place of the temporary files that were fetched from them."""
    if _FOLDER not in text:
        return text
    temporary = re.escape(f"{Path(tempfile.gettempdir()).resolve()}/{_FOLDER}")
    return re.sub(rf"{temporary}\w+/([a-z][a-z0-9+.-]+):/", r"\1://", text)


@contextmanager
def fetching_folder() -> Iterator[Path]:
    """Make a temporary folder that lays files out by their address; it goes with the context."""
    with tempfile.TemporaryDirectory(prefix=_FOLDER, dir=Path(tempfile.gettempdir()).resolve()) as folder:
        yield Path(folder)


def remote_at(address: str) -> Remote:
    """Return what an address names.

    Args:
        address: ``https://HOST/FILE``, or one of a store that ``fsspec`` knows.

    Raises:
        AddressError: there is no such thing, it may not be read, or the package that reads such addresses isn't there.
        ModuleNotFoundError: ``fsspec`` isn't installed, which reads all but the web.
    """
    scheme, _, rest = address.partition("://")
    if "::" in address:
        raise AddressError(f"{address}: one address within another; expected a single one")
    if scheme in ("file", "local"):
        raise AddressError(f"{address} is on this machine; expected its path alone")
    if scheme not in ("http", "https") and not _is_known(scheme):
        raise AddressError(
            f"{address}: no store is called {scheme}; expected https://, hf://, s3:// or another one of fsspec"
        )
    if scheme in ("http", "https"):
        return _on_the_web(address)
    with _explained(address):
        return _in_a_store(address, PurePosixPath(f"{scheme}:", rest.strip("/")))


def _is_known(scheme: str) -> bool:
    """Say whether ``fsspec`` knows the addresses of a store."""
    from fsspec import available_protocols

    return scheme in available_protocols()


def _on_the_web(address: str) -> Remote:
    """Return a file at a web address; nothing beside it is looked for, since the web has no folders."""
    parts = urlsplit(address)
    path, (who, _, host) = parts.path.lstrip("/"), parts.netloc.rpartition("@")
    shown = f"{parts.scheme}://{host}/{path}"
    if who:
        raise AddressError(f"{shown}: the address names a user; expected one without user and password")
    if path.endswith("/") or not _is_plain(path) or not host:
        raise AddressError(f"{shown} is not the address of a file; expected one that ends in its name")

    def get(target: Path, advance: Callable[[int], None]) -> None:
        import urllib.request  # which takes long to import

        asked = urllib.request.Request(address, headers={"Accept-Encoding": "identity", "User-Agent": "spanproof"})
        with urllib.request.urlopen(asked, timeout=_PATIENCE) as answer, target.open("wb") as file:
            expected = answer.length
            while part := answer.read(_PART):
                advance(file.write(part))
        if expected is not None and target.stat().st_size != expected:
            raise AddressError(f"{target.stat().st_size:,} bytes came; expected {expected:,}")

    place = PurePosixPath(f"{parts.scheme}:", host, path)
    return Remote(shown, place, (RemoteFile(place, None, get),))


def _in_a_store(address: str, place: PurePosixPath) -> Remote:
    """Return what is at an address of a store that ``fsspec`` knows."""
    from fsspec.core import url_to_fs

    store, root = url_to_fs(address)
    if store.info(root)["type"] == "directory":
        files = tuple(_below(store, root, place, store.find(root, detail=True)))
    else:
        files = tuple(_with_companions(store, root, place))
    return Remote(address.rstrip("/"), place, files)


def _below(
    store: Any, root: str, place: PurePosixPath, entries: Mapping[str, Mapping[str, Any]]
) -> Iterator[RemoteFile]:
    """Yield the files below a folder, without those and the folders whose names begin with a dot."""
    for name, known in sorted(entries.items()):
        inside = name.removeprefix(root.rstrip("/")).removeprefix("/")
        if known["type"] == "directory" or any(part.startswith(".") and part.strip(".") for part in inside.split("/")):
            continue
        if not name.startswith(root) or not _is_plain(inside):
            raise AddressError(f"{name!r} can't be the name of a file; expected names that files on a disk can have")
        yield _stored(store, name, place / inside, known.get("size"))


def _with_companions(store: Any, file: str, place: PurePosixPath) -> Iterator[RemoteFile]:
    """Yield a file and those beside it that belong to it: its schema, the text of stand-off, and waivers."""
    yield _stored(store, file, place, store.info(file).get("size"))
    stem, folder = stem_of(Path(place)), store._parent(file)
    for known in store.ls(folder, detail=True):
        name = PurePosixPath(known["name"]).name
        belongs = name.startswith(f"{stem}.") or name == "waivers.json"
        if known["type"] == "file" and belongs and name != place.name and _is_plain(name):
            yield _stored(store, known["name"], place.with_name(name), known.get("size"))


def _stored(store: Any, name: str, place: PurePosixPath, size: int | None) -> RemoteFile:
    def get(target: Path, advance: Callable[[int], None]) -> None:
        from fsspec.callbacks import Callback

        before = 0

        def counted(_size: int | None, value: int, **_: Any) -> None:
            nonlocal before
            advance(value - before)
            before = value

        store.get_file(name, str(target), callback=Callback(hooks={"bytes": counted}))

    return RemoteFile(place, size, get)


def _unheard(more: int) -> None:
    """Tell nobody how many bytes came."""


def _is_plain(name: str) -> bool:
    """Say whether a name from a store can be a path below a folder, as it is."""
    return is_inside(name) and PurePosixPath(name).as_posix() == name


@contextmanager
def _explained(address: str) -> Iterator[None]:
    """Say in words why something can't be fetched: each store has errors of its own."""
    try:
        yield
    except AddressError as error:
        raise error if str(error).startswith(address) else AddressError(f"{address}: {error}") from error
    except ModuleNotFoundError as error:
        if error.name == "fsspec":
            raise
        raise AddressError(f"{address}: {error}") from error
    except Exception as error:
        raise AddressError(f"{address}: {_reason(error)}") from error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was made of, as libraries wrap what the system says."""
    seen = list[BaseException]()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.append(one)
            yield one
            inner = (getattr(one, "reason", None), one.__cause__, one.__context__)
            waiting += [cause for cause in inner if isinstance(cause, BaseException)]


def _reason(error: Exception) -> str:
    if unreached := next((one for one in _chain(error) if isinstance(one, _UNREACHED)), None):
        return f"its server can't be reached: {unreached.strerror or type(unreached).__name__}"
    status = getattr(error, "code", None)  # of an answer of the web
    if isinstance(error, FileNotFoundError) or status in _NOT_THERE:
        return "there is no such file, folder or bucket, or it isn't open to you"
    if isinstance(error, PermissionError) or status in _NOT_ALLOWED:
        return "you aren't allowed to read it; expected credentials that the store accepts"
    if isinstance(error, ImportError):
        return f"a package is missing that reads such addresses: {error}"
    if isinstance(error, OSError) and error.strerror and error.errno:
        return error.strerror
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300]
