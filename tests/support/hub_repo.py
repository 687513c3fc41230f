"""A dataset repository as a hub keeps it: files at commits, branches, tags; in memory, with the object ids of Git."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class RefusalError(Exception):
    """What a hub answers instead: a status, the ``X-Error-Code`` clients know (or None), a message."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def git_oid(kind: str, content: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content).hexdigest()


@dataclass(frozen=True)
class File:
    content: bytes
    lfs: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def stored(self) -> bytes:
        """The blob in Git: the content, or the LFS pointer to it."""
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(self.content)}\n"
        return pointer.encode() if self.lfs else self.content

    @property
    def oid(self) -> str:
        return git_oid("blob", self.stored)

    @property
    def etag(self) -> str:
        """What names the content: the sha256 of an LFS file, the blob of another."""
        return self.sha256 if self.lfs else self.oid

    def described(self, path: str) -> dict[str, Any]:
        lfs = {"oid": self.sha256, "size": len(self.content), "pointerSize": len(self.stored)}
        entry = {"type": "file", "oid": self.oid, "size": len(self.content), "path": path}
        return entry | {"lfs": lfs} if self.lfs else entry


@dataclass(frozen=True)
class Commit:
    files: Mapping[str, File]
    title: str
    message: str = ""
    parent: "Commit | None" = None

    @property
    def oid(self) -> str:
        before = self.parent.oid if self.parent else ""
        listing = "".join(f"{path} {file.oid}\n" for path, file in sorted(self.files.items()))
        return git_oid("commit", f"{before}\n{self.title}\n{self.message}\n{listing}".encode())

    def history(self) -> list["Commit"]:
        return [self, *(self.parent.history() if self.parent else [])]

    def file(self, path: str) -> File:
        if path not in self.files:
            raise RefusalError(404, "EntryNotFound", f"Entry not found: {path}")
        return self.files[path]

    def tree(self, folder: str, recursive: bool) -> list[dict[str, Any]]:
        """The entries below a folder ("" is the root), folders among them."""
        start = f"{folder}/" if folder else ""
        below = {path: file for path, file in sorted(self.files.items()) if path.startswith(start)}
        if folder and not below:
            raise RefusalError(404, "EntryNotFound", f"{folder} does not exist")
        parts = [path.removeprefix(start).split("/") for path in below]
        folders = sorted({start + "/".join(part[:n]) for part in parts for n in range(1, len(part))})
        entries = [{"type": "directory", "oid": git_oid("tree", f.encode()), "size": 0, "path": f} for f in folders]
        entries += [file.described(path) for path, file in below.items()]
        return [entry for entry in entries if recursive or "/" not in entry["path"].removeprefix(start)]


ATTRIBUTES = File(b"*.parquet filter=lfs diff=lfs merge=lfs -text\n")


@dataclass
class Repo:
    private: bool = False
    branches: dict[str, Commit] = field(
        default_factory=lambda: {"main": Commit({".gitattributes": ATTRIBUTES}, "initial commit")}
    )
    tags: dict[str, Commit] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)  # LFS contents by sha256

    def at(self, revision: str) -> Commit:
        name = revision.removeprefix("refs/tags/").removeprefix("refs/heads/")
        tips = self.tags | self.branches
        known = {commit.oid: commit for tip in tips.values() for commit in tip.history()} | tips
        if name not in known:
            raise RefusalError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return known[name]

    def commit(self, branch: str, header: Mapping[str, Any], operations: list[dict[str, Any]]) -> Commit:
        """A commit of operations as clients send them: file, lfsFile, deletedFile, deletedFolder."""
        head = self.at(branch)
        if header.get("parentCommit", head.oid) != head.oid:
            raise RefusalError(412, "PreconditionFailed", "A commit has happened since. Please refresh and try again.")
        files = dict(head.files)
        for operation in operations:
            value, path = operation["value"], operation["value"]["path"]
            match operation["key"]:
                case "file":
                    files[path] = File(base64.b64decode(value["content"]))
                case "lfsFile":
                    if value["oid"] not in self.objects:
                        raise RefusalError(400, None, f"LFS object of {path} is missing")
                    files[path] = File(self.objects[value["oid"]], lfs=True)
                case "deletedFile":
                    del files[path]
                case "deletedFolder":
                    files = {name: file for name, file in files.items() if not name.startswith(f"{path.strip('/')}/")}
        self.branches[branch] = Commit(files, header["summary"], header.get("description", ""), head)
        return self.branches[branch]

    def make(self, kind: str, name: str, revision: str) -> None:
        """A tag or branch at a revision; an existing one is refused, not moved."""
        refs = {"tag": self.tags, "branch": self.branches}[kind]
        if name in refs:
            raise RefusalError(409, None, f"{kind.capitalize()} {name} already exists")
        refs[name] = self.at(revision)
