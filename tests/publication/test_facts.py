"""Facts beside a corpus: what can't be used says which file and member, and what is expected."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spanproof.cli import main
from spanproof.publication.facts import Facts, FactsError
from spanproof.publication.folder import Publication
from support.corpora import FOREIGN
from support.documents import ROOT

pytestmark = pytest.mark.slow

STATED = {
    "name": "letters",
    "title": "Letters of a year",
    "version": "1.2.3",
    "released": "2031-01-02",
    "repository": "someone/letters",
    "doi": "10.1234/letters",
    "creator": "Someone",
    "description": "Letters that were found.",
    "languages": ["pt"],
    "license": {"id": "cc0-1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "sources": [{"name": "An attic", "url": "https://example.org/attic"}],
    "hub": {"tags": ["letters"]},
    "responsible_ai": {"dataAnnotationProtocol": "By two readers.", "dataBiases": ["One family.", "One year."]},
    "document": "letter",
    "split": "test",
    "configurations": ["letters", "persons"],
    "fields": {"persons.role": "Whether the letter is from or to the person."},
}


def built(folder: Path, facts: Any, card: str | None = None, name: str = "letters") -> tuple[int, str]:
    """Build the letters with facts beside them; the dataset is in ``dataset``."""
    corpus, schema = FOREIGN[name].write(folder / "corpus")
    (folder / "corpus" / "dataset.json").write_text(facts if isinstance(facts, str) else json.dumps(facts))
    if card is not None:
        (folder / "corpus" / "card.md").write_text(card)
    arguments = ["build", "--gold", str(corpus), "--schema", str(schema), "--out", str(folder / "dataset")]
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_everything_that_is_stated_is_in_the_card_and_the_description(tmp_path: Path) -> None:
    import mlcroissant

    code, output = built(tmp_path, STATED)
    assert code == 0, output
    publication = Publication.read(tmp_path / "dataset")
    assert publication.settings["language"] == ["pt"]
    assert publication.settings["license"] == "cc0-1.0"
    assert publication.settings["pretty_name"] == "Letters of a year"
    assert [config.name for config in publication.configs] == ["letters", "persons"]
    assert {str(config.entry["version"]) for config in publication.configs} == {"1.2.3"}
    assert list((tmp_path / "dataset" / "letters").iterdir())
    for words in ("# Letters of a year", "By two readers.", "One family.\n\nOne year.", "An attic, https://example.org/attic",
                  "Whether the letter is from or to the person.", "Someone: Letters of a year, version 1.2.3. https://doi.org/10.1234/letters",
                  "load_dataset(..., revision=\"v1.2.3\")", "`letter_name`"):  # fmt: skip
        assert words in publication.body + publication.files["FIELDS.md"].decode()
    described = publication.croissant
    assert (described["name"], described["inLanguage"], described["datePublished"]) == ("letters", "pt", "2031-01-02")
    issues = mlcroissant.Dataset(jsonld=str(tmp_path / "dataset" / "croissant.json")).metadata.issues
    assert not issues.errors
    assert CliRunner().invoke(main, ["check", str(tmp_path / "dataset")]).exit_code == 0


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("{", "dataset.json: not JSON"),
        ("[]", "expected members among name"),
        ({"nmae": "x"}, "'nmae' was unexpected"),
        ({"name": "a b"}, "name: 'a b' does not match"),
        ({"version": "1.0"}, "version: '1.0' does not match"),
        ({"released": "yesterday"}, "expected day of the release"),
        ({"license": {"id": "other"}}, "SP702"),
        ({"license": {"id": "mit", "file": "COPYING"}}, "names COPYING, which doesn't exist"),
        ({"license": {"id": "mit", "file": "../COPYING"}}, "license.file"),
        ({"configurations": ["persons"]}, "expected the documents too"),
        ({"configurations": ["documents", "people"]}, "there is no people"),
        ({"fields": {"persons.rolle": "x"}}, "there is no persons.rolle"),
        ({"hub": {"licence": ["mit"]}}, "hub"),
        ({"hub": {"task_ids": ["reading-minds"]}}, "SP702"),
        ({"languages": ["english"]}, "languages"),
    ],
)
def test_facts_that_can_not_be_used(facts: Any, says: str, tmp_path: Path) -> None:
    code, output = built(tmp_path, facts)
    assert (code, says in output) == (1 if says == "SP702" else 2, True), output
    assert not (tmp_path / "dataset").exists()


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ("# $nothing", "$nothing isn't a piece of a card; expected one of $agreement"),
        ("a $ b", "or $$ for a dollar sign"),
    ],
)
def test_a_template_that_can_not_be_filled(card: str, says: str, tmp_path: Path) -> None:
    code, output = built(tmp_path, {}, card)
    assert (code, says in output) == (2, True), output


@pytest.mark.parametrize("page", ["FIELDS.md", "README.md"])
def test_a_page_does_not_take_the_place_of_a_file_that_is_built(page: str, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / page).write_text("# Mine\n")
    code, output = built(tmp_path, {"name": "letters", "pages": [page]})
    assert (code, f"{page} is another file of the dataset" in output) == (2, True), output
    assert not (tmp_path / "dataset").exists()


def test_tasks_for_label_studio_are_there_where_they_are_asked_for_and_possible(tmp_path: Path) -> None:
    (tmp_path / "asked" / "corpus").mkdir(parents=True)
    (tmp_path / "asked" / "corpus" / "HOW.md").write_text("# Persons\n\nAll of them.\n")
    code, output = built(tmp_path / "asked", {"name": "letters", "label_studio": {"instructions": "HOW.md"}})
    assert code == 0, output
    publication = Publication.read(tmp_path / "asked" / "dataset")
    assert b"All of them." in publication.files["label-studio/config.xml"]
    assert len(json.loads(publication.files["label-studio/tasks.json"])) == 2
    assert {"label-studio/config.xml", "label-studio/tasks.json", "HOW.md"} <= publication.listed.keys()
    assert "label-studio/" in publication.body
    code, output = built(tmp_path / "lacking", {"name": "letters", "label_studio": {"instructions": "HOW.md"}})
    assert (code, "label_studio.instructions names HOW.md, which doesn't exist" in output) == (2, True), output
    code, _ = built(tmp_path / "unasked", {"name": "letters"})
    publication = Publication.read(tmp_path / "unasked" / "dataset")
    assert not [name for name in publication.files if name.startswith("label-studio")]
    assert "label-studio" not in publication.body


@pytest.mark.parametrize(("name", "says"), [("interviews", "spans of body, head"), ("minimal", "text-missing")])
def test_tasks_that_label_studio_can_not_show_are_refused_in_a_sentence(name: str, says: str, tmp_path: Path) -> None:
    code, output = built(tmp_path, {"name": "x", "label_studio": {}}, name=name)
    assert (code, "dataset.json: label_studio: " in output, says in output) == (2, True, True), output
    assert not (tmp_path / "dataset").exists()


def test_a_template_is_the_card_and_is_known_to_be_built(tmp_path: Path) -> None:
    code, output = built(tmp_path, {"name": "letters"}, "# $title\n\nIt has $documents letters, and costs $$3.\n")
    assert code == 0, output
    publication = Publication.read(tmp_path / "dataset")
    assert publication.body.endswith("# letters\n\nIt has 2 letters, and costs $3.\n")
    (tmp_path / "dataset" / "README.md").write_bytes(publication.files["README.md"].replace(b"2 letters", b"3 letters"))
    result = CliRunner().invoke(main, ["check", str(tmp_path / "dataset")])
    assert (result.exit_code, "SP710" in result.output) == (1, True)


def test_facts_stay_the_same_through_their_files() -> None:
    stated = Facts.beside(ROOT / "annotations" / "gold")
    assert Facts.of({name: text.encode() for name, text in stated.files.items()}) == stated
    assert Facts.beside(ROOT / "dataset") == stated
    assert Facts.of({}) == Facts()


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(FactsError, match="not UTF-8: byte 0xff at byte 1"):
        Facts.of({"dataset.json": b"\xff"})
