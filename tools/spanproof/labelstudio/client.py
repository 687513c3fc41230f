"""One project of a Label Studio server: finding and making it, what it holds, what is sent to it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from spanproof.labelstudio.config import config
from spanproof.labelstudio.push import Push
from spanproof.schema.schema import Schema

_BATCH = 100
_BYTES = 8_000_000
_SECONDS = 300


class ClientError(Exception):
    """The server can't be reached, refuses, or holds something else than is asked for; the message says what."""


@dataclass(frozen=True)
class Project:
    """A project: its id and title on the server, the address of its page, its labeling config."""

    id: int
    title: str
    address: str
    config: str = field(repr=False)
    sdk: Any = field(repr=False, compare=False)


def connect(url: str, token: str) -> Any:
    """The SDK's client of a server. It repeats no request: an import that is sent twice imports twice.

    Raises:
        ClientError: the server can't be reached, or doesn't know the token.
    """
    import httpx
    from label_studio_sdk.client import LabelStudio

    client: Any = LabelStudio
    with _answered(url):
        is_here = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        http = httpx.Client(timeout=_SECONDS, follow_redirects=True, trust_env=not is_here)  # no proxy to ourselves
        sdk = client(base_url=url.rstrip("/"), api_key=token, httpx_client=http, timeout=_SECONDS, max_retries=0)
        sdk.users.whoami()
    return sdk


def find(sdk: Any, title: str) -> Project | None:
    """The project with a title, None where there is none.

    Raises:
        ClientError: there are several.
    """
    url = _url(sdk)
    with _answered(url):
        found = [each for each in sdk.projects.list(title=title) if each.title == title]
        if len(found) > 1:
            ids = ", ".join(str(each.id) for each in found)
            raise ClientError(f"{len(found)} projects at {url} are called {title!r} ({ids}); right is one")
        return _project(sdk, sdk.projects.get(found[0].id)) if found else None


def create(sdk: Any, title: str, schema: Schema) -> Project:
    """A new project with the labeling config of a schema."""
    with _answered(_url(sdk)):
        description = str(schema.json.get("description") or schema.json.get("title") or "")
        made = sdk.projects.create(title=title, description=description, label_config=config(schema))
        return _project(sdk, sdk.projects.get(made.id))


def configure(project: Project, schema: Schema) -> None:
    """Gives a project the labeling config of a schema."""
    with _answered(_url(project.sdk)):
        project.sdk.projects.update(project.id, label_config=config(schema))


def fetch(project: Project) -> list[dict[str, Any]]:
    """All tasks of a project, with their annotations, drafts and predictions."""
    sdk = project.sdk
    with _answered(_url(sdk)):
        parts = sdk.projects.exports.download_sync(project.id, export_type="JSON", download_all_tasks=True)
        tasks: list[dict[str, Any]] = json.loads(b"".join(parts))
        whole = {each.id: each for each in sdk.predictions.list(project=project.id)} if _predicted(tasks) else {}
    for task in tasks:
        task["predictions"] = [
            {"id": each.id, "model_version": each.model_version, "score": each.score, "result": each.result}
            for each in (whole.get(number) for number in task["predictions"])
            if each is not None
        ]
    return tasks


def people(project: Project) -> dict[int, str]:
    """The e-mail addresses of the server's users, by id."""
    with _answered(_url(project.sdk)):
        return {user.id: user.email for user in project.sdk.users.list()}


def send(project: Project, push: Push, progress: Callable[[int], None] | None = None) -> None:
    """Sends what a project lacks; ``progress`` is told how many more documents are there.

    Cut off in the middle, what was sent is there, and what it lacks then is the rest.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    step = progress or _nothing
    sdk = project.sdk
    with _answered(_url(sdk)):
        for batch in batches(push.create):
            made = sdk.projects.import_tasks(project.id, request=list(batch))
            _demand(batch, made)
            step(len(batch))
        for number, prediction in push.predict:
            sdk.predictions.create(task=number, project=project.id, **prediction)
            step(1)
        for update in push.update:
            # The mark of what was sent is written last: cut off before, the next run finds the annotation sent already.
            if update.annotation is None:
                sdk.annotations.create(id=update.task, **update.content["annotations"][0])
            elif not update.is_sent:
                sdk.annotations.update(id=update.annotation, result=update.content["annotations"][0]["result"])
            sdk.tasks.update(str(update.task), data=update.content["data"], meta=update.content["meta"])
            step(1)


def batches(tasks: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Tasks in batches of at most a hundred, and some megabytes where none is larger alone."""
    batch: list[Mapping[str, Any]] = []
    size = 0
    for task in tasks:
        length = len(json.dumps(task))
        if batch and (len(batch) == _BATCH or size + length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(task)
        size += length
    if batch:
        yield batch


def _demand(batch: Sequence[Mapping[str, Any]], made: Any) -> None:
    """Label Studio leaves out in silence what it holds for invalid: so its counts must be ours."""
    for what in ("annotations", "predictions"):
        sent = sum(len(task.get(what, ())) for task in batch)
        kept = getattr(made, f"{what[:-1]}_count") or 0
        if kept != sent:
            raise ClientError(f"of {sent} {what} the server took {kept}; status says which documents have none")
    if made.task_count != len(batch):
        raise ClientError(f"of {len(batch)} tasks the server took {made.task_count}; push again")


def _nothing(_: int) -> None:
    """Progress that nobody watches."""


def _predicted(tasks: Iterable[Mapping[str, Any]]) -> bool:
    return any(task["predictions"] for task in tasks)


def _project(sdk: Any, found: Any) -> Project:
    return Project(found.id, found.title, f"{_url(sdk)}/projects/{found.id}/data", found.label_config or "", sdk)


def _url(sdk: Any) -> str:
    return str(sdk._client_wrapper.get_base_url())


@contextmanager
def _answered(url: str) -> Iterator[None]:
    """Turns what the SDK raises into one sentence; the headers, which hold a session, stay out of it."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise ClientError(f"{url} doesn't answer ({reason}); what was sent is there, the next run goes on") from None
    except ApiError as error:
        if error.status_code in (401, 403):
            raise ClientError(f"{url} doesn't know the token; right is one of Account & Settings there") from None
        body = error.body if isinstance(error.body, dict) else {}
        said = body.get("validation_errors") or body.get("detail") or str(error.body)[:200]
        raise ClientError(f"{url} answered {error.status_code}: {said}") from None
    except ValueError as error:
        raise ClientError(f"{url} answered what is none of Label Studio's: {str(error)[:200]}") from None
