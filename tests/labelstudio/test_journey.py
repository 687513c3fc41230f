"""The life of two documents: raw texts, predictions, three annotators, edits of every kind, stars, and the corpus."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.server import Server
from spanproof.schema.schema import Schema
from support.labelstudio_schemas import CORRESPONDENCE
from support.labelstudio_server import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
REPORT = "Ana Silva said on Monday:\n“We meet in Lisbon.”\r\nZoë 😀 agreed.\nPhoto: Rio Press\n"
BRIEF = "Rio, 26 February.\nTalks begin in Lisbon today.\n"


def run(server: Server, *arguments: object) -> Result:
    """A command as a lead types it."""
    variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    result = CliRunner().invoke(main, [*map(str, arguments)], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


class Sheet:
    """What somebody draws on a text, as the browser sends it: a region for each span, fields, arrows."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.text, self.layout, self.result = text, Layout.of(schema), list[dict[str, Any]]()

    def mark(self, words: str, label: str, name: str, nth: int = 0, **fields: str) -> str:
        start = -1
        for _ in range(nth + 1):
            start = self.text.index(words, start + 1)
        at = {"start": start, "end": start + len(words)}
        region = {"id": name, "to_name": "text", "origin": "manual"}
        self.result.append(
            {**region, "from_name": "span", "type": "labels", "value": {**at, "text": words, "labels": [label]}}
        )
        for control, value in fields.items():
            self.field(name, control, value)
        return name

    def field(self, name: str, control: str, value: str) -> None:
        (item,) = (item for item in self.result if item.get("id") == name and item["type"] == "labels")
        (kind,) = (known.kind for known in self.layout.controls if known.name == control)
        at = {member: item["value"][member] for member in ("start", "end")}
        shown = {"choices": [value]} if kind == "choices" else {"text": [value]}
        about = {"id": name, "to_name": "text", "origin": "manual", "from_name": control, "type": kind}
        self.result.append({**about, "value": {**at, **shown}})

    def arrow(self, source: str, target: str, *labels: str) -> None:
        self.result.append(
            {"type": "relation", "from_id": source, "to_id": target, "labels": list(labels), "direction": "right"}
        )


@pytest.fixture
def team(label_studio: Server) -> list[Person]:
    return [Person.of(label_studio, f"{name}@localhost.test") for name in ("ana", "ben", "zoe")]


def tasks(server: Server, title: str) -> dict[str, Any]:
    project = projects.find(Person.of(server).sdk, title)
    assert project is not None
    return {task["data"]["id"]: task for task in client.fetch(project)}


def report(value: str = "2025-02-24", credit: bool = False) -> Sheet:
    """A whole annotation of the report."""
    sheet = Sheet(REPORT, Schema.article())
    sheet.mark("Ana Silva", "PERSON", "n1", entities_entity_id="ana-silva")
    sheet.mark("Lisbon", "GPE", "n2", entities_entity_id="lisbon")
    sheet.mark("Zoë 😀", "PERSON", "n3", entities_entity_id="zoe")
    sheet.mark("Monday", "DATE", "n4", dates_value=value)
    sheet.mark("We meet in Lisbon.", "direct", "n5", quotes_speaker="ana-silva", quotes_utterance="meet-in-lisbon")
    sheet.mark("Ana Silva", "source", "n6")
    sheet.mark("said", "cue", "n7")
    sheet.arrow("n5", "n6", "source")
    sheet.arrow("n5", "n7", "cue")
    sheet.mark("Photo: Rio Press", "credit", "n8")
    if credit:
        sheet.mark("Rio Press", "ORG", "n9", entities_entity_id="rio-press")
    return sheet


def test_two_articles_from_raw_text_to_adjudicated_gold(
    label_studio: Server, team: list[Person], tmp_path: Path
) -> None:
    title, gold, decisions = "Journey", tmp_path / "corpus" / "gold", tmp_path / "decisions.jsonl"
    for name, text in (("report", REPORT), ("brief", BRIEF)):
        (tmp_path / f"{name}.txt").write_bytes(text.encode())
    made = run(label_studio, "new", *(tmp_path / f"{name}.txt" for name in ("report", "brief")), "--language", "en",
               "--dct", "2025-02-26", "--folder", gold)  # fmt: skip
    assert made.exit_code == 0, made.output
    machine = tmp_path / "machine.jsonl"
    lines = [{**document, "entities": _predicted(document["text"])} for document in read(gold).documents()]
    machine.write_text("".join(json.dumps(line) + "\n" for line in lines))
    guidelines = tmp_path / "guidelines.md"
    guidelines.write_text("# What a name is\n\nIt is <short>.\n")
    ls = ("labelstudio",)
    pushed = run(label_studio, *ls, "push", gold, "--project", title, "--overlap", 2, "--instructions", guidelines)
    assert pushed.exit_code == 0, pushed.output
    assert "2 sent" in pushed.output
    predicted = run(
        label_studio, *ls, "push", machine, "--project", title, "--as", "predictions", "--model-version", "m1"
    )
    assert predicted.exit_code == 0, predicted.output
    assert "untouched    2" in run(label_studio, *ls, "status", gold, "--project", title).output
    ana, ben, zoe = team
    named = [part for person in team for part in ("--annotator", person.email)]
    assert "2 there" in run(label_studio, *ls, "push", gold, "--project", title, *named).output
    there = tasks(label_studio, title)
    hints = [task["data"]["about"].partition("] ")[0] for _, task in sorted(there.items())]
    assert hints == [f"[for {ana.email}, {ben.email}", f"[for {zoe.email}, {ana.email}"]
    project = projects.find(Person.of(label_studio).sdk, title)
    assert project is not None
    first = ana.next_task(project.id)
    assert first in {task["id"] for task in there.values()}

    ana.annotate(there["report"]["id"], report().result)
    wrong = report(value="last Monday", credit=True)
    wrong.result = [item for item in wrong.result if item.get("to_id") != "n7"]  # a forgotten arrow to the cue
    ben.annotate(there["report"]["id"], wrong.result)
    brief = copy.deepcopy(there["brief"]["predictions"][0]["result"])
    ben.annotate(there["brief"]["id"], [{**item, "origin": "prediction"} for item in brief])
    ana.annotate(there["brief"]["id"], _relabelled(brief, "LOC"))
    zoe.draft(there["brief"]["id"], brief)

    undecided = run(label_studio, *ls, "pull", gold, "--project", title, "--write", "--register")
    assert undecided.exit_code == 1
    assert undecided.output.count("error[several-annotators]") == 2
    chosen = (f"report={ana.email}", f"brief={ben.email}")
    assert "stars: 2 given" in run(label_studio, *ls, "star", *chosen, "--project", title).output
    told = run(label_studio, *ls, "status", gold, "--project", title)
    assert f"{ana.email}: begun 0, done 2, skipped 0, reviewed 1" in told.output
    assert f"{zoe.email}: begun 1, done 0, skipped 0, reviewed 0" in told.output

    asked = run(label_studio, *ls, "pull", gold, "--project", title)
    assert asked.exit_code == 1
    assert "error[SP503] report: entities “Lisbon”" in asked.output  # a name that no registry has
    passes = tmp_path / "passes"
    adjudicated, articles = tmp_path / "adjudication.jsonl", tmp_path / "articles"
    files = ("--passes", passes, "--decisions", decisions, "--adjudication", adjudicated, "--out", articles)
    options = ("--write", "--register", *files)
    pulled = run(label_studio, *ls, "pull", gold, "--project", title, *options)
    assert pulled.exit_code == 0, pulled.output

    after = {document["id"]: document for document in read(gold).documents()}
    labels = [(entity["text"], entity["label"], entity["entity_id"]) for entity in after["report"]["entities"]]
    assert labels == [("Ana Silva", "PERSON", "ana-silva"), ("Lisbon", "GPE", "lisbon"), ("Zoë 😀", "PERSON", "zoe")]
    (quote,) = after["report"]["quotes"]
    assert (quote["source"]["text"], quote["cue"]["text"], quote["speaker"]) == ("Ana Silva", "said", "ana-silva")
    assert [entity["label"] for entity in after["brief"]["entities"]] == ["GPE", "GPE"]
    registry = json.loads((gold.parent / "entities.json").read_text())
    assert registry["ana-silva"] == {"name": "Ana Silva", "type": "PERSON", "aliases": ["Ana Silva"]}
    assert run(label_studio, "check", gold).exit_code == 0
    credit = {line["document"]: line for line in map(json.loads, decisions.read_text().splitlines())}
    assert (credit["report"]["person"], credit["brief"]["person"]) == (ana.email, ben.email)
    assert credit["report"]["decided_by"] == label_studio.user
    rows = [json.loads(line) for line in adjudicated.read_text().splitlines()]
    assert {(row["decided_by"], row["reason"]) for row in rows} == {(label_studio.user, None)}
    (value,) = (row for row in rows if row["field"] == "value")
    assert value["passes"] == {ana.email: "2025-02-24", ben.email: "last Monday"}
    assert (value["decision"], value["by"]) == ("2025-02-24", [ana.email])
    written = {document["id"]: document for document in read(articles, registries={}).documents()}
    assert written == after
    agreed = run(label_studio, "agree", passes / ana.email, passes / ben.email, "--resamples", 5)
    assert agreed.exit_code == 0, agreed.output
    assert "No record differs." in run(label_studio, *ls, "pull", gold, "--project", title).output
    assert run(label_studio, "diff", gold, gold).exit_code == 0


def _predicted(text: str) -> list[dict[str, Any]]:
    """What a machine would find: two places."""
    return [
        {
            "id": f"e{k}",
            "start": text.index(words),
            "end": text.index(words) + len(words),
            "text": words,
            "label": "GPE",
            "entity_id": words.lower(),
        }
        for k, words in enumerate(("Rio", "Lisbon"), 1)
    ]


def _relabelled(result: list[Any], label: str) -> list[Any]:
    """A result with the label of the first region changed."""
    changed = copy.deepcopy(result)
    changed[0]["value"]["labels"] = [label]
    return changed


def test_what_is_wrong_is_held_back_alone_and_stands_on_the_tasks_page(
    label_studio: Server, team: list[Person], tmp_path: Path
) -> None:
    title, gold = "Held back", tmp_path / "gold"
    (tmp_path / "report.txt").write_bytes(REPORT.encode())
    run(label_studio, "new", tmp_path / "report.txt", "--language", "en", "--dct", "2025-02-26", "--folder", gold)
    assert run(label_studio, "labelstudio", "push", gold, "--project", title).exit_code == 0
    (task,) = tasks(label_studio, title).values()
    wrong = report(value="last Monday", credit=True)
    wrong.field("n1", "entities_entity_id", "a second value")
    work = team[0].annotate(task["id"], wrong.result)
    options = ("--project", title, "--write", "--register", "--tell")
    pulled = run(label_studio, "labelstudio", "pull", gold, *options)
    assert pulled.exit_code == 1
    rows = [line for line in pulled.output.splitlines() if line.startswith("error[")]
    assert any("“Monday” 18-24 was added and is held back" in row for row in rows)
    assert any("“Rio Press” 69-78 was added and is held back" in row for row in rows)
    assert all(f"{label_studio.url}/projects/" in row and f"?task={task['id']}" in row for row in rows)
    (document,) = read(gold).documents()
    assert [entity["text"] for entity in document["entities"]] == ["Lisbon", "Zoë 😀"]
    checked = run(label_studio, "check", gold)
    assert "3 spans: 3 proved" in checked.output
    assert "error[" not in checked.output
    (told,) = tasks(label_studio, title).values()
    assert "last Monday" in told["data"]["findings"]
    assert told["annotations"][0]["updated_by"] == team[0].number
    team[0].sdk.annotations.update(work, result=report().result)
    assert run(label_studio, "labelstudio", "pull", gold, *options).exit_code == 0
    (told,) = tasks(label_studio, title).values()
    assert told["data"]["findings"] == ""
    assert len(next(iter(read(gold).documents()))["entities"]) == 3


LETTER = "Ana writes to Zoë from Rio.\nShe lives in Lisbon.\n"


def test_letters_with_persons_places_and_relations(label_studio: Server, team: list[Person], tmp_path: Path) -> None:
    title, folder, schema_file = "Letters", tmp_path / "letters", tmp_path / "letter.schema.json"
    schema_file.write_text(json.dumps(CORRESPONDENCE))
    (tmp_path / "one.txt").write_text(LETTER)
    known = ("--schema", schema_file)
    made = run(label_studio, "new", tmp_path / "one.txt", "--folder", folder, *known)
    assert made.exit_code == 0, made.output
    ls = ("--project", title, *known)
    assert run(label_studio, "labelstudio", "push", folder, "--overlap", 2, *ls).exit_code == 0
    (task,) = tasks(label_studio, title).values()

    def drawn(*relations: tuple[str, str, str]) -> list[Any]:
        sheet = Sheet(LETTER, Schema.of(CORRESPONDENCE))
        for words, label in (("Ana", "sender"), ("Zoë", "receiver"), ("Rio", "town"), ("Lisbon", "town")):
            sheet.mark(words, label, words)
        for name, source, target in relations:
            sheet.arrow(source, target, *([name] if name else []))
        return sheet.result

    ana, ben, _ = team
    right = ana.annotate(
        task["id"], drawn(("writes-from", "Ana", "Rio"), ("lives-in", "Ana", "Lisbon"), ("sibling", "Zoë", "Ana"))
    )
    ben.annotate(task["id"], drawn(("", "Ana", "Rio"), ("parent", "Ana", "Ana")))
    Person.of(label_studio).sdk.annotations.update(right, ground_truth=True)
    passes = tmp_path / "passes"
    pulled = run(label_studio, "labelstudio", "pull", folder, "--write", "--passes", passes, *ls)
    assert pulled.exit_code == 0, pulled.output
    (letter,) = read(folder, Schema.of(CORRESPONDENCE)).documents()
    said: Callable[[str], list[Any]] = lambda layer: [(r["type"], r["head"], r["tail"]) for r in letter[layer]]  # noqa: E731
    assert said("relations") == [("writes-from", "p1", "p1"), ("lives-in", "p1", "p2")]
    assert said("kinship") == [("sibling", "p2", "p1")]
    assert run(label_studio, "check", folder, *known).exit_code == 0
    assert run(label_studio, "agree", passes / ana.email, passes / ben.email, "--resamples", 5, *known).exit_code == 0
