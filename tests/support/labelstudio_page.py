"""What people do on the pages of a Label Studio, in a real browser: log in, draw, write, choose, relate, submit."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.labelstudio import client
from spanproof.labelstudio.server import Server

SHOTS = os.environ.get("SPANPROOF_SHOTS")
"""The folder that takes the pictures of the pages in the documentation; none are taken without it."""
_RANGE = """([words, nth, scroll]) => {
  const root = document.querySelector(".lsf-htx-richtext"), nodes = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) nodes.push(node);
  const text = nodes.map((node) => node.data).join("");
  let start = -1;
  for (let k = 0; k <= nth; k++) start = text.indexOf(words, start + 1);
  if (start < 0) return null;
  const range = document.createRange();
  let at = 0, begun = false;
  for (const node of nodes) {
    const end = at + node.data.length;
    if (!begun && start < end) { range.setStart(node, start - at); begun = true; }
    if (begun && start + words.length <= end) { range.setEnd(node, start + words.length - at); break; }
    at = end;
  }
  if (scroll) range.startContainer.parentElement.scrollIntoView({block: "center"});
  const rects = [...range.getClientRects()].filter((rect) => rect.width);
  const a = rects[0], b = rects[rects.length - 1];
  return {from: [a.left + 1, a.top + a.height / 2], to: [b.right - 1, b.top + b.height / 2]};
}"""
_COUNT = "Htx.annotationStore.selected.regions.length"
_READY = "() => document.querySelector('.lsf-richtext__line') && window.Htx?.annotationStore?.selected"


@contextmanager
def logged_in(browser: Any, server: Server, user: str, password: str) -> Iterator[Any]:
    """A page of somebody who is logged in; nothing but the server can be reached."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(60_000)
    page = context.new_page()
    allowed = re.compile(rf"^({re.escape(server.url)}/|data:|blob:)")
    page.route("**/*", lambda route: route.continue_() if allowed.match(route.request.url) else route.abort())
    page.goto(f"{server.url}/user/login")
    page.fill("input[name=email]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/user/login" not in url)
    try:
        yield page
    except BaseException:
        shot(page, "failed")
        raise
    finally:
        context.close()


@dataclass(frozen=True)
class TaskPage:
    """The page of one task, as one person has it open."""

    page: Any
    project: client.Project

    @classmethod
    def opened(cls, page: Any, project: client.Project, name: str) -> "TaskPage":
        """The list of tasks is opened first: a task that is opened before it may show no annotation."""
        (task,) = (task["id"] for task in client.fetch(project) if task["data"]["id"] == name)
        page.goto(project.address)
        page.wait_for_url(lambda url: "tab=" in url)
        page.wait_for_load_state("networkidle")
        page.goto(f"{project.address}?task={task}")
        return cls(page, project).ready()

    @classmethod
    def given(cls, page: Any, project: client.Project) -> "TaskPage":
        """The next task of the queue, as an annotator gets it, once the instructions are read."""
        page.goto(project.address)
        page.wait_for_url(lambda url: "tab=" in url)
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name="Label All Tasks").click()
        page.get_by_text("Labeling Instructions").wait_for()
        page.wait_for_timeout(400)
        shot(page, "instructions")
        page.keyboard.press("Escape")
        page.get_by_text("Labeling Instructions").wait_for(state="hidden")
        return cls(page, project).ready()

    def ready(self) -> "TaskPage":
        """Waits until there is an annotation to work on."""
        self.page.wait_for_function(_READY)
        self.page.wait_for_timeout(800)
        return self

    @property
    def name(self) -> str:
        """What identifies the document of the task."""
        return str(self.page.evaluate("() => Htx.task.dataObj.id"))

    def draw(self, words: str, label: str, until: str = "", **fields: str) -> None:
        """Presses a label's key, drags over words, or on to others, and fills in fields of the new region."""
        before = self.page.evaluate(_COUNT)
        place = self._place(words)
        if until:
            place = {**place, "to": self._place(until, scroll=False)["to"]}
        self.page.keyboard.press("Escape")
        self.page.keyboard.press(self._key(label))
        self.page.mouse.move(*place["from"])
        self.page.mouse.down()
        self.page.mouse.move(*place["to"], steps=8)
        self.page.mouse.up()
        self.page.wait_for_function(f"{_COUNT} > {before}")
        for control, value in fields.items():
            self.select(label, words)
            self.write(control, value)

    def _key(self, label: str) -> str:
        """The key that stands on a label."""
        key = re.search(rf'<Label value="{label}"[^>]* hotkey="([\w+]+)"', self.project.config)
        assert key is not None
        return key[1]

    def _place(self, words: str, nth: int = 0, scroll: bool = True) -> Any:
        """Where words stand on the screen, once they are in view: the first and the last point on them."""
        place = self.page.evaluate(_RANGE, [words, nth, scroll])
        assert place is not None, words
        return place

    @property
    def regions(self) -> Any:
        """The regions in the list at the side, of which there are elements for those in view alone."""
        return self.page.locator(".lsf-outliner-item")

    def select(self, label: str, words: str) -> None:
        """Chooses a region in the list at the side: the last one of a label with words."""
        self.page.keyboard.press("Escape")
        self._listed(label, words).click()
        self.page.wait_for_timeout(300)

    def _listed(self, label: str, words: str) -> Any:
        """The last region of a label with words in the list at the side, which is turned until it is in view."""
        named = self.regions.filter(has_text=re.compile(rf"{re.escape(label)}\s*{re.escape(words)}"))
        for turn in (4000, -200):
            while not named.count():
                first = self.regions.first.inner_text()
                self.regions.first.hover()
                self.page.mouse.wheel(0, turn)
                self.page.wait_for_timeout(200)
                if self.regions.first.inner_text() == first:
                    break
        return named.last

    def write(self, control: str, value: str) -> None:
        """Writes a field of the region that is chosen, over what stands there."""
        fields = self.page.locator(f"input[name={control}]:visible")
        if not fields.count():
            self.page.locator("[data-testid=htx-textbox-edit-button]:visible").first.click()
            fields = self.page.locator("[data-testid=textarea-regions] :is(textarea, input):visible")
        fields.first.fill(value)
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(200)

    def choose(self, control: str, words: str) -> None:
        """Chooses an entry in a list of the region that is chosen: the only one that some words find."""
        self.page.locator(f".{control} .htx-taxonomy").click()
        self.page.locator("[data-testid=taxonomy-search]:visible").fill(words)
        self.page.wait_for_timeout(700)  # it is searched when nothing was typed for a while
        entries = self.page.locator(".htx-taxonomy-dropdown:visible .ant-select-tree-checkbox")
        assert entries.count() == 1, words
        shot(self.page, f"list-{words}")
        entries.click()
        self.page.locator(".spanproof-about").first.click()  # keys are for labels again
        self.page.locator(".htx-taxonomy-dropdown:visible").wait_for(state="hidden")

    def relate(self, source: tuple[str, str], target: tuple[str, str], name: str = "") -> None:
        """Draws a relation from a region to another, each a label and words, and chooses its name, if it gets one."""
        self.select(*source)
        self.page.keyboard.press("Alt+r")
        label, words = target
        self._listed(label, words).click()
        self.page.wait_for_timeout(300)
        if name:
            self._tab("Relations")
            drawn = self.page.locator(".lsf-relations__item:visible").last
            drawn.hover()
            drawn.get_by_label("Show Relation Labels").click()
            drawn.locator("[data-testid^=select-trigger]").click()
            self.page.get_by_text(name, exact=True).last.click()
            self.page.keyboard.press("Escape")
            self._tab("Regions")

    def _tab(self, name: str) -> None:
        """Opens a tab of the panel at the side."""
        self.page.locator(".lsf-panel-tabs__tab:visible").filter(has_text=name).last.click()
        self.page.wait_for_timeout(300)

    def relabel(self, label: str, words: str, new: str) -> None:
        """Gives a region another label, by the key of that."""
        self.select(label, words)
        self.page.keyboard.press(self._key(new))
        self.page.wait_for_timeout(300)

    def remove(self, label: str, words: str) -> None:
        """Deletes a region."""
        self.select(label, words)
        self.page.keyboard.press("Backspace")
        self.page.wait_for_timeout(300)

    def stretch(self, words: str) -> None:
        """Drags the right handle of the region that is chosen to the end of some words."""
        handle = self.page.locator("area.__resize_right")
        handle.wait_for(state="attached")
        end, box = self._place(words)["to"], handle.bounding_box()
        self.page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(end[0] - 3, end[1], steps=5)
        self.page.mouse.move(end[0] + 1, end[1], steps=3)
        self.page.mouse.up()

    def submit(self) -> None:
        """Submits what is there, or updates what was there."""
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method in ("POST", "PATCH")
        ):
            self.page.locator("button").filter(has_text=re.compile("^(Submit|Update)$")).first.click()


def shot(page: Any, name: str) -> None:
    """Takes a picture of a page for the documentation."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))
