"""What a page shows beside what follows from a schema: guidelines in sections, entries of registries to choose from."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.aids import MOST, PATH_SEPARATOR, Aids, not_listed, with_aids_of, without_aids
from spanproof.labelstudio.config import config, lost
from spanproof.labelstudio.from_task import Pulled, from_task
from spanproof.labelstudio.guidelines import as_html, sections
from spanproof.schema.schema import Schema
from support.labelstudio_tasks import ANA, task_of

ARTICLE = Schema.article()
LIST = "entities_entity_id_entities"
ENTRIES = {"zoe": {"name": "Zoë", "type": "PERSON", "aliases": ["Zoë", "Zoe M."]}, "ana": {"name": "Ana"}}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
KEYS = st.one_of(TEXTS, st.sampled_from(["a b", " a", "", f"a{PATH_SEPARATOR}b", "$text", '<&">', "k" * 300]))
GUIDES = st.one_of(
    st.none(),
    TEXTS,
    st.lists(
        st.sampled_from(["# A", "## A", "word", "$text $id", "| a | b |", "|---|---|", "- item", "```", "", "</View>"])
    ).map("\n".join),
)


def chosen_from(entries: Any, guidelines: str | None = None) -> Aids:
    return Aids.of(Corpus.of([], registries={"entities": entries}), guidelines)


@given(st.dictionaries(KEYS, st.one_of(TEXTS, st.just(ENTRIES["zoe"]), st.none(), st.lists(TEXTS))), GUIDES)
def test_aids_stand_apart_whatever_they_hold(entries: dict[str, Any], guidelines: str | None) -> None:
    plain, shown = config(ARTICLE), config(ARTICLE, chosen_from(entries, guidelines))
    root = ElementTree.fromstring(shown)
    assert without_aids(shown) == without_aids(plain) == plain.strip()
    assert with_aids_of(plain, shown) == with_aids_of(shown, plain) == shown
    assert lost(shown, plain) == []
    keys = [str(choice.get("alias")) for choice in root.iter("Choice") if choice.get("alias")]
    assert set(keys) <= entries.keys()
    assert all(PATH_SEPARATOR not in key and key == " ".join(key.split()) for key in keys)
    for taxonomy in root.iter("Taxonomy"):
        labels = [str(choice.get("value")) for choice in taxonomy]
        assert len(set(labels)) == len(labels)
    shown_texts = [str(each.get("value")) for each in root.iter() if each.tag in ("Header", "Panel", "Choice")]
    assert {text for text in shown_texts if re.search(r"\$[\w\[]", text)} == {"$about", "$findings"}


@given(GUIDES.filter(bool))
def test_no_word_of_the_guidelines_is_lost(text: str) -> None:
    shown = " ".join(part for section in sections(text) for part in section)
    words = re.sub(r"[^\w]+", " ", text).split()
    assert [word for word in words if word not in shown] == []


def test_paragraphs_are_one_line_and_lists_code_and_bars_without_a_head_stay() -> None:
    text = (
        "Before\nit.\n\n# One\n\na\nb\n\n- x\n  y\n- z\n\n| a |\n| b |\n\n```\n# no heading\n  c\n```\n# One\n\nlast\n"
    )
    assert sections(text) == [
        ("Introduction", "Before it."),
        ("One", "a b\n\n- x y\n- z\n\n| a |\n| b |\n\n```\n# no heading\n  c\n```"),
        ("One (2)", "last"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "| label | is |\n|---|:-:|\n| GPE | a **state** |\n| `a\\|b` | |\n\nafter\n",
            "- label · is\n- label: GPE · is: a state\n- label: `a|b`\n\nafter",
        ),
        ("a | b\n- | -\nc | d | e\nf\n\n| b | c |", "- a · b\n- a: c · b: d · e\n- a: f\n\n| b | c |"),
        ("| a | b |\n|---|\n", "| a | b |\n|---|"),
        ("| |\n|-|\n| x |\n", "-\n- x"),
        ("```\n| a |\n|---|\n```", "```\n| a |\n|---|\n```"),
    ],
)
def test_a_row_of_a_table_names_its_columns(text: str, shown: str) -> None:
    assert sections(text) == [("Introduction", shown)]


def test_an_entry_is_found_by_its_key_its_name_and_its_spellings() -> None:
    root = ElementTree.fromstring(config(ARTICLE, chosen_from(ENTRIES)))
    (taxonomy,) = (each for each in root.iter("Taxonomy") if each.get("name") == LIST)
    shown = {str(choice.get("alias")): choice.get("value") for choice in taxonomy}
    assert shown == {"zoe": "zoe · Zoë · PERSON · Zoe M.", "ana": "ana · Ana"}


def test_a_registry_that_is_too_long_is_said_and_one_that_is_absent_is_no_empty_list() -> None:
    long = Corpus.of([], registries={"entities": {f"e{k}": {} for k in range(MOST + 1)}})
    (finding,) = not_listed(long)
    assert (finding.code, finding.severity) == ("list-too-long", "info")
    assert str(MOST + 1) in finding.message
    for corpus in (long, Corpus.of([])):
        assert not list(ElementTree.fromstring(config(ARTICLE, Aids.of(corpus))).iter("Taxonomy"))
    assert not_listed(Corpus.of([], registries={"entities": ENTRIES})) == []


def pulled(written: str | None, chosen: Any, entity: Any = ANA) -> Pulled:
    """What comes back where a key was pushed with an annotation, one is written now, and one chosen in the list."""
    task = task_of(sound(id="a", entities=[entity]))
    result = [item for item in task["annotations"][0]["result"] if item["from_name"] != "entities_entity_id"]
    about = {"id": result[0]["id"], "to_name": "text", "origin": "manual"}
    at = {"start": 0, "end": 9}
    if written is not None:
        value = {**at, "text": [written]}
        result.append({**about, "from_name": "entities_entity_id", "type": "textarea", "value": value})
    if chosen is not None:
        result.append({**about, "from_name": LIST, "type": "taxonomy", "value": {**at, "taxonomy": chosen}})
    return from_task(task, ARTICLE, {"result": result})


@pytest.mark.parametrize(
    ("written", "chosen", "expected"),
    [
        ("ana", None, "ana"),
        ("ana", [["zoe"]], "zoe"),
        ("zoe", [["zoe"]], "zoe"),
        (None, [["zoe"]], "zoe"),
        ("ana", [], "ana"),
    ],
)
def test_what_is_chosen_in_the_list_replaces_what_was_pushed(written: Any, chosen: Any, expected: str) -> None:
    got = pulled(written, chosen)
    assert got.document["entities"][0]["entity_id"] == expected
    assert got.findings == ()


@pytest.mark.parametrize(
    ("written", "chosen", "code"),
    [
        ("new", [["zoe"]], "value-twice"),
        ("ana", [["zoe"], ["max"]], "attribute-twice"),
        ("ana", [["zoe", "below"]], "attribute-unreadable"),
        ("ana", [["zoe"], 7], "attribute-unreadable"),
        ("ana", 7, "attribute-unreadable"),
    ],
)
def test_two_keys_or_none_are_an_error_and_never_a_guess(written: str, chosen: Any, code: str) -> None:
    assert [(finding.code, finding.severity) for finding in pulled(written, chosen).findings] == [(code, "error")]


def test_what_annotators_are_shown_first_has_headings_and_lines_and_no_style() -> None:
    shown = as_html("# One <b>\n\na & b\n\n- x\n- y\n")
    assert shown == "<h3>One &lt;b&gt;</h3><p>a &amp; b<br><br>- x<br>- y</p>"
