"""The scripts of the page on using the dataset: short, and they do what the page says."""

import contextlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import datasets
import pytest

from support.pages import DOCS
from support.publication import DATASET, GOLD

pytestmark = pytest.mark.slow

PAGE = (DOCS / "how-to" / "use-the-dataset.md").read_text("utf-8")
SCRIPTS = dict(re.findall(r"```python (\w+)\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)


def run(name: str, **given: Any) -> tuple[Mapping[str, Any], str]:
    """What a script leaves in its names, and what it prints."""
    values = {"source": str(DATASET), **given}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(SCRIPTS[name], name, "exec"), values)
    return values, printed.getvalue()


def test_each_has_at_most_ten_lines() -> None:
    assert len(SCRIPTS) == 6
    for name, script in SCRIPTS.items():
        assert len([line for line in script.splitlines() if line.strip()]) <= 10, name


@pytest.mark.usefixtures("load")
def test_a_token_classifier_gets_one_label_a_token() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(
        models.WordPiece({"[UNK]": 0, **{c: k for k, c in enumerate("abcdefghij", 1)}}, unk_token="[UNK]")
    )
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    values, _ = run("classifier", tokenizer=PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]"))
    for row, encoded in zip(values["rows"], values["encoded_rows"], strict=True):
        assert [label for label in encoded["labels"] if label != -100] == row["ner_tags"]
    assert "B-PERSON" in values["labels"]


@pytest.mark.usefixtures("load")
def test_a_docbin_keeps_what_its_tokens_can_say() -> None:
    names = datasets.load_dataset(str(DATASET), split="test").features["entities"].feature["label"].int2str
    values, _ = run("docbin", names=names)
    kept = sum(len(doc.ents) for doc in values["docs"].get_docs(values["nlp"].vocab))
    assert kept + values["lost"] == sum(len(document["entities"]) for document in GOLD.documents())
    assert values["lost"] < kept / 20


@pytest.mark.usefixtures("load")
def test_answers_stand_where_they_are_said_to() -> None:
    values, _ = run("qa")
    assert len(values["questions"]) == sum(
        bool(q["source"]) for document in GOLD.documents() for q in document["quotes"]
    )
    for question in values["questions"]:
        (start,), (text,) = question["answers"]["answer_start"], question["answers"]["text"]
        assert question["context"][start : start + len(text)] == text


@pytest.mark.usefixtures("load")
def test_who_said_what_when_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.chdir(tmp_path)
    values, printed = run("plot")
    assert (tmp_path / "who-said-what-when.png").stat().st_size > 1000
    assert len(values["said"]) == sum(bool(q["speaker"]) for document in GOLD.documents() for q in document["quotes"])
    assert len(printed.splitlines()) == 3


@pytest.mark.usefixtures("load")
def test_the_timeline_is_in_order() -> None:
    values, printed = run("timeline")
    assert values["days"] == sorted(values["days"])
    assert len(printed.splitlines()) == 3


@pytest.mark.usefixtures("load")
def test_utterances_across_sources_are_as_many_as_the_card_says() -> None:
    _, printed = run("across")
    said = re.search(r"(\d+) of \d+ utterances are quoted in more", (DATASET / "README.md").read_text("utf-8"), re.M)
    assert said
    assert len(printed.splitlines()) == int(said[1])
