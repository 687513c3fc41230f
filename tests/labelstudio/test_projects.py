"""Which project a title means, where pushes at once, or a server that repeats a request, have made several."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from spanproof import labelstudio
from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.client import ClientError
from spanproof.labelstudio.config import config
from spanproof.labelstudio.doubles import Sent
from spanproof.schema.schema import Schema
from support.documents import LETTERS

TITLE = "Talks"
OURS = config(Schema.article())


class Projects:
    """The projects of a server; there is no way to delete one."""

    def __init__(self, *made: tuple[str, int], strays: int = 0) -> None:
        self.all: list[Any] = []
        self.strays = strays
        for label_config, tasks in made:
            self.add(label_config, tasks)

    def add(self, label_config: str, tasks: int = 0) -> Any:
        number = len(self.all) + 1
        about = {"title": TITLE, "label_config": label_config, "maximum_annotations": 1, "task_number": tasks}
        self.all.append(SimpleNamespace(id=number, **about))
        return self.all[-1]

    def list(self, title: str) -> Iterator[Any]:
        return (project for project in reversed(self.all) if title in project.title)

    def get(self, number: int) -> Any:
        return self.all[number - 1]

    def create(self, *, title: str, description: str, label_config: str) -> Any:
        for _ in range(self.strays):
            self.add(label_config)
        return self.add(label_config)


def sdk_of(server: Projects) -> Any:
    return SimpleNamespace(projects=server, _client_wrapper=SimpleNamespace(get_base_url=lambda: "http://ls.test"))


@given(st.lists(st.integers(0, 2), min_size=1, max_size=6), st.data())
def test_pushes_at_once_take_one_project_in_whatever_order_they_look_and_make(
    strays: list[int], data: st.DataObject
) -> None:
    """Each push looks and, where it saw nothing, makes one and looks again; strays are what a server made unasked."""
    server = Projects()
    steps = data.draw(st.permutations([push for push in range(len(strays)) for _ in range(2)]))
    taken: dict[int, int] = {}
    saw_nothing: set[int] = set()
    for push in steps:
        if push not in saw_nothing and push not in taken:
            if there := projects.find(sdk_of(server), TITLE):
                taken[push] = there.id
            saw_nothing.add(push)
        elif push not in taken:
            server.strays = strays[push]
            taken[push] = projects.create(sdk_of(server), TITLE, Schema.article()).id
        if push in taken:
            server.get(taken[push]).task_number = 1
    last = projects.find(sdk_of(server), TITLE)
    assert last is not None
    assert set(taken.values()) == {last.id}
    assert sorted((last.id, *last.spare)) == [project.id for project in server.all]


@given(st.lists(st.tuples(st.sampled_from([OURS, "<View/>"]), st.integers(0, 2)), max_size=5))
def test_of_ours_the_one_with_tasks_counts_and_no_guess_is_made_between_two(made: list[tuple[str, int]]) -> None:
    sdk = sdk_of(Projects(*made))
    ours = [k for k, (label_config, _) in enumerate(made, 1) if label_config == OURS]
    filled = [k for k in ours if made[k - 1][1]]
    if len(filled) > 1 or (not ours and len(made) > 1):
        with pytest.raises(ClientError, match=r"projects at http://ls.test are called 'Talks' .*; expected one"):
            projects.find(sdk, TITLE)
    else:
        there = projects.find(sdk, TITLE)
        assert (there.id if there else None) == next(iter(filled or ours or range(1, len(made) + 1)), None)
        assert there is None or there.spare == tuple(k for k in ours if k != there.id)


def test_what_was_to_be_deleted_and_is_gone_is_no_fault() -> None:
    """A server whose database was locked for a moment has repeated the request that deleted it."""
    from label_studio_sdk.core.api_error import ApiError

    def task(number: int) -> Any:
        return {"id": number, "data": {"id": "a"}, "annotations": [], "predictions": []}

    status, asked = [404], list[str]()

    def delete(number: str) -> None:
        asked.append(number)
        raise ApiError(status_code=status[0], body={"detail": "Not found."})

    def request(*_: Any, **__: Any) -> Any:
        return SimpleNamespace(status_code=200, content=b'{"total": 2, "tasks": [%s, %s]}' % tuple(listed))

    listed = [str(task(k)).replace("'", '"').encode() for k in (1, 2)]
    sdk = sdk_of(Projects((OURS, 2)))
    sdk._client_wrapper.httpx_client = SimpleNamespace(request=request)
    sdk.tasks = SimpleNamespace(delete=delete)
    project = projects.existing(sdk, TITLE)
    client.withdraw_doubles(project, [], Sent(tasks=[2]))
    assert asked == ["2"]
    status[0] = 400
    with pytest.raises(ClientError, match="answered 400"):
        client.withdraw_doubles(project, [], Sent(tasks=[2]))


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_title_is_one_that_label_studio_takes_or_refused_before_anything_is_asked(title: str) -> None:
    kept = title.strip()
    if 3 <= len(kept) <= 50:
        assert projects.title_of(Schema.article(), title) == kept
        return
    corpus = Corpus.of([sound()])
    for command in (
        lambda: labelstudio.push(corpus, None, check, title=title),
        lambda: labelstudio.pull(corpus, None, check, title),
        lambda: labelstudio.status(corpus, None, title),
    ):
        with pytest.raises(ClientError, match=rf"has {len(kept)} characters?; expected 3 to 50"):
            command()


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_schema_has_a_title_that_label_studio_takes(title: str) -> None:
    made = projects.title_of(Schema.of({**LETTERS, "title": title}))
    assert projects.kept_title(made) == made


def test_a_command_refuses_a_title_and_asks_no_server() -> None:
    for command in ("push", "pull", "status", "star", "demo"):
        told = CliRunner().invoke(main, ["labelstudio", command, "--project", " ab "])
        assert told.exit_code == 2
        assert "the title of a project 'ab' has 2 characters; expected 3 to 50" in told.output
