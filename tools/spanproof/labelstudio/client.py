"""The network: a Label Studio server, what a project holds and what is sent to it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from spanproof.labelstudio.config import is_ours
from spanproof.labelstudio.doubles import Sent, doubles
from spanproof.labelstudio.reads import answer_to
from spanproof.labelstudio.tasks import kept
from spanproof.labelstudio.to_task import SENT_ID
from spanproof.labelstudio.upload import Upload
from spanproof.parsing.json import parse

_BATCH = 100
_BYTES = 8_000_000
_SECONDS = 300
_ATTEMPTS = 3


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
        spare: the ids of the other projects of its title that are ours too and empty.
    """

    id: int
    title: str
    address: str
    config: str = field(repr=False)
    overlap: int
    sdk: Any = field(repr=False, compare=False)
    spare: tuple[int, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether its config carries our mark: it was made by a push, or from the config that spanproof prints."""
        return is_ours(self.config)


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
    with answered(url):
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


def fetch(project: Project) -> list[dict[str, Any]]:
    """Return the tasks of a project with all annotations, drafts and predictions.

    They are listed page by page: what Label Studio exports it keeps as a file, for ever.

    Raises:
        ClientError: the server can't be reached, or tasks were added or deleted meanwhile.
    """
    for _ in range(_ATTEMPTS):
        tasks: dict[int, dict[str, Any]] = {}
        total = page = 0
        while not page or len(tasks) < total:
            page += 1
            listed = _page(project, page)
            total = listed["total"]
            if not listed["tasks"]:
                break
            for task in listed["tasks"]:
                tasks[task["id"]] = kept(task)
                if task.get("draft_exists"):
                    tasks[task["id"]]["drafts"] = _drafts(project, task["id"])
        if len(tasks) == total:
            return list(tasks.values())
    raise ClientError(f"tasks of {project.address} were added or deleted while they were read; expected none")


def _drafts(project: Project, task: int) -> Any:
    """Return the drafts of a task, everybody's: a listed task has those of the token's user alone."""
    with answered(url_of(project.sdk)):
        answer = answer_to(project.sdk, f"api/tasks/{task}/drafts")
        if answer.status_code != 200:
            raise ClientError(f"{url_of(project.sdk)} answered {answer.status_code} for the drafts of task {task}")
        return parse(answer.content, lone_surrogates=True)


def _page(project: Project, number: int) -> dict[str, Any]:
    """Return a page of a project's tasks, from 1; past the last there are none."""
    url = url_of(project.sdk)
    with answered(url):
        answer = answer_to(project.sdk, "api/tasks", project=project.id, fields="all", page=number, page_size=_BATCH)
        if answer.status_code == 404 and number > 1:
            return {"total": 0, "tasks": []}
        if answer.status_code != 200:
            raise ClientError(f"{url} answered {answer.status_code} for page {number} of the tasks of {project.title}")
        listed = parse(answer.content, lone_surrogates=True)
    if not isinstance(listed, dict) or not isinstance(listed.get("tasks"), list):
        raise ClientError(f"{url} gave an answer that Label Studio doesn't give for the tasks of {project.title}")
    return listed


def people(project: Project) -> dict[int, str]:
    """Return the e-mail addresses of the server's users, by id."""
    with answered(url_of(project.sdk)):
        return {user.id: user.email for user in project.sdk.users.list()}


def send(project: Project, upload: Upload, progress: Callable[[int], None] | None = None) -> Sent:
    """Send what a project lacks.

    Cut off in the middle, what was sent is there, and what the project lacks then is the rest.

    Args:
        project: the project.
        upload: what it lacks.
        progress: is called with the number of documents that were sent since the last call.

    Returns:
        What was made on the server.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    step = progress or _ignore
    sdk = project.sdk
    tasks: list[int] = []
    annotations: list[int] = []
    predictions: list[int] = []
    lacking = 0
    with answered(url_of(sdk), sending=True):
        for batch in batches(upload.create):
            answer = sdk.projects.import_tasks(project.id, request=list(batch), return_task_ids=True)
            lacking += _left_out(batch, answer)
            tasks += answer.task_ids or ()
            step(len(batch))
        for task, prediction in upload.predict:
            predictions.append(sdk.predictions.create(task=task, project=project.id, **prediction).id)
            step(1)
        for update in upload.update:
            # The mark of what was sent is written last: cut off before, the next run finds the annotation sent already.
            result: list[Any] = next((item["result"] for item in update.content["annotations"]), [])
            if update.annotation is not None and not update.is_sent:
                sdk.annotations.update(id=update.annotation, result=result)
            elif not update.is_sent:
                created = sdk.annotations.create(id=update.task, result=result, ground_truth=False, import_id=SENT_ID)
                annotations.append(created.id)
            sdk.tasks.update(str(update.task), data=update.content["data"], meta=update.content["meta"])
            step(1)
    return Sent(tasks, annotations, predictions, lacking)


def withdraw_doubles(project: Project, before: Sequence[Mapping[str, Any]], sent: Sent) -> None:
    """Delete of what was sent what another push sent meanwhile; nothing is listed where the numbers say there is none.

    Args:
        project: the project.
        before: its tasks before the push.
        sent: what the push made.

    Raises:
        ClientError: the server can't be reached.
    """
    sdk = project.sdk
    with answered(url_of(sdk), sending=True):
        now = sdk.projects.get(project.id)
        others = now.task_number != len(before) + len(sent.tasks)
        if not sent.size or not (others or sent.annotations or sent.predictions):
            return
        later = doubles(fetch(project), sent)
        for task in later.tasks:
            _delete(sdk.tasks.delete, str(task))
        for annotation in later.annotations:
            _delete(sdk.annotations.delete, annotation)
        for prediction in later.predictions:
            _delete(sdk.predictions.delete, prediction)


def _delete(delete: Callable[[Any], object], number: int | str) -> None:
    """Delete something; that it isn't there any more is no fault.

    A server whose database is locked for a moment repeats the whole request by itself. If it had deleted already, it
    answers 404.
    """
    from label_studio_sdk.core.api_error import ApiError

    try:
        delete(number)
    except ApiError as error:
        if error.status_code != 404:
            raise


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


def _left_out(batch: Sequence[Mapping[str, Any]], answer: Any) -> int:
    """Return how many annotations and predictions of a batch a server didn't take.

    Raises:
        ClientError: it took other tasks.
    """
    if answer.task_count != len(batch):
        raise ClientError(f"of {len(batch)} tasks the server took {answer.task_count}; push again")
    sent = sum(len(task.get(kind, ())) for task in batch for kind in ("annotations", "predictions"))
    return int(sent - (answer.annotation_count or 0) - (answer.prediction_count or 0))


def _ignore(_: int) -> None:
    """Do nothing: progress that nobody watches."""


def url_of(sdk: Any) -> str:
    """Return the address of a client's server."""
    return str(sdk._client_wrapper.get_base_url())


@contextmanager
def answered(url: str, sending: bool = False) -> Iterator[None]:
    """Turn what the SDK raises into one sentence; the headers, which hold a session, stay out of it.

    Args:
        url: the address of the server.
        sending: whether something may have been sent already when no answer comes.
    """
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    rest = "; what was sent is there, the next run goes on" if sending else ""
    try:
        yield
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise ClientError(f"{url} doesn't answer ({reason}){rest}") from None
    except ApiError as error:
        if error.status_code in (401, 403):
            raise ClientError(f"{url} doesn't know the token; expected one of Account & Settings there") from None
        body = error.body if isinstance(error.body, dict) else {}
        reason = body.get("validation_errors") or body.get("detail") or str(error.body)[:200]
        own = (error.status_code or 0) >= 500  # the server's own trouble, a full disk for one
        raise ClientError(f"{url} answered {error.status_code}: {reason}{rest if own else ''}") from None
    except ValueError as error:
        raise ClientError(f"{url} gave an answer that Label Studio doesn't give: {str(error)[:200]}") from None
