"""Three annotators in a real browser: two raw texts become gold that holds what they did, credited to who did it.

One text is made for what is hard (emoji, both line ends), the other is a real article of eighteen lines, with the draft
that spaCy made of it.

The pictures of the page for leads are those of this run: SPANPROOF_SHOTS names the folder that takes them.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.cli import main
from spanproof.formats.discovery import read
from spanproof.labelstudio import projects
from spanproof.labelstudio.server import Server
from spanproof.schema.schema import Schema
from support.documents import ROOT
from support.labelstudio_page import TaskPage, logged_in, shot
from support.labelstudio_schemas import CORRESPONDENCE
from support.labelstudio_server import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
TITLE = "Talks in Lisbon"
REPORT = "Ana Silva said on Monday:\n“We meet in Lisbon.”\r\nZoë 😀 agreed.\nPhoto: Rio Press\n"
ARTICLE = "7698bcf6f65a9d4a"
TALKS = (ROOT / f"dataset/articles/{ARTICLE}.txt").read_bytes().decode()
DRAFT = ROOT / "tools/leaderboard/predictions/spacy-sm.jsonl"
GUIDELINES = (
    "# Names\n\nA name is as short as\nit can be.\n\n# Dates\n\nThe value is that of the calendar: `2025-02-26`.\n"
)
LETTER = "Ana writes to Zoë from Rio.\r\nShe lives in Lisbon 😀.\n"
CREDIT = "/Russian Foreign Ministry/Handout via Reuters"
REMOVED = [
    ("ORG", "Privacy Policy and Terms"),
    ("CARDINAL", "010-85061466"),
    ("ORG", "/Russian Foreign Ministry"),
    ("GPE", "the United States"),
]
KNOWN = {"ana-silva": {"name": "Ana Silva", "type": "PERSON", "aliases": ["Ana Silva"]}}


def run(server: Server, *arguments: object) -> Result:
    variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token}
    result = CliRunner().invoke(main, [*map(str, arguments)], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.fixture
def gold(label_studio: Server, tmp_path: Path) -> Path:
    """The corpus of the two texts, in a project with a machine's draft of one of them."""
    folder = tmp_path / "corpus" / "gold"
    folder.parent.mkdir()
    (folder.parent / "entities.json").write_text(json.dumps(KNOWN))
    texts = {"report": REPORT, "talks": TALKS}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_bytes(text.encode())
    files = [tmp_path / f"{name}.txt" for name in texts]
    assert (
        run(label_studio, "new", *files, "--language", "en", "--dct", "2025-02-26", "--folder", folder).exit_code == 0
    )
    (tmp_path / "guidelines.md").write_text(GUIDELINES)
    options = ("--project", TITLE, "--overlap", 2, "--instructions", tmp_path / "guidelines.md")
    pushed = run(label_studio, "labelstudio", "push", folder, *options)
    assert "2 sent" in pushed.output
    (talks,) = (document for document in read(folder, Schema.article()).documents() if document["id"] == "talks")
    (tmp_path / "machine.jsonl").write_text(json.dumps({**talks, "entities": drafted()}) + "\n")
    machine = ("--as", "predictions", "--model-version", "m1", "--draft")
    sent = run(label_studio, "labelstudio", "push", tmp_path / "machine.jsonl", "--project", TITLE, *machine)
    assert "1 sent" in sent.output, sent.output
    return folder


def drafted() -> list[dict[str, Any]]:
    """What spaCy found at the beginning of the real article, each name with itself as its key."""
    (found,) = (document for document in read(DRAFT, Schema.article()).documents() if document["id"] == ARTICLE)
    keys = (re.sub(r"\W+", "-", entity["text"].lower()).strip("-") for entity in found["entities"])
    return [
        {**entity, "entity_id": None if entity["label"] == "CARDINAL" else key}
        for entity, key in zip(found["entities"], keys, strict=True)
        if entity["end"] < 1000
    ]


def report(task: TaskPage, value: str, cue: bool) -> None:
    """Annotates the report from nothing."""
    task.draw("Ana Silva", "PERSON")
    task.select("PERSON", "Ana Silva")
    task.choose("entities_entity_id_entities", "silva")
    task.draw("Lisbon", "GPE", entities_entity_id="lisbon")
    task.draw("Zoë 😀", "PERSON", entities_entity_id="zoe")
    task.draw("Monday", "DATE", dates_value=value)
    task.draw("We meet in Lisbon.", "direct", quotes_utterance="meet-in-lisbon")
    task.choose("quotes_speaker_entities", "silva")
    task.draw("Ana Silva", "source")
    task.draw("said", "cue")
    task.relate(("direct", "We meet"), ("source", "Ana Silva"))
    if cue:
        task.relate(("direct", "We meet"), ("cue", "said"))
    task.draw("Photo: Rio", "credit")
    task.select("credit", "Photo: Rio")
    task.stretch("Rio Press")


def careful(task: TaskPage) -> str:
    """Does the report as it should be; of the machine's draft of the talks she changes a label alone."""
    name = task.name
    if name == "report":
        report(task, "2025-02-24", cue=True)
        shot(task.page, "annotated")
    else:
        task.relabel("LOC", "the Middle East", "GPE")
    task.submit()
    return name


def hasty(task: TaskPage) -> str:
    """Does the report with a value that is none, without an arrow to the cue, with a name in the credit.

    In the talks three names that are none are removed, one is drawn again and stretched; another one, a date, a zone of
    five lines and a credit are new.
    """
    name = task.name
    if name == "report":
        report(task, "last Monday", cue=False)
        task.draw("Rio Press", "ORG", entities_entity_id="rio-press")
    else:
        for label, words in REMOVED:
            task.remove(label, words)
        task.draw("the United Sta", "GPE", entities_entity_id="the-united-states")
        task.select("GPE", "the United Sta")
        task.stretch("the United States")
        task.draw("Istanbul", "GPE", entities_entity_id="istanbul")
        task.draw("Thursday", "DATE", dates_value="2025-02-27")
        task.draw("By continuing", "boilerplate", until="010-85061466")
        task.draw(CREDIT, "credit")
        shot(task.page, "draft-corrected")
    task.submit()
    return name


def look_up(task: TaskPage) -> None:
    """Reads in the guidelines, and folds them up again."""
    task.page.get_by_text("Guidelines", exact=True).click()
    task.page.get_by_text("Dates", exact=True).last.click()
    task.page.get_by_text("The value is that of the calendar").wait_for()
    task.page.wait_for_timeout(400)
    shot(task.page, "guidelines")
    task.page.get_by_text("Guidelines", exact=True).click()
    task.page.wait_for_timeout(400)


def annotate(browser: Any, server: Server, people: list[Person], project: Any) -> dict[str, Person]:
    """Ana does both, the others one each, which the queue gives them; returns who did which beside Ana."""
    ana, *others = people
    with logged_in(browser, server, ana.email, ana.password()) as page:
        task = TaskPage.given(page, project)
        look_up(task)
        first = careful(task)
        page.wait_for_function("(first) => Htx.task?.dataObj?.id && Htx.task.dataObj.id != first", arg=first)
        assert {first, careful(task.ready())} == {"report", "talks"}
    by: dict[str, Person] = {}
    for person in others:
        with logged_in(browser, server, person.email, person.password()) as page:
            by[hasty(TaskPage.given(page, project))] = person
    assert by.keys() == {"report", "talks"}
    return by


def test_two_texts_become_gold_in_the_browser(label_studio: Server, chromium: Any, gold: Path, tmp_path: Path) -> None:
    people = [Person.of(label_studio, f"{name}@localhost.test") for name in ("ana", "ben", "zoe")]
    project = projects.existing(Person.of(label_studio).sdk, TITLE)
    by, named, passes = annotate(chromium, label_studio, people, project), ("--project", TITLE), tmp_path / "passes"
    counts = {person.email: 1 for person in people} | {people[0].email: 2}
    told = run(label_studio, "labelstudio", "status", gold, *named).output
    for email, count in counts.items():
        assert f"{email}: begun 0, done {count}, skipped 0, reviewed 0" in told
    undecided = run(label_studio, "labelstudio", "pull", gold, *named)
    assert undecided.output.count("error[several-annotators]") == 2
    shown = run(label_studio, "labelstudio", "pull", gold, *named, "--passes", passes)
    assert {folder.name for folder in passes.iterdir()} == {person.email for person in people}, shown.output
    agreed = run(label_studio, "agree", *(passes / person.email for person in people), "--resamples", 5)
    assert agreed.exit_code == 0, agreed.output
    credit = {"report": people[0].email, "talks": by["talks"].email}
    stars = [f"{name}={email}" for name, email in credit.items()]
    assert "stars: 2 given" in run(label_studio, "labelstudio", "star", *stars, *named).output
    assert "stars: 0 given, 2 there already" in run(label_studio, "labelstudio", "star", *stars, *named).output
    compared(chromium, label_studio, project)
    decisions = tmp_path / "decisions.jsonl"
    pulled = run(label_studio, "labelstudio", "pull", gold, *named, "--write", "--register", "--decisions", decisions)
    assert pulled.exit_code == 0, pulled.output
    holds_what_they_did(gold)
    assert "error[" not in run(label_studio, "check", gold).output  # spaCy overlooked names, which is a warning
    lines = list(map(json.loads, decisions.read_text().splitlines()))
    assert {line["document"]: line["person"] for line in lines} == credit
    assert {line["decided_by"] for line in lines} == {label_studio.user}
    again = run(label_studio, "labelstudio", "pull", gold, *named)
    assert "nothing is written" not in again.output  # nothing has changed since


def compared(browser: Any, server: Server, project: Any) -> None:
    """The lead looks at the versions of the report side by side."""
    with logged_in(browser, server, server.user, server.password) as page:
        TaskPage.opened(page, project, "report")
        page.get_by_text("Compare All").click()
        page.wait_for_timeout(2500)
        shot(page, "compare")


def holds_what_they_did(gold: Path) -> None:
    """The corpus has Ana's report, the talks of who corrected the draft, and nothing else."""
    after = {document["id"]: document for document in read(gold, Schema.article()).documents()}
    entities = {
        name: [(entity["text"], entity["label"], entity["entity_id"]) for entity in document["entities"]]
        for name, document in after.items()
    }
    assert entities["report"] == [
        ("Ana Silva", "PERSON", "ana-silva"),
        ("Lisbon", "GPE", "lisbon"),
        ("Zoë 😀", "PERSON", "zoe"),
    ]
    removed = tuple(words for _, words in REMOVED[:3])
    kept = [entity for entity in drafted() if not entity["text"].startswith(removed)]
    assert entities["talks"] == [
        *((entity["text"], entity["label"], entity["entity_id"]) for entity in kept),
        ("Istanbul", "GPE", "istanbul"),
    ]
    (quote,) = after["report"]["quotes"]
    parts = (quote["text"], quote["type"], quote["source"]["text"], quote["cue"]["text"], quote["speaker"])
    assert parts == ("We meet in Lisbon.", "direct", "Ana Silva", "said", "ana-silva")
    assert [zone["text"] for zone in after["report"]["zones"]] == ["Photo: Rio Press"]
    lines = TALKS.split("\n")
    assert [zone["text"] for zone in after["talks"]["zones"]] == ["\n".join(lines[:5]), CREDIT]
    dates = {name: [(date["text"], date["value"]) for date in document["dates"]] for name, document in after.items()}
    assert dates == {"report": [("Monday", "2025-02-24")], "talks": [("Thursday", "2025-02-27")]}
    registry = json.loads((gold.parent / "entities.json").read_text())
    named = {key for layer in entities.values() for _, _, key in layer if key}
    assert registry.keys() == {"ana-silva", *named}
    assert registry["ana-silva"] == KNOWN["ana-silva"]


@pytest.mark.full
def test_letters_with_relations_become_gold_in_the_browser(label_studio: Server, chromium: Any, tmp_path: Path) -> None:
    """A schema of others: persons, places, and two kinds of relations, whose names are chosen on the page."""
    ana, ben = (Person.of(label_studio, f"{name}@localhost.test") for name in ("ana", "ben"))
    folder, schema_file, passes = tmp_path / "letters", tmp_path / "letter.schema.json", tmp_path / "passes"
    schema_file.write_text(json.dumps(CORRESPONDENCE))
    (tmp_path / "one.txt").write_bytes(LETTER.encode())
    (tmp_path / "guidelines.md").write_text(GUIDELINES)
    known, title = ("--schema", schema_file), "Letters in the browser"
    assert run(label_studio, "new", tmp_path / "one.txt", "--folder", folder, *known).exit_code == 0
    named = ("--project", title, *known)
    options = ("--overlap", 2, "--instructions", tmp_path / "guidelines.md")
    pushed = run(label_studio, "labelstudio", "push", folder, *options, *named)
    assert "1 sent" in pushed.output
    assert "no field for sent, relations.note, kinship.note" in pushed.output
    project = projects.existing(Person.of(label_studio).sdk, title)
    for person, place in ((ana, "town"), (ben, "country")):
        with logged_in(chromium, label_studio, person.email, person.password()) as page:
            task = TaskPage.given(page, project)
            for words, label in (("Ana", "sender"), ("Zoë", "receiver"), ("Rio", place), ("Lisbon", "town")):
                task.draw(words, label)
            task.relate(("sender", "Ana"), (place, "Rio"), "writes-from" if person is ana else "")
            if person is ana:
                task.relate(("sender", "Ana"), ("town", "Lisbon"), "lives-in")
                task.relate(("receiver", "Zoë"), ("sender", "Ana"), "sibling")
                shot(page, "letter")
            task.submit()
    assert "stars: 1 given" in run(label_studio, "labelstudio", "star", f"one={ana.email}", *named).output
    pulled = run(label_studio, "labelstudio", "pull", folder, "--write", "--passes", passes, *named)
    assert pulled.exit_code == 0, pulled.output
    (letter,) = read(folder, Schema.of(CORRESPONDENCE)).documents()
    assert [(one["text"], one["kind"]) for layer in ("persons", "places") for one in letter[layer]] == [
        ("Ana", "sender"),
        ("Zoë", "receiver"),
        ("Rio", "town"),
        ("Lisbon", "town"),
    ]
    drawn = [(one["type"], one["head"], one["tail"]) for layer in ("relations", "kinship") for one in letter[layer]]
    assert drawn == [("writes-from", "p1", "p1"), ("lives-in", "p1", "p2"), ("sibling", "p2", "p1")]
    assert run(label_studio, "check", folder, *known).exit_code == 0
    agreed = run(label_studio, "agree", passes / ana.email, passes / ben.email, "--resamples", 5, *known)
    assert agreed.exit_code == 0, agreed.output
