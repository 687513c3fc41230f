"""The real Label Studio: the corpus goes in and comes back, whatever people and connections do to it."""

import copy
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks.run import run
from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.cli.labelstudio import labelstudio
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.pull import Pull, pull
from spanproof.labelstudio.push import Push, push
from spanproof.labelstudio.server import Server, running, start
from spanproof.labelstudio.status import Work, summary
from spanproof.labelstudio.upload import missing
from spanproof.schema.schema import Schema
from support.documents import LETTER, ROOT
from support.labelstudio_hostile import HOSTILE
from support.labelstudio_server import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
GOLD = ROOT / "annotations" / "gold"
ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}


class Desk:
    """The command line over one project of a server."""

    def __init__(self, server: Server, title: str) -> None:
        self.server, self.title = server, title
        self.owner = Person.of(server)

    def run(self, command: str, *arguments: object, **environment: str) -> Result:
        variables = {"LABEL_STUDIO_URL": self.server.url, "LABEL_STUDIO_API_KEY": self.server.token} | environment
        arguments = (command, *arguments, "--project", self.title)
        result = CliRunner().invoke(labelstudio, [str(each) for each in arguments], env=variables)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert self.server.token not in result.output
        return result

    @property
    def project(self) -> client.Project:
        found = projects.find(self.owner.sdk, self.title)
        assert found is not None
        return found

    def tasks(self) -> dict[str, Any]:
        """The tasks by the document's id."""
        found = client.fetch(self.project)
        named = {task["data"]["id"]: task for task in found}
        assert len(named) == len(found)
        return named

    def annotation(self, name: str) -> Any:
        (annotation,) = self.tasks()[name]["annotations"]
        return annotation

    def pulled(self, documents: Iterable[Any], schema: Schema | None = None) -> Pull:
        return pull(Corpus.of(documents, schema), self.owner.sdk, check, self.title)


@pytest.fixture
def desk(label_studio: Server, request: pytest.FixtureRequest) -> Desk:
    return Desk(label_studio, request.node.name[:50])


def corpus(path: Path, *documents: Any) -> Path:
    JSONL.write(path, documents, Schema.article())
    return path


def people(n: int) -> list[Any]:
    return [sound(id=f"a{k}", entities=[ANA]) for k in range(n)]


def relabel(region: str, label: str) -> Callable[[list[Any]], list[Any]]:
    """The change that gives a region another label."""

    def change(result: list[Any]) -> list[Any]:
        changed = copy.deepcopy(result)
        (value,) = (each["value"] for each in changed if each.get("id") == region and each["type"] == "labels")
        value["labels"] = [label]
        return changed

    return change


def exports(server: Server) -> list[Path]:
    """The files that exports have left on a server."""
    folders = (server.folder / "export", server.folder / "media" / "export")
    return [file for folder in folders for file in folder.rglob("*") if file.is_file()]


def by_id(documents: Any) -> dict[str, Any]:
    return {document["id"]: document for document in documents}


def test_the_five_articles_come_back_equal(desk: Desk) -> None:
    assert desk.run("push", GOLD).exit_code == 0
    found = desk.run("pull", GOLD)
    assert found.exit_code == 0, found.output
    assert "No record differs." in found.output
    gold = list(read(GOLD, Schema.article()).documents())
    assert desk.pulled(gold).documents == by_id(gold)
    assert len(gold) == 5


def test_hostile_documents_come_back_equal(desk: Desk) -> None:
    project = projects.create(desk.owner.sdk, desk.title, Schema.article())
    hostile = Corpus.of(HOSTILE.values())
    client.send(project, missing(hostile, []))
    found = desk.pulled(HOSTILE.values())
    assert [finding for finding in found.findings if finding.severity == "error"] == []
    assert by_id(found.over(hostile).documents()) == by_id(hostile.documents())


def test_another_schema_comes_back_equal(desk: Desk, letters: Schema) -> None:
    project = projects.create(desk.owner.sdk, desk.title, letters)
    client.send(project, missing(Corpus.of([LETTER], letters), []))
    assert list(desk.pulled([LETTER], letters).documents.values()) == list(Corpus.of([LETTER], letters).documents())


def test_a_second_push_sends_nothing(desk: Desk) -> None:
    first = desk.run("push", GOLD)
    before = desk.tasks()
    second = desk.run("push", GOLD)
    assert "5 sent, 0 there" in first.output
    assert "0 sent, 5 there" in second.output
    assert desk.tasks() == before


def test_changed_gold_replaces_what_was_sent(desk: Desk, tmp_path: Path) -> None:
    one, two = people(2)
    path = corpus(tmp_path / "c.jsonl", one, two)
    desk.run("push", path)
    changed = {**one, "entities": [{**ANA, "label": "ORG"}]}
    corpus(path, changed, two)
    assert "1 sent, 1 there" in desk.run("push", path).output
    assert "0 sent, 2 there" in desk.run("push", path).output
    assert desk.pulled([changed, two]).documents == by_id(read(path, Schema.article()).documents())


def test_what_people_changed_is_not_overwritten(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path)
    desk.owner.edit(desk.annotation("a0")["id"], relabel("entities-0", "NORP"))
    assert "0 sent, 1 there" in desk.run("push", path).output
    corpus(path, sound(id="a0", entities=[{**ANA, "label": "ORG"}]))
    found = desk.run("push", path)
    assert found.exit_code == 1
    assert "error[both-changed] a0" in found.output
    assert desk.pulled(people(1)).documents["a0"]["entities"][0]["label"] == "NORP"


def test_a_change_is_shown_before_it_is_taken_over(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(3))
    lines = path.read_bytes().splitlines(keepends=True)
    desk.run("push", path)
    desk.owner.edit(desk.annotation("a1")["id"], relabel("entities-0", "ORG"))
    shown = desk.run("pull", path)
    assert shown.exit_code == 0
    assert "relabelled" in shown.output
    assert '"PERSON" → "ORG"' in shown.output
    assert f"info[changed] a1: by {desk.server.user}" in shown.output
    assert path.read_bytes().splitlines(keepends=True) == lines
    desk.run("pull", path, "--write")
    after = path.read_bytes().splitlines(keepends=True)
    assert (after[0], after[2]) == (lines[0], lines[2])
    assert after[1] == lines[1].replace(b"PERSON", b"ORG")
    assert "No record differs." in desk.run("pull", path).output
    assert "0 sent" not in desk.run("push", path).output  # the mark of what was sent follows
    assert "0 sent, 3 there" in desk.run("push", path).output


def test_an_article_file_changes_in_its_line_alone(desk: Desk, tmp_path: Path) -> None:
    gold = tmp_path / "annotations" / "gold"
    shutil.copytree(GOLD, gold)
    shutil.copytree(ROOT / "dataset" / "articles", tmp_path / "dataset" / "articles")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)  # texts may stand anywhere in the repository of a corpus
    before = {path.name: path.read_text("utf-8").splitlines() for path in gold.iterdir()}
    desk.run("push", gold)
    name = min(before).removesuffix(".json")
    task = desk.tasks()[name]
    document = desk.pulled(list(read(gold, Schema.article()).documents())).documents[name]
    entity = next(each for each in document["entities"] if each["label"] == "GPE")
    region = next(
        each["id"]
        for each in task["annotations"][0]["result"]
        if each["type"] == "labels" and each["value"]["labels"] == ["GPE"] and each["value"]["start"] == entity["start"]
    )
    desk.owner.edit(task["annotations"][0]["id"], relabel(region, "LOC"))
    assert desk.run("pull", gold, "--write").exit_code == 0
    after = {path.name: path.read_text("utf-8").splitlines() for path in gold.iterdir()}
    differing = [(a, b) for file in before for a, b in zip(before[file], after[file], strict=True) if a != b]
    ((old, new),) = differing
    assert new == old.replace('"GPE"', '"LOC"')


def test_out_is_the_corpus_as_it_is_annotated(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(2))
    desk.run("push", path)
    desk.owner.edit(desk.annotation("a1")["id"], relabel("entities-0", "ORG"))
    desk.run("pull", path, "--out", tmp_path / "out.parquet")
    labels = [each["entities"][0]["label"] for each in read(tmp_path / "out.parquet", Schema.article()).documents()]
    assert labels == ["PERSON", "ORG"]


def test_predictions_are_sent_once(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(3))
    arguments = ("push", path, "--as", "predictions", "--model-version", "m1")
    assert "3 sent, 0 there" in desk.run(*arguments).output
    assert "0 sent, 3 there" in desk.run(*arguments).output
    corpus(path, *people(2), sound(id="a2", entities=[{**ANA, "label": "ORG"}]))
    other = desk.run(*arguments)
    assert other.exit_code == 1
    assert "error[other-prediction] a2" in other.output
    desk.run("push", path, "--as", "predictions", "--model-version", "m2")
    told = desk.run("status", path)
    assert "predictions of m1 3" in told.output
    assert "predictions of m2 3" in told.output
    assert "untouched    3" in told.output
    assert told.exit_code == 0


def test_gold_after_predictions_is_an_annotation_of_the_same_task(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(2))
    desk.run("push", path, "--as", "predictions", "--model-version", "m")
    assert "2 sent" in desk.run("push", path).output
    assert "0 sent, 2 there" in desk.run("push", path).output
    assert all(task["annotations"][0]["import_id"] for task in desk.tasks().values())
    gold = list(read(path, Schema.article()).documents())
    assert desk.pulled(gold).documents == by_id(gold)


def test_a_prediction_that_somebody_corrected(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path, "--as", "predictions", "--model-version", "m")
    (prediction,) = desk.tasks()["a0"]["predictions"]
    result = relabel("entities-0", "ORG")(prediction["result"])
    result = [{**region, "origin": "prediction-changed"} for region in result]
    desk.owner.annotate(desk.tasks()["a0"]["id"], result, parent_prediction=prediction["id"])
    found = desk.run("pull", path)
    assert '"PERSON" → "ORG"' in found.output
    assert "from a prediction and then changed" in found.output


def test_two_annotators_become_two_passes(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(2))
    desk.run("push", path)
    ana, ben = (Person.of(desk.server, f"{name}@localhost.test") for name in ("ana", "ben"))
    for name, task in desk.tasks().items():
        result = task["annotations"][0]["result"]
        ana.annotate(task["id"], result)
        ben.annotate(task["id"], relabel("entities-0", "ORG")(result) if name == "a1" else result)
    alone = desk.run("pull", path, "--write")
    assert alone.exit_code == 1
    assert f"error[several-annotators] a0: was annotated by {ana.email}, {ben.email}" in alone.output
    assert "2 documents wait for a decision" in alone.output
    assert "No record differs." not in alone.output
    compared = desk.run("pull", path, "--passes", tmp_path / "passes")
    assert (compared.exit_code, compared.output.count("info[several-annotators]")) == (0, 2)
    assert desk.run("pull", path, "--passes", tmp_path / "passes", "--write").exit_code == 1
    labels = {
        folder.name: [document["entities"][0]["label"] for document in read(folder, Schema.article()).documents()]
        for folder in (tmp_path / "passes").iterdir()
    }
    assert labels == {ana.email: ["PERSON", "PERSON"], ben.email: ["PERSON", "ORG"]}
    from spanproof.metrics.agreement import agree

    found = agree(*(tmp_path / "passes" / who.email for who in (ana, ben)), resamples=10)
    assert found.documents == 2


def test_the_star_decides_and_the_work_stays_its_authors(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path, "--overlap", 2)
    ana, ben = (Person.of(desk.server, f"{name}@localhost.test") for name in ("ana", "ben"))
    (task,) = desk.tasks().values()
    result = task["annotations"][0]["result"]
    ana.annotate(task["id"], relabel("entities-0", "ORG")(result))
    assert desk.run("star", f"a0={ana.email}").exit_code == 0
    ben.annotate(task["id"], relabel("entities-0", "GPE")(result))
    found = desk.run("pull", path, "--write", "--decisions", tmp_path / "decisions.jsonl")
    assert found.exit_code == 0, found.output
    assert f"info[changed] a0: by {ana.email}" in found.output
    assert f"starred by {desk.server.user}" in found.output
    assert next(iter(read(path, Schema.article()).documents()))["entities"][0]["label"] == "ORG"
    decision = json.loads((tmp_path / "decisions.jsonl").read_text("utf-8"))
    assert (decision["person"], decision["decided_by"]) == (ana.email, desk.server.user)
    assert decision["among"] == [ana.email, ben.email]
    told = desk.run("status", path)
    assert f"{ana.email}: begun 0, done 1, skipped 0, reviewed 1" in told.output
    assert f"{ben.email}: begun 0, done 1, skipped 0, reviewed 0" in told.output
    assert "0 sent, 1 there" not in desk.run("push", path).output  # the mark of what was sent follows
    assert "0 sent, 1 there" in desk.run("push", path).output


def test_a_document_without_annotations_waits_in_the_queue(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", sound(id="a0"))
    assert desk.run("push", path).exit_code == 0
    (task,) = desk.tasks().values()
    assert task["annotations"] == []
    assert "untouched    1" in desk.run("status", path).output
    assert desk.owner.next_task(desk.project.id) == task["id"]
    assert "0 sent, 1 there" in desk.run("push", path).output


def test_one_other_annotator_stands_for_the_document(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path)
    ben = Person.of(desk.server, "ben@localhost.test")
    task = desk.tasks()["a0"]
    ben.annotate(task["id"], relabel("entities-0", "ORG")(task["annotations"][0]["result"]))
    found = desk.run("pull", path)
    assert found.exit_code == 0
    assert '"PERSON" → "ORG"' in found.output
    assert f"info[changed] a0: by {ben.email}" in found.output


def test_drafts_skipped_and_unfinished_tasks_are_told(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(3))
    desk.run("push", path, "--as", "predictions", "--model-version", "m")
    tasks = desk.tasks()
    desk.owner.draft(tasks["a0"]["id"], tasks["a0"]["predictions"][0]["result"])
    desk.owner.annotate(tasks["a1"]["id"], [], was_cancelled=True)
    found = desk.run("pull", path)
    assert found.exit_code == 0
    assert f"info[draft] a0: {desk.server.user} left a draft" in found.output
    assert f"info[skipped] a1: {desk.server.user} skipped" in found.output
    assert "info[unfinished] a2" in found.output
    assert "info[unfinished] a1" not in found.output
    assert "No record differs." in found.output
    told = summary(read(path, Schema.article()), list(desk.tasks().values()), client.people(desk.project))
    assert (told.tasks, told.untouched, told.begun, told.done, told.skipped) == (3, 1, 1, 0, 1)
    assert told.people == {desk.server.user: Work(begun=1, skipped=1)}


def test_a_deleted_task_is_told_and_pushed_again(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(2))
    desk.run("push", path)
    desk.owner.sdk.tasks.delete(str(desk.tasks()["a1"]["id"]))
    found = desk.run("pull", path)
    assert "info[not-pushed] a1: has no task: it was deleted" in found.output
    assert "No record differs." in found.output
    assert desk.run("status", path).exit_code == 1
    assert "1 sent, 1 there" in desk.run("push", path).output
    assert desk.run("status", path).exit_code == 0


def test_an_id_that_is_used_again_is_no_identity(desk: Desk, tmp_path: Path) -> None:
    one, two, three = (
        sound(id=f"a{k}", entities=[{**ANA, "label": label}]) for k, label in enumerate(("PERSON", "ORG", "GPE"))
    )
    path = corpus(tmp_path / "c.jsonl", one, two)
    desk.run("push", path)
    number = desk.tasks()["a1"]["id"]
    desk.owner.sdk.tasks.delete(str(number))
    corpus(path, one, three)
    desk.run("push", path)
    assert desk.tasks()["a2"]["id"] == number
    corpus(path, one, two, three)
    desk.run("push", path)
    documents = list(read(path, Schema.article()).documents())
    assert desk.pulled(documents).documents == by_id(documents)


def test_another_text_is_not_mixed_up(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path)
    corpus(path, sound(id="a0", text="Ana Silva wrote another text.", entities=[ANA]))
    for command in ("push", "pull", "status"):
        found = desk.run(command, path)
        assert found.exit_code == 1, command
        assert "error[other-text] a0" in found.output


def test_a_text_that_was_edited_on_the_server_is_not_pulled(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path)
    task = desk.tasks()["a0"]
    desk.owner.sdk.tasks.update(str(task["id"]), data={**task["data"], "text": "Another."})
    for command in (["pull", "--write"], ["push"], ["status"]):
        found = desk.run(command[0], path, *command[1:])
        assert found.exit_code == 1
        assert "error[other-text] a0" in found.output


def test_what_label_studio_would_spoil_is_refused_before_anything_is_sent(desk: Desk, tmp_path: Path) -> None:
    spoilt = sound(id="b", entities=[{**ANA, "text": "Anna Silva"}])
    found = desk.run("push", corpus(tmp_path / "c.jsonl", *people(1), spoilt))
    assert found.exit_code == 1
    assert "nothing is sent" in found.output
    assert projects.find(desk.owner.sdk, desk.title) is None


OTHER = '<View><Labels name="l" toName="text"><Label value="A"/></Labels><Text name="text" value="$text"/></View>'


def test_a_project_of_others_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    theirs = desk.owner.sdk.projects.create(title=desk.title, label_config=OTHER)
    path = corpus(tmp_path / "c.jsonl", *people(1))
    for options in ((), ("--update-config",), ("--force",)):
        refused = desk.run("push", path, *options)
        assert refused.exit_code == 2
        assert "was not made by spanproof; expected --project with another title" in refused.output
    assert desk.owner.sdk.projects.get(theirs.id).label_config == OTHER
    assert desk.run("push", path, "--update-config", "--force").exit_code == 0
    assert desk.project.is_ours


def test_of_two_projects_with_a_title_ours_is_the_one_with_the_mark(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path)
    theirs = desk.owner.sdk.projects.create(title=desk.title, label_config=OTHER)
    for command in ("push", "status", "pull"):
        assert desk.run(command, path).exit_code == 0
    assert desk.project.id != theirs.id


def test_a_config_that_would_spoil_annotations_is_not_updated(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    desk.run("push", path)
    more = desk.project.config.replace('<Label value="ORG"', '<Label value="CREW"/><Label value="ORG"')
    assert more != desk.project.config
    desk.owner.sdk.projects.update(desk.project.id, label_config=more)
    assert "has another config than the schema's; expected --update-config" in desk.run("push", path).output
    refused = desk.run("push", path, "--update-config")
    assert refused.exit_code == 2
    assert "holds 1 annotations, and the config lacks Label CREW; expected to pull first" in refused.output
    fewer = desk.project.config.replace('<Label value="CREW"/>', "").replace("Damage", "Harm")
    desk.owner.sdk.projects.update(desk.project.id, label_config=fewer)
    assert desk.run("push", path, "--update-config").exit_code == 0


def test_pushes_at_once_fill_one_project_with_one_task_a_document(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(12))
    documents, start, schema = read(path, Schema.article()).load(), threading.Barrier(3), Schema.article()
    pushes: list[Push] = []

    def at_once() -> None:
        sdk = client.connect(desk.server.url, desk.server.token)
        start.wait()
        pushes.append(push(documents, sdk, check, title=desk.title))

    threads = [threading.Thread(target=at_once) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pushes) == 3
    assert len({made.project.id for made in pushes if made.project}) == 1
    assert len(desk.tasks()) == 12
    assert desk.pulled(documents.documents()).documents == by_id(Corpus.of(people(12), schema).documents())
    assert desk.run("status", path).exit_code == 0


def test_nothing_is_left_in_the_folders_of_exports(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(2))
    for command in ("push", "status", "pull"):
        desk.run(command, path)
    assert exports(desk.server) == []


def test_without_server_or_token_it_says_what_is_missing(desk: Desk, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(1))
    for command in (("push", path), ("pull", path), ("star", "a0=sent")):
        gone = desk.run(*command, LABEL_STUDIO_URL="http://127.0.0.1:9")
        assert (gone.exit_code, "doesn't answer" in gone.output, "was sent" in gone.output) == (2, True, False)
    stranger = desk.run("push", path, LABEL_STUDIO_API_KEY="0" * 40)
    assert (stranger.exit_code, "doesn't know the token" in stranger.output) == (2, True)
    assert "0" * 40 not in stranger.output
    unset = desk.run("push", path, LABEL_STUDIO_API_KEY="")
    assert (unset.exit_code, "LABEL_STUDIO_API_KEY" in unset.output) == (2, True)
    absent = desk.run("pull", path)
    assert (absent.exit_code, "there is no project" in absent.output) == (2, True)


def test_a_server_killed_in_the_middle_costs_nothing(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.jsonl", *people(300))
    documents = list(read(path, Schema.article()).documents())
    with running(tmp_path / "server") as first:
        desk = Desk(first, "killed")
        project = projects.create(desk.owner.sdk, desk.title, Schema.article())
        lacking = missing(Corpus.of(documents), [])

        death = threading.Timer(0.1, os.kill, (first.process.popen.pid, signal.SIGKILL))

        def kill(_: int) -> None:
            if death.ident is None:
                death.start()

        with pytest.raises(client.ClientError, match=r"doesn't answer .*the next run goes on"):
            client.send(project, lacking, kill)
    second = start(tmp_path / "server", port=first.port)
    try:
        desk = Desk(second, "killed")
        already = len(desk.tasks())
        assert 100 <= already < 300
        assert f"{300 - already} sent, {already} there" in desk.run("push", path).output
        assert "0 sent, 300 there" in desk.run("push", path).output
        assert desk.pulled(documents).documents == by_id(documents)
        assert all(len(task["annotations"]) == 1 for task in desk.tasks().values())
    finally:
        second.stop()


@pytest.mark.full
def test_twenty_thousand_documents_take_500_mib_and_leave_no_export(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 20_000
    path = corpus(tmp_path / "c.jsonl", *people(count))
    monkeypatch.setenv("LABEL_STUDIO_URL", desk.server.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", desk.server.token)
    for command, said in (
        ("push", f"{count} sent, 0 there"),
        ("push", f"0 sent, {count} there"),
        ("status", f"tasks        {count:,}"),
        ("pull", "No record differs."),
    ):
        arguments = [sys.executable, "-m", "spanproof", "labelstudio", command, str(path), "--project", desk.title]
        measured = run(arguments)
        print(f"{command}: {measured.wall:.0f} s, {measured.peak:.0f} MiB")
        assert said in measured.output + measured.errors
        assert measured.peak < 500
    assert exports(desk.server) == []


def test_servers_have_secrets_of_their_own_and_leave_nothing_running(
    label_studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with running(Path("server")) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.token != label_studio.token
        assert server.password != label_studio.password
        assert server.token not in repr(server)
        assert server.password not in repr(server)
        assert (server.folder / "secrets").stat().st_mode & 0o077 == 0
        assert server.folder.stat().st_mode & 0o077 == 0
        assert (server.folder / "label_studio.sqlite3").stat().st_mode & 0o077 == 0
    assert ([*tmp_path.iterdir()], (tmp_path / "server" / "server").exists()) == ([tmp_path / "server"], False)
    assert not server.process.running
    assert _refuses(server.port)
    with pytest.raises(ProcessLookupError):
        os.killpg(server.process.popen.pid, 0)
    with running(tmp_path / "server", port=server.port) as again:
        assert (again.url, again.token, again.password) == (server.url, server.token, server.password)


def _refuses(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) != 0


def demo_of(folder: Path) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    """A demo over a folder, and what it has said when it is ready; nothing where it ended before."""
    code = "from spanproof.cli.labelstudio import labelstudio; labelstudio()"
    demo = subprocess.Popen(
        [sys.executable, "-c", code, "demo", "--folder", str(folder), "annotations/gold"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools"), "PYTHONUNBUFFERED": "1"},
    )
    assert demo.stdout is not None
    said: dict[str, str] = {}
    while "spanproof labelstudio pull annotations/gold" not in said.values():
        line = demo.stdout.readline()
        if not line:
            return demo, {}
        key, _, value = line.strip().partition("  ")
        said[key if value else str(len(said))] = value.strip() or key
    return demo, said


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.full)])
def test_the_demo_shows_the_articles_and_stops(tmp_path: Path, number: signal.Signals) -> None:
    demo, said = demo_of(tmp_path / "demo")
    assert said, demo.stderr.read() if demo.stderr else ""
    port = int(said["address"].split(":")[2].split("/")[0])
    assert said["user"]
    assert not _refuses(port)
    demo.send_signal(number)
    _, errors = demo.communicate(timeout=30)
    assert demo.returncode == 0, errors
    assert "5 sent" in errors
    assert _refuses(port)


def test_a_demo_that_was_killed_says_what_runs_on_and_is_taken_up_when_that_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    killed, said = demo_of(folder)
    assert said, killed.stderr.read() if killed.stderr else ""
    killed.kill()
    killed.communicate()
    refused, nothing = demo_of(folder)
    _, errors = refused.communicate(timeout=30)
    assert (refused.returncode, nothing) == (2, {})
    number = int((folder / "process").read_text())
    assert f"runs over {folder} already (process {number})" in errors
    assert len(errors.strip().splitlines()) == 1
    os.killpg(number, signal.SIGTERM)
    for _ in range(100):
        if _refuses(int(said["address"].split(":")[2].split("/")[0])):
            break
        time.sleep(0.1)
    again, after = demo_of(folder)
    assert after["password"] == said["password"]
    again.send_signal(signal.SIGTERM)
    assert "0 sent, 5 there already" in again.communicate(timeout=30)[1]
