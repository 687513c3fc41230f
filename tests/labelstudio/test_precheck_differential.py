"""Label Studio's own checkers and ours, on tasks that Label Studio spoils: the page of the comparison is fresh."""

import copy
import re
from typing import Any

import pytest

from labelstudio.test_precheck import SPOILED, document, spoil
from spanproof.labelstudio import projects
from spanproof.labelstudio.config import config
from spanproof.labelstudio.precheck import task_findings
from spanproof.labelstudio.server import Server
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.schema import Schema
from support.labelstudio_server import Person
from support.pages import DOCS

PAGE = DOCS / "reference" / "label-studio-checkers.md"
HEAD = """\
# Broken tasks: Label Studio's checkers and ours

Which broken tasks does Label Studio notice? Each row is one task, broken in one way. The column "SDK" is the answer of
`LabelInterface.validate_annotation` of label-studio-sdk. "server" is what Label Studio itself says when the task is
imported. "spanproof" has the findings of the check that `spanproof labelstudio push` runs before it sends anything.
– means: accepted without a message.
Written by `PYTHONPATH=tests python tests/labelstudio/test_precheck_differential.py`.

| what is broken | SDK | server | spanproof |
| --- | --- | --- | --- |
"""

WORDS = {
    "nothing": "nothing (the control)",
    "region-twice": "a region occurs twice",
    "region-id": "the id of a region contains `#`",
    "label-count": "a region has two labels",
    "label-unknown": "a region has a label that the config lacks",
    "offsets-outside": "a region ends where it begins",
    "newline-edge": "a region begins with a line break",
    "relation-dangling": "a relation leads to a region that doesn't exist",
    "relation-second": "two relations join the same two regions",
    "relation-labels": "a relation has the same label twice",
    "relation-unlabelled": "a relation has no label, and joins a region to itself",
    "relation-unknown": "a relation has a label that the config lacks",
    "control-unknown": "the value of a field whose name the config lacks",
    "attribute-lost": "the value of a field belongs to a region that doesn't exist",
    "attribute-hidden": "the value of a field belongs to a region whose label doesn't have this field",
    "value-unfit": "a choice has a value that the config lacks",
    "text-changed": "the text was changed after the task was made",
    "id-missing": "the task doesn't say which document it is",
    "nul": "the value of a field contains the character U+0000",
}
"""What is broken, in words: what the page says of each way."""


def broken() -> dict[str, dict[str, Any]]:
    tasks = {WORDS["nothing"]: to_task(document(), Schema.article())}
    for how in SPOILED:
        tasks[WORDS[how]] = copy.deepcopy(tasks[WORDS["nothing"]])
        spoil(tasks[WORDS[how]], how)
    return tasks


def by_sdk() -> dict[str, bool]:
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(config(Schema.article()))
    return {how: not all(map(interface.validate_annotation, task["annotations"])) for how, task in broken().items()}


def by_server(server: Server) -> dict[str, bool]:
    """Whether the import of each task is refused."""
    sdk = Person.of(server).sdk
    project = projects.create(sdk, "checkers", Schema.article())
    refused = {}
    for how, task in broken().items():
        try:
            sdk.projects.import_tasks(id=project.id, request=[task])
            refused[how] = False
        except Exception:
            refused[how] = True
    return refused


def by_us() -> dict[str, list[str]]:
    return {
        how: sorted({finding.code for finding in task_findings(task, Schema.article())})
        for how, task in broken().items()
    }


def rows() -> dict[str, tuple[str, str, str]]:
    """The page as it is committed."""
    cells = (line.split("|")[1:5] for line in re.findall(r"^\| .*$", PAGE.read_text("utf-8"), re.MULTILINE)[2:])
    return {what.strip(): (sdk.strip(), server.strip(), ours.strip()) for what, sdk, server, ours in cells}


def word(refused: bool) -> str:
    return "refused" if refused else "–"


def test_the_page_says_what_the_sdk_and_we_find() -> None:
    pytest.importorskip("label_studio_sdk")
    said = {how: (sdk, ours) for how, (sdk, _, ours) in rows().items()}
    ours = by_us()
    assert said == {how: (word(sdk), ", ".join(ours[how]) or "–") for how, sdk in by_sdk().items()}
    assert all(how in ours[WORDS[how]] for how in SPOILED)


@pytest.mark.slow
@pytest.mark.xdist_group("label-studio")
def test_the_page_says_what_the_server_refuses(label_studio: Server) -> None:
    assert {how: server for how, (_, server, _) in rows().items()} == {
        how: word(refused) for how, refused in by_server(label_studio).items()
    }


if __name__ == "__main__":
    import tempfile
    from pathlib import Path

    from spanproof.labelstudio.server import running

    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as running_server:
        served = by_server(running_server)
    found, ours_ = by_sdk(), by_us()
    lines = (f"| {how} | {word(found[how])} | {word(served[how])} | {', '.join(ours_[how]) or '–'} |" for how in found)
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
