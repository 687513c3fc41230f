"""A Hugging Face hub on loopback for tests: unmodified clients publish datasets on it and load them from it.

It covers what huggingface_hub and datasets ask for to create, commit (regular and LFS "basic"), tag, list, compare and
download, on a port the kernel chooses. Not covered: Xet (clients run with HF_HUB_DISABLE_XET=1), pull requests, gating,
pagination. :meth:`Hub.run` runs a client; :func:`release` makes the datasets to publish.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow.parquet as pq
import yaml

from support.documents import ROOT
from support.hub_repo import Commit, RefusalError, Repo

DAY = "2026-01-01T00:00:00.000Z"
JSON = ("Content-Type", "application/json")


class Hub(ThreadingHTTPServer):
    """The server, in a thread of the test while it is entered.

    ``requests`` is what was asked; ``failing`` maps the start of a request ("POST /api/datasets/o/n/commit") to the
    statuses that its next askings get; ``spoil`` changes the bytes of a path on their way out; ``rejects`` is what
    the validation of a card says.
    """

    daemon_threads = True

    def __init__(self, token: str = "hf_loopback") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.token = token
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.repos: dict[str, Repo] = {}
        self.requests: list[str] = []
        self.failing: dict[str, list[int]] = {}
        self.spoil: Callable[[str, bytes], bytes] = lambda path, content: content
        self.rejects: list[str] = []
        self.crashes: list[str] = []
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.shutdown()
        self.server_close()

    def run(self, home: Path, code: str, **environment: str) -> Any:
        """What Python code leaves in ``out``, run in a process of its own whose hub is this one.

        The environment is read when the client is imported: hence a process. ``home`` is its HF_HOME, its cache;
        ``environment`` adds to the variables or replaces them.
        """
        script = f"import json\nout = {{}}\n{code}\nprint(json.dumps(out))"
        paths = os.pathsep.join([str(ROOT / "tools"), str(ROOT / "tests")])
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": paths,
            "HOME": str(home),
            "HF_HOME": str(home),
            "HF_ENDPOINT": self.url,
            "HF_TOKEN": self.token,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_UPDATE_DOWNLOAD_COUNTS": "0",
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
        } | environment
        done = subprocess.run(
            [sys.executable, "-c", script], env=variables, capture_output=True, text=True, timeout=600
        )
        if self.crashes or done.returncode:
            raise RuntimeError(self.crashes[0] if self.crashes else done.stderr)
        if variables["HF_TOKEN"] in done.stdout + done.stderr:
            raise RuntimeError("the token is shown")
        return json.loads(done.stdout.splitlines()[-1])


class Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Silence."""

    def handle_any(self) -> None:
        address = urlsplit(self.path)
        self.query = parse_qs(address.query)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {address.path}"
        with self.server.lock:
            self.server.requests.append(request)
            try:
                for start, statuses in self.server.failing.items():
                    if request.startswith(start) and statuses:
                        raise RefusalError(statuses.pop(0), None, "Service Unavailable")
                self.route(request)
            except RefusalError as refusal:
                code = [("X-Error-Code", refusal.code)] if refusal.code else []
                self.answer({"error": str(refusal)}, refusal.status, [("X-Error-Message", str(refusal)), *code])
            except Exception:
                self.server.crashes.append(traceback.format_exc())
                self.answer(b"", 501)  # which clients don't try again

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def route(self, request: str) -> None:
        if self.headers.get("Authorization") and not self.known():
            raise RefusalError(401, None, "Invalid credentials in Authorization header")
        for pattern, answer in ROUTES.items():
            if found := re.fullmatch(pattern, request):
                parts = {name: unquote(part) for name, part in found.groupdict().items()}
                if "repo" in parts:
                    parts["repo"] = self.repo(parts["repo"])
                return answer(self, **parts)
        raise RefusalError(404, None, f"no route {request}")

    def known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.server.token}"

    def repo(self, name: str) -> Repo:
        """The repository; who writes must be known, and who reads a private one. An LFS address is its own key."""
        found = self.server.repos.get(name)
        reads = self.command in ("GET", "HEAD") or "/paths-info/" in self.path
        open_to_all = self.path.startswith("/_lfs/") or (reads and found is not None and not found.private)
        if not open_to_all and not self.known():
            raise RefusalError(401, "RepoNotFound", "Invalid username or password.")
        if found is None:
            raise RefusalError(404, "RepoNotFound", "Repository not found")
        return found

    def answer(self, body: Any = b"", status: int = 200, headers: list[tuple[str, str]] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("Content-Length", str(len(content))), *(headers or [JSON])]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def name(self) -> str:
        return "/".join(unquote(self.path).split("?")[0].split("/")[3:5])

    def who(self) -> None:
        if not self.known():
            raise RefusalError(401, None, "Invalid username or password.")
        access = {"accessToken": {"role": "write"}}
        self.answer({"type": "user", "name": "tester", "orgs": [], "auth": access})

    def validate(self) -> None:
        errors = [{"message": message} for message in self.server.rejects]
        self.answer({"errors": errors, "warnings": []}, 400 if errors else 200)

    def create(self) -> None:
        if not self.known():
            raise RefusalError(401, None, "Invalid username or password.")
        asked = json.loads(self.body)
        name = f"{asked.get('organization') or 'tester'}/{asked['name']}"
        url = f"{self.server.url}/datasets/{name}"
        if name in self.server.repos:
            message = "You already created this dataset repo"
            return self.answer({"error": message, "url": url}, 409, [("X-Error-Message", message)])
        self.server.repos[name] = Repo(private=asked.get("visibility") == "private" or bool(asked.get("private")))
        return self.answer({"url": url, "name": name, "id": name})

    def info(self, repo: Repo, at: str = "main") -> None:
        commit = repo.at(at)
        flags = {"private": repo.private, "gated": False, "disabled": False, "tags": [], "downloads": 0, "likes": 0}
        files = [{"rfilename": path} for path in commit.files]
        days = {"lastModified": DAY, "createdAt": DAY}
        self.answer({"id": self.name(), "sha": commit.oid, "siblings": files} | flags | days)

    def refs(self, repo: Repo) -> None:
        def listed(kind: str, tips: dict[str, Commit]) -> list[dict[str, str]]:
            return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": c.oid} for n, c in tips.items()]

        refs = {"branches": listed("heads", repo.branches), "tags": listed("tags", repo.tags)}
        self.answer({**refs, "converts": []})

    def tree(self, repo: Repo, at: str, path: str = "") -> None:
        recursive = self.query.get("recursive", ["false"])[0].lower() in ("true", "1")
        self.answer(repo.at(at).tree(path.strip("/"), recursive))

    def paths_info(self, repo: Repo, at: str) -> None:
        is_json = "json" in self.headers.get("Content-Type", "")
        asked = json.loads(self.body)["paths"] if is_json else parse_qs(self.body.decode()).get("paths", [])
        entries = {entry["path"]: entry for entry in repo.at(at).tree("", recursive=True)}
        self.answer([entries[path] for path in asked if path in entries])

    def commits(self, repo: Repo, at: str) -> None:
        who = {"date": DAY, "authors": [{"user": "tester"}]}
        log = [{"id": c.oid, "title": c.title, "message": c.message} | who for c in repo.at(at).history()]
        self.answer(log)

    def tag(self, repo: Repo, at: str) -> None:
        repo.make("tag", json.loads(self.body)["tag"], at)
        self.answer({})

    def untag(self, repo: Repo, at: str) -> None:
        del repo.tags[at]
        self.answer({})

    def branch(self, repo: Repo, at: str) -> None:
        repo.make("branch", at, json.loads(self.body or b"{}").get("startingPoint", "main"))
        self.answer({})

    def preupload(self, repo: Repo, at: str) -> None:
        commit = repo.at(at)

        def planned(path: str) -> dict[str, Any]:
            there = commit.files.get(path)
            mode = "lfs" if path.endswith(".parquet") else "regular"
            return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": there and there.etag}

        self.answer({"commitOid": commit.oid, "files": [planned(f["path"]) for f in json.loads(self.body)["files"]]})

    def commit(self, repo: Repo, at: str) -> None:
        header, *operations = [json.loads(line) for line in self.body.splitlines() if line.strip()]
        made = repo.commit(at, header["value"], operations)
        url = f"{self.server.url}/datasets/{self.name()}/commit/{made.oid}"
        self.answer({"success": True, "commitOid": made.oid, "commitUrl": url, "hookOutput": ""})

    def lfs_batch(self, repo: Repo) -> None:
        name = self.path.split(".git/")[0].removeprefix("/datasets/")

        def planned(thing: dict[str, Any]) -> dict[str, Any]:
            href = f"{self.server.url}/_lfs/{name}/{thing['oid']}"
            return thing if thing["oid"] in repo.objects else thing | {"actions": {"upload": {"href": href}}}

        self.answer({"transfer": "basic", "objects": [planned(thing) for thing in json.loads(self.body)["objects"]]})

    def lfs_put(self, repo: Repo, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise RefusalError(400, None, "sha256 mismatch")
        repo.objects[oid] = self.body
        self.answer()

    def resolve(self, repo: Repo, at: str, path: str) -> None:
        commit = repo.at(at)
        file = commit.file(path)
        content = self.server.spoil(path, file.content)
        headers = [("ETag", f'"{file.etag}"'), ("X-Repo-Commit", commit.oid), ("Accept-Ranges", "bytes")]
        if file.lfs:
            headers += [("X-Linked-Etag", f'"{file.etag}"'), ("X-Linked-Size", str(len(content)))]
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
            if first > last:
                return self.answer(b"", 416, [("Content-Range", f"bytes */{len(content)}")])
            part = ("Content-Range", f"bytes {first}-{last}/{len(content)}")
            return self.answer(content[first : last + 1], 206, [*headers, part])
        return self.answer(content, 200, headers)


API = r"/api/datasets/(?P<repo>[^/]+/[^/]+)"
AT = r"/(?P<at>[^/]+)"
ROUTES: dict[str, Callable[..., None]] = {
    r"GET /api/whoami-v2": Handler.who,
    r"POST /api/validate-yaml": Handler.validate,
    r"POST /api/repos/create": Handler.create,
    rf"GET {API}": Handler.info,
    rf"GET {API}/revision{AT}": Handler.info,
    rf"GET {API}/refs": Handler.refs,
    rf"GET {API}/tree{AT}": Handler.tree,
    rf"GET {API}/tree{AT}/(?P<path>.+)": Handler.tree,
    rf"POST {API}/paths-info{AT}": Handler.paths_info,
    rf"GET {API}/commits{AT}": Handler.commits,
    rf"POST {API}/tag{AT}": Handler.tag,
    rf"DELETE {API}/tag{AT}": Handler.untag,
    rf"POST {API}/branch{AT}": Handler.branch,
    rf"POST {API}/preupload{AT}": Handler.preupload,
    rf"POST {API}/commit{AT}": Handler.commit,
    r"POST /datasets/(?P<repo>[^/]+/[^/]+)\.git/info/lfs/objects/batch": Handler.lfs_batch,
    r"PUT /_lfs/(?P<repo>[^/]+/[^/]+)/(?P<oid>[0-9a-f]{64})": Handler.lfs_put,
    rf"(?:GET|HEAD) /datasets/(?P<repo>[^/]+/[^/]+)/resolve{AT}/(?P<path>.+)": Handler.resolve,
}


def card_of(folder: Path) -> dict[str, Any]:
    """The settings in the head of a card."""
    return yaml.safe_load((folder / "README.md").read_text("utf-8").split("---\n")[1])


def release(folder: Path, version: str, *, rows: int | None = None) -> Path:
    """A copy of our dataset as a version of its own; every configuration has but its first ``rows`` rows, if told."""
    shutil.copytree(ROOT / "dataset", folder)
    card = card_of(folder)
    for config, info in zip(card["configs"], card["dataset_info"], strict=True):
        config["version"] = version
        files = [file for part in config["data_files"] for file in sorted(folder.glob(part["path"]))]
        assert len(files) == 1
        if rows is not None:
            pq.write_table(pq.read_table(files[0]).slice(0, rows), files[0])
            info["splits"][0]["num_examples"] = rows
        config["description"] = "sha256:" + hashlib.sha256(files[0].read_bytes()).hexdigest()[:16]
    (folder / "README.md").write_text(f"---\n{yaml.safe_dump(card, sort_keys=False)}---\n# A release\n", "utf-8")
    return folder
