"""A Label Studio on loopback for tests, and what people do there: annotate, save drafts, skip, delete."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from spanproof.labelstudio import server_folder
from spanproof.labelstudio.client import connect
from spanproof.labelstudio.server import Server, is_ready, running
from spanproof.labelstudio.server_folder import ServerError


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests; each makes projects of its own. It is installed once into the cache (minutes)."""
    pytest.importorskip("label_studio_sdk", reason="Label Studio is tested with label-studio-sdk")
    ready = is_ready()
    try:
        with running(tmp_path_factory.mktemp("label-studio")) as server:
            yield server
    except ServerError as error:
        if ready or os.environ.get("CI"):
            raise
        pytest.skip(f"Label Studio is not installed and can't be: {error}")


@dataclass(frozen=True)
class Person:
    """Somebody who works on a server: through its API, under a token of their own."""

    server: Server
    email: str
    number: int
    sdk: Any

    @classmethod
    def of(cls, server: Server, email: str | None = None) -> "Person":
        """The person with an address, the server's own user without one; a new one is made a user."""
        owner = connect(server.url, server.token)
        found = [user for user in owner.users.list() if user.email == (email or server.user)]
        user = found[0] if found else owner.users.create(email=email, username=email)
        with closing(sqlite3.connect(server.folder / "label_studio.sqlite3", timeout=20)) as database:
            token = database.execute("SELECT key FROM authtoken_token WHERE user_id = ?", (user.id,)).fetchone()[0]
        return cls(server, user.email, user.id, connect(server.url, token))

    def password(self) -> str:
        """Gives the person a password to log in with, and returns it."""
        words = f"of {self.email}"
        with closing(sqlite3.connect(self.server.folder / "label_studio.sqlite3", timeout=20)) as database, database:
            hashed = server_folder._hashed(words)
            database.execute("UPDATE htx_user SET password = ? WHERE id = ?", (hashed, self.number))
        return words

    def annotate(self, task: int, result: list[Any], **fields: Any) -> int:
        """Submits an annotation of one's own."""
        made = self.sdk.annotations.create(id=task, result=result, ground_truth=False, **fields)
        return int(made.id)

    def edit(self, annotation: int, change: Callable[[list[Any]], list[Any]]) -> None:
        """Changes an annotation that is there, and saves it as the browser does."""
        held = self.sdk.annotations.get(annotation)
        self.sdk.annotations.update(annotation, result=change(held.result), updated_by=self.number)

    def draft(self, task: int, result: list[Any]) -> None:
        """Leaves a draft."""
        self._post(f"/api/tasks/{task}/drafts", {"result": result, "lead_time": 1.0})

    def next_task(self, project: int) -> int | None:
        """The task that the queue of a project gives this person; None where it is empty."""
        http = self.sdk._client_wrapper.httpx_client
        answer = http.request(f"api/projects/{project}/next/", method="GET")
        return None if answer.status_code == 404 else int(answer.json()["id"])

    def _post(self, path: str, body: Any) -> None:
        answer = self.sdk._client_wrapper.httpx_client.request(path.lstrip("/"), method="POST", json=body)
        assert answer.status_code < 300, answer.text
