"""Label Studio in a real browser: what an annotator draws and edits comes back, and nothing else changes."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.labelstudio import client, projects
from spanproof.labelstudio.pull import Pull, annotated
from spanproof.labelstudio.server import Server
from spanproof.labelstudio.tasks import digest
from spanproof.labelstudio.upload import missing
from spanproof.revisions.diff import Change, diff
from spanproof.schema.schema import Schema
from support.labelstudio_hostile import HOSTILE
from support.labelstudio_page import logged_in, shot
from support.labelstudio_server import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
HARDEST = ("crlf", "newline-edges", "quotes", "hard-ids-0 #'\"")
RANGE = """([start, end]) => {
  const root = document.querySelector(".lsf-htx-richtext"), range = document.createRange();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let at = 0, first = true;
  for (let node; (node = walker.nextNode()); at += node.data.length) {
    if (first && start < at + node.data.length) { range.setStart(node, start - at); first = false; }
    if (end <= at + node.data.length) { range.setEnd(node, end - at); break; }
  }
  const rects = [...range.getClientRects()], a = rects[0], b = rects[rects.length - 1];
  return {text: range.toString(), from: [a.left + 1, a.top + a.height / 2], to: [b.right - 1, b.top + b.height / 2]};
}"""
READY = "() => document.querySelector('.lsf-richtext__line') && window.Htx?.annotationStore?.selected?.pk"


@pytest.fixture
def page(label_studio: Server, chromium: Any) -> Iterator[Any]:
    """A page of the server's own user, who is logged in."""
    with logged_in(chromium, label_studio, label_studio.user, label_studio.password) as page:
        yield page


def project_of(server: Server, title: str, documents: list[Any]) -> client.Project:
    project = projects.create(Person.of(server).sdk, title[:50], Schema.article())
    client.send(project, missing(Corpus.of(documents), []))
    return project


def entered(page: Any, project: client.Project) -> None:
    """Opens the list of tasks: the first visit makes its tab, and a task opened meanwhile may show no annotation."""
    page.goto(project.address)
    page.wait_for_url(lambda url: "tab=" in url)
    page.wait_for_load_state("networkidle")


def opened(page: Any, project: client.Project, name: str) -> None:
    (task,) = (task["id"] for task in client.fetch(project) if task["data"]["id"] == name)
    page.goto(f"{project.address}?task={task}")
    page.wait_for_function(READY)


def draw(page: Any, text: str, surface: str, key: str) -> None:
    """Presses a label's key and drags over a surface."""
    start = len(text[: text.index(surface)].encode("utf-16-le")) // 2
    found = page.evaluate(RANGE, [start, start + len(surface.encode("utf-16-le")) // 2])
    assert found["text"] == surface
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    page.mouse.move(*found["from"])
    page.mouse.down()
    page.mouse.move(*found["to"], steps=8)
    page.mouse.up()


def save(page: Any) -> None:
    with page.expect_response(
        lambda response: "/api/annotations/" in response.url and response.request.method == "PATCH"
    ):
        page.get_by_role("button", name=re.compile("update|submit", re.I)).last.click()


def pulled(project: client.Project, documents: list[Any]) -> Pull:
    return annotated(Corpus.of(documents), client.fetch(project), client.people(project))


def changed(project: client.Project, documents: list[Any]) -> list[Change]:
    found = pulled(project, documents)
    assert [str(finding) for finding in found.findings if finding.severity == "error"] == []
    old = Corpus.of(documents)
    return list(diff(old, found.over(old)).changes)


def key_of(project: client.Project, label: str) -> str:
    found = re.search(rf'<Label value="{label}"[^>]* hotkey="(\w+)"', project.config)
    assert found is not None
    return found[1]


def test_what_an_annotator_draws_and_edits_comes_back_and_nothing_else(label_studio: Server, page: Any) -> None:
    text = "Ana 😀 Zoe\u0308 Mu\u0308ller left Lisbon on Monday."
    ana = {"id": "e1", "start": 0, "end": 3, "text": "Ana", "label": "PERSON", "entity_id": "ana"}
    start = text.index("Monday")
    monday = {"id": "d1", "start": start, "end": start + 6, "text": "Monday", "type": "DATE", "value": "2025-02-24"}
    document = sound(id="a", text=text, entities=[ana], dates=[{**monday, "mod": None, "anchor": None}])
    documents = list(Corpus.of([document]).documents())
    project = project_of(label_studio, "draws and edits", documents)
    entered(page, project)
    opened(page, project, "a")
    highlights = page.locator(".htx-highlight")
    highlights.nth(1).wait_for()
    assert highlights.all_inner_texts() == ["Ana", "Monday"]
    shot(page, "1-opened")
    draw(page, text, "😀 Zoe\u0308", key_of(project, "ORG"))
    highlights.nth(2).wait_for()
    assert highlights.all_inner_texts() == ["Ana", "😀 Zoe\u0308", "Monday"]
    shot(page, "2-drawn")
    page.keyboard.press("Escape")
    highlights.nth(2).click()
    page.locator("[data-testid=htx-textbox-edit-button]:visible").click()
    page.locator("[data-testid=textarea-regions] :is(textarea, input):visible").fill("2025-03-03")
    page.keyboard.press("Enter")
    shot(page, "3-edited")
    save(page)
    shot(page, "4-saved")
    added, edited = changed(project, documents)
    assert (added.kind, added.layer, added.start, added.end, added.text) == ("added", "entities", 4, 10, "😀 Zoe\u0308")
    assert added.new["label"] == "ORG"
    assert (edited.kind, edited.layer, edited.id, edited.path) == ("changed", "dates", "d1", ("value",))
    assert (edited.old, edited.new) == ("2025-02-24", "2025-03-03")


def test_a_boundary_is_dragged_and_the_fields_stand_beside_the_text(label_studio: Server, page: Any) -> None:
    text = "Ana Silva says that it rains."
    ana = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": "ana"}
    says = {"id": "q1", "type": "indirect", "start": 15, "end": 28, "text": "that it rains", "speaker": None}
    quote = {**says, "source": {"start": 0, "end": 9, "text": "Ana Silva"}, "cue": None, "utterance": None}
    document = sound(id="b", text=text, entities=[ana], quotes=[{**quote, "continues": None}])
    documents = list(Corpus.of([document]).documents())
    project = project_of(label_studio, "drags a boundary", documents)
    entered(page, project)
    opened(page, project, "b")
    fields, article = page.locator(".spanproof-fields"), page.locator(".lsf-htx-richtext")
    quoted = page.locator(".htx-highlight").filter(has_text="rains").last
    quoted.click()
    page.locator("area.__resize_right").wait_for(state="attached")
    page.wait_for_timeout(500)
    shot(page, "5-handles")
    assert fields.bounding_box()["x"] > article.bounding_box()["x"] + article.bounding_box()["width"] - 1
    assert fields.bounding_box()["y"] < 900
    handle = page.locator("area.__resize_right").bounding_box()
    x, y = handle["x"] + 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 4, y, steps=4)
    page.mouse.move(x - 10, y, steps=6)
    page.mouse.up()
    shot(page, "6-dragged")
    save(page)
    (moved,) = changed(project, documents)
    assert (moved.kind, moved.layer, moved.id, moved.start) == ("moved", "quotes", "q1", 15)
    assert moved.end < 28


def test_a_save_in_the_browser_changes_nothing(label_studio: Server, page: Any, root: Path) -> None:
    gold = list(read(root / "annotations" / "gold", Schema.article()).documents())
    # Every article has the same kinds of fields: the longest and the hardest texts are enough for each change.
    longest = max(gold, key=lambda document: len(document["entities"]))
    wanted = [*gold, *HOSTILE.values()] if THOROUGH else [longest, *(HOSTILE[name] for name in HARDEST)]
    # What has no annotations is sent without an annotation: there is nothing to save.
    without = {task["data"]["id"] for task in missing(Corpus.of(wanted), []).create if not task["annotations"]}
    documents = [document for document in wanted if document["id"] not in without]
    project = project_of(label_studio, "a save changes nothing", documents)
    entered(page, project)
    for document in documents:
        opened(page, project, document["id"])
        before = len(page.evaluate("() => Htx.annotationStore.selected.serializeAnnotation()"))
        with page.expect_response(lambda response: response.request.method == "PATCH") as saved:
            page.evaluate("() => Htx.updateAnnotation()")
        assert saved.value.ok, saved.value.text()
        assert before or not any(document[layer] for layer in ("zones", "entities", "quotes", "dates"))
    assert all(annotation["updated_by"] for task in client.fetch(project) for annotation in task["annotations"])
    found = pulled(project, documents)
    assert {document["id"]: digest(document, Schema.article()) for document in documents} == {
        name: digest(document, Schema.article()) for name, document in found.documents.items()
    }
    assert [str(finding) for finding in found.findings if finding.severity == "error"] == []
