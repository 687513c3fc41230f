"""A push and a pull that end at any of their steps: the next run completes them; nothing is lost, nothing is twice."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.pull import pull
from spanproof.labelstudio.push import push
from spanproof.labelstudio.server import Server
from spanproof.labelstudio.telling import tell
from support.labelstudio_server import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
OLD = Corpus.of([sound(id="a"), sound(id="b", entities=[ANA]), sound(id="c", entities=[ANA])])
NEW = Corpus.of([sound(id="a", entities=[ANA]), sound(id="b", entities=[{**ANA, "label": "ORG"}]), sound(id="d")])


class Killed(BaseException):
    """The process ends here: nothing may catch it."""


@contextmanager
def cut(monkeypatch: pytest.MonkeyPatch, step: int, answered: bool) -> Iterator[list[str]]:
    """Ends the process at a request: before it is sent, or once it was answered; yields what was asked."""
    import httpx

    asked: list[str] = []
    send: Callable[..., Any] = httpx.Client.send

    def sending(self: Any, request: Any, **options: Any) -> Any:
        asked.append(f"{request.method} {request.url.path}")
        if len(asked) == step + 1 and not answered:
            raise Killed
        answer = send(self, request, **options)
        if len(asked) == step + 1:
            answer.read()
            raise Killed
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(httpx.Client, "send", sending)
        yield asked


def ended(monkeypatch: pytest.MonkeyPatch, action: Callable[[], Any], step: int, answered: bool) -> bool:
    """Runs an action up to a step; says whether it was cut off."""
    with cut(monkeypatch, step, answered):
        try:
            action()
        except Killed:
            return True
    return False


def holds(person: Person, title: str, corpus: Corpus) -> None:
    """The project holds the corpus, each document as one task, each annotation once."""
    project = projects.find(person.sdk, title)
    assert project is not None
    tasks = client.fetch(project)
    names = [task["data"]["id"] for task in tasks]
    assert len(names) == len(set(names))
    documents = {document["id"]: document for document in corpus.documents()}
    assert set(names) >= set(documents)
    for task in tasks:
        if document := documents.get(task["data"]["id"]):
            assert len(task["annotations"]) == bool(document["entities"])
    pulled = pull(corpus, person.sdk, check, title)
    assert list(pulled.over(corpus).documents()) == list(corpus.documents())
    again = push(corpus, person.sdk, check, title=title)
    assert (again.sent, again.findings) == (0, ())


STRIDES = pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.full)])
"""Every step of a push is tried in ``make full``."""


def cuts(stride: int) -> Iterator[tuple[int, bool]]:
    """Where a run is cut off: the step, and whether it was answered; both of each step where the stride is one."""
    for k, step in enumerate(itertools.count(1 if stride > 1 else 0, stride)):
        yield from [(step, bool(k % 2))] if stride > 1 else [(step, False), (step, True)]


def killed_everywhere(
    monkeypatch: pytest.MonkeyPatch, stride: int, begin: Callable[[str], Any], whole: Callable[[str], Any]
) -> list[str]:
    """Cuts a run off at a step, completes it by another one; so at one step after the other, until one isn't reached.

    How many requests a run has isn't known before: it asks again where a server is slow.
    Returns the titles of the projects, those of the last run, which nothing cut off, left out.
    """
    titles = []
    for step, answered in cuts(stride):
        title = f"cut {stride} {step} {answered} {len(titles)}"
        begin(title)
        if not ended(monkeypatch, lambda title=title: whole(title), step, answered):
            return titles
        whole(title)
        titles.append(title)
    raise AssertionError("a run never ends")


@STRIDES
def test_a_push_that_was_killed_is_completed_by_the_next(
    label_studio: Server, monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    person = Person.of(label_studio)
    titles = killed_everywhere(
        monkeypatch, stride, lambda title: None, lambda title: push(OLD, person.sdk, check, title=title)
    )
    assert len(titles) >= (2 if stride > 1 else 12)
    for title in titles:
        holds(person, title, OLD)


@STRIDES
def test_a_push_of_changes_that_was_killed_is_completed_by_the_next(
    label_studio: Server, monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    person = Person.of(label_studio)
    titles = killed_everywhere(
        monkeypatch,
        stride,
        lambda title: push(OLD, person.sdk, check, title=f"changed {title}"),
        lambda title: push(NEW, person.sdk, check, title=f"changed {title}"),
    )
    assert len(titles) >= (2 if stride > 1 else 12)
    for title in titles:
        holds(person, f"changed {title}", NEW)


def test_a_pull_that_was_killed_changes_nothing_on_the_server(
    label_studio: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    person, title = Person.of(label_studio), "pull cut"
    push(OLD, person.sdk, check, title=title)
    project = projects.existing(person.sdk, title)
    wrong = [{"type": "labels", "id": "x", "from_name": "span", "to_name": "text", "value": {"start": 5, "end": 2}}]
    (task,) = (task["id"] for task in client.fetch(project) if task["data"]["id"] == "a")
    person.annotate(task, wrong)

    def whole() -> int:
        return tell(pull(OLD, person.sdk, check, title), project)

    step = 0
    while ended(monkeypatch, whole, step, answered=True):
        step += 1
        assert [len(task["annotations"]) for task in client.fetch(project)] == [1, 1, 1]
    exports = [label_studio.folder / "export", label_studio.folder / "media" / "export"]
    left = [file for folder in exports for file in folder.rglob("*") if file.is_file()]
    pull(OLD, person.sdk, check, title)
    assert whole() == 0
    assert step > 2
    assert left == []
