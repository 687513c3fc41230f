"""Stanza: its folders and failures, and a tiny real model."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from spanproof.systems.adapters import stanza
from spanproof.systems.system import MissingSystemError, PartialAnswer, Source
from support.toy_models import STANZA, answers, built, plain, said, saved


def test_stanza_without_models_says_so_and_with_them_what_they_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    assert stanza.make("english").version.endswith("-none")
    (tmp_path / "resources.json").write_text('{"en": ')
    with pytest.raises(ValueError, match=r"resources\.json isn't JSON"):
        stanza.make("english")
    listed = {"english": {"alias": "en"}, "en": {"packages": {"default": {"ner": "toy"}}}, "xx": {"packages": {}}}
    (tmp_path / "resources.json").write_text(json.dumps(listed))
    assert stanza.make("en").version.endswith("-none")
    for unknown in ("xx", "tlh"):
        with pytest.raises(ValueError, match=f"no tagger of names for '{unknown}'"):
            stanza.make(unknown)
    (tmp_path / "en" / "ner").mkdir(parents=True)
    (tmp_path / "en" / "ner" / "toy.pt").write_bytes(saved(["B-PER", "S-LOC", "S-ORG", "B-MISC"]))
    system = stanza.make("english")
    assert not system.version.endswith("-none")
    assert (system.label_set, list(system.predicts)) == ("conll-4", ["entities"])


def test_a_text_on_which_stanza_fails_is_told_and_the_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def pipeline(text: str) -> SimpleNamespace:
        if "!" in text:
            raise RuntimeError("too loud")
        return SimpleNamespace(ents=[SimpleNamespace(start_char=0, end_char=3, type="PER")])

    tagger = SimpleNamespace(get_known_tags=lambda: ["PER"])
    made = Mock(side_effect=pipeline, processors={"ner": tagger})
    monkeypatch.setitem(sys.modules, "stanza", SimpleNamespace(Pipeline=lambda *_, **__: made))
    predict = stanza.make("en").open({})
    with pytest.warns(PartialAnswer, match="b: the whole text: RuntimeError: too loud") as told:
        found = list(predict([Source("a", "Ana"), Source("b", "Ana!"), Source("c", "\n")]))
    assert len(told) == 1
    assert found == [{"entities": [{"start": 0, "end": 3, "label": "PERSON"}]}, {}, {}]


def test_stanza_without_models_names_the_command_that_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise FileNotFoundError("no resources")

    monkeypatch.setitem(sys.modules, "stanza", SimpleNamespace(Pipeline=lacking))
    with pytest.raises(MissingSystemError, match=r"no resources.*stanza\.download\('en'"):
        stanza.make("en").open({})


@pytest.mark.slow
@pytest.mark.xdist_group("stanza")
def test_stanza_keeps_its_offsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(home))
    built(stanza.make("en"), STANZA, home)
    system = stanza.make("en")
    assert not system.version.endswith("-none")
    assert dict(system.predicts)["entities"] == ("PERSON", "LOC")
    made = answers(system, [plain("one", "😀 Ana met Rio. " * 30), plain("empty", " ")], tmp_path / "out")
    assert said(made["one"])
    assert said(made["empty"]) == []
