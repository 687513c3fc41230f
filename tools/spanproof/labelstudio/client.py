"""The network: a Label Studio server, its projects, what they hold and what is sent to them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult, urlsplit

from spanproof.labelstudio.config import config
from spanproof.labelstudio.to_task import SENT_ID
from spanproof.labelstudio.upload import Upload
from spanproof.parsing.json import parse
from spanproof.schema.schema import Schema

_BATCH = 100
_BYTES = 8_000_000
_SECONDS = 300


class ClientError(Exception):
    """A server that can't be reached, refuses, or holds something else than is asked for; the message says what."""


@dataclass(frozen=True)
class Project:
    """A project of a server.

    Attributes:
        id: its id on the server.
        title: its title.
        address: the address of its page.
        config: its labeling config, XML.
        overlap: how many people are to annotate a task.
        sdk: the client of its server.
    """

    id: int
    title: str
    address: str
    config: str = field(repr=False)
    overlap: int
    sdk: Any = field(repr=False, compare=False)


def connect(url: str, token: str) -> Any:
    """Return the SDK's client of a server, which repeats no request: an import that is sent twice imports twice.

    Args:
        url: the address of the server, ``http://127.0.0.1:8080``.
        token: the access token of a user.

    Raises:
        ClientError: the address or the token can't be used, the server can't be reached, or doesn't know the token.
    """
    import httpx
    from label_studio_sdk.client import LabelStudio

    # Refused before there is a header or an address of a request, which an error of the client would show.
    if not re.fullmatch(r"[!-~]+", token):
        raise ClientError("the token holds a blank, a line break or another character that no token has")
    address = _parts(url)
    if address is None or address.scheme not in ("http", "https") or not address.hostname:
        raise ClientError("the address of the server can't be used; expected http://HOST:PORT or https://HOST")
    if address.username is not None or address.password is not None:
        raise ClientError(f"the address of {address.hostname} holds a user or a password; expected it without")
    client: Any = LabelStudio
    with _answered(url):
        is_here = address.hostname in ("127.0.0.1", "localhost", "::1")
        http = httpx.Client(timeout=_SECONDS, follow_redirects=True, trust_env=not is_here)  # no proxy to ourselves
        sdk = client(base_url=url.rstrip("/"), api_key=token, httpx_client=http, timeout=_SECONDS, max_retries=0)
        sdk.users.whoami()
    return sdk


def _parts(url: str) -> SplitResult | None:
    """Return the parts of an address; None where it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # it is read, and refused, when it is asked for
    except ValueError:
        return None
    return parts


def title_of(schema: Schema) -> str:
    """Return the title of a schema as Label Studio takes one for a project: 3 to 50 characters."""
    return str(schema.json.get("title") or "spanproof")[:50].ljust(3, "_")


def find(sdk: Any, title: str) -> Project | None:
    """Return the project with a title, None where there is none.

    Raises:
        ClientError: there are several, or the server can't be reached.
    """
    url = _url(sdk)
    with _answered(url):
        projects = [project for project in sdk.projects.list(title=title) if project.title == title]
        if len(projects) > 1:
            ids = ", ".join(str(project.id) for project in projects)
            raise ClientError(f"{len(projects)} projects at {url} are called {title!r} ({ids}); right is one")
        return _project(sdk, projects[0].id) if projects else None


def existing(sdk: Any, title: str) -> Project:
    """Return the project with a title.

    Raises:
        ClientError: there is none, or several, or the server can't be reached.
    """
    project = find(sdk, title)
    if project is None:
        raise ClientError(f"there is no project {title!r}; push makes it, --project names another")
    return project


def open_project(sdk: Any, title: str, schema: Schema, update_config: bool = False) -> Project:
    """Return the project with a title, which is made if it isn't there.

    Args:
        sdk: the client of the server.
        title: the title of the project.
        schema: the schema whose labeling config the project must have: the browser drops what a config doesn't have.
        update_config: whether a project with another config gets this one.

    Raises:
        ClientError: it has another config, there are several projects, or the server can't be reached.
    """
    project = find(sdk, title) or create(sdk, title, schema)
    if project.config.strip() != config(schema).strip():
        if not update_config:
            right = "push --update-config sets it, --project names another"
            raise ClientError(f"the config of {title!r} is not the schema's; {right}")
        with _answered(_url(sdk)):
            sdk.projects.update(project.id, label_config=config(schema))
    return project


def create(sdk: Any, title: str, schema: Schema) -> Project:
    """Return a new project with the labeling config of a schema.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    with _answered(_url(sdk)):
        description = str(schema.json.get("description") or schema.json.get("title") or "")
        project = sdk.projects.create(title=title, description=description, label_config=config(schema))
        return _project(sdk, project.id)


def set_up(project: Project, overlap: int | None, instructions: str | None) -> Project:
    """Return a project with other settings; what is None stays as it is.

    Args:
        project: the project.
        overlap: how many people are to annotate a task.
        instructions: what annotators are shown before they begin, HTML.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    settings: dict[str, Any] = {}
    if overlap is not None and overlap != project.overlap:
        settings |= {"maximum_annotations": overlap, "overlap_cohort_percentage": 100}
    if instructions is not None:
        settings |= {"expert_instruction": instructions, "show_instruction": True}
    if settings:
        with _answered(_url(project.sdk)):
            project.sdk.projects.update(project.id, **settings)
    return replace(project, overlap=overlap or project.overlap)


def fetch(project: Project) -> list[dict[str, Any]]:
    """Return all tasks of a project, with their annotations, drafts and predictions.

    Raises:
        ClientError: the server can't be reached.
    """
    sdk = project.sdk
    with _answered(_url(sdk)):
        chunks = sdk.projects.exports.download_sync(project.id, export_type="JSON", download_all_tasks=True)
        tasks: list[dict[str, Any]] = parse(b"".join(chunks), lone_surrogates=True)
        # The export has the ids of predictions alone.
        is_predicted = any(task["predictions"] for task in tasks)
        predictions = {item.id: item for item in sdk.predictions.list(project=project.id)} if is_predicted else {}
    for task in tasks:
        task["predictions"] = [
            {"id": item.id, "model_version": item.model_version, "score": item.score, "result": item.result}
            for item in (predictions.get(number) for number in task["predictions"])
            if item is not None
        ]
    return tasks


def people(project: Project) -> dict[int, str]:
    """Return the e-mail addresses of the server's users, by id."""
    with _answered(_url(project.sdk)):
        return {user.id: user.email for user in project.sdk.users.list()}


def send(project: Project, upload: Upload, progress: Callable[[int], None] | None = None) -> None:
    """Send what a project lacks.

    Cut off in the middle, what was sent is there, and what the project lacks then is the rest.

    Args:
        project: the project.
        upload: what it lacks.
        progress: is called with the number of documents that were sent since the last call.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    step = progress or _ignore
    sdk = project.sdk
    with _answered(_url(sdk)):
        for batch in batches(upload.create):
            answer = sdk.projects.import_tasks(project.id, request=list(batch))
            _demand(batch, answer)
            step(len(batch))
        for task, prediction in upload.predict:
            sdk.predictions.create(task=task, project=project.id, **prediction)
            step(1)
        for update in upload.update:
            # The mark of what was sent is written last: cut off before, the next run finds the annotation sent already.
            result: list[Any] = next((item["result"] for item in update.content["annotations"]), [])
            if update.annotation is not None and not update.is_sent:
                sdk.annotations.update(id=update.annotation, result=result)
            elif not update.is_sent:
                sdk.annotations.create(id=update.task, result=result, ground_truth=False, import_id=SENT_ID)
            sdk.tasks.update(str(update.task), data=update.content["data"], meta=update.content["meta"])
            step(1)


def batches(tasks: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Yield tasks in batches of at most a hundred and 8 megabytes; a task that is larger goes alone."""
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


def _demand(batch: Sequence[Mapping[str, Any]], answer: Any) -> None:
    """Compare what a server took with what was sent: it leaves out in silence what it holds for invalid."""
    for kind in ("annotations", "predictions"):
        sent = sum(len(task.get(kind, ())) for task in batch)
        kept = getattr(answer, f"{kind[:-1]}_count") or 0
        if kept != sent:
            raise ClientError(f"of {sent} {kind} the server took {kept}; status says which documents have none")
    if answer.task_count != len(batch):
        raise ClientError(f"of {len(batch)} tasks the server took {answer.task_count}; push again")


def _ignore(_: int) -> None:
    """Do nothing: progress that nobody watches."""


def _project(sdk: Any, number: int) -> Project:
    project = sdk.projects.get(number)
    address = f"{_url(sdk)}/projects/{project.id}/data"
    return Project(
        project.id, project.title, address, project.label_config or "", project.maximum_annotations or 1, sdk
    )


def _url(sdk: Any) -> str:
    return str(sdk._client_wrapper.get_base_url())


@contextmanager
def _answered(url: str) -> Iterator[None]:
    """Turn what the SDK raises into one sentence; the headers, which hold a session, stay out of it."""
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
        reason = body.get("validation_errors") or body.get("detail") or str(error.body)[:200]
        raise ClientError(f"{url} answered {error.status_code}: {reason}") from None
    except ValueError as error:
        raise ClientError(f"{url} answered what is none of Label Studio's: {str(error)[:200]}") from None
