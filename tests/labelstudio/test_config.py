import functools
import itertools
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.labelstudio import colours
from spanproof.labelstudio.config import RESERVED, config, hotkeys
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents
from support import examples
from support.documents import LETTERS
from support.labelstudio_schemas import events

SCHEMAS = {"article": Schema.article(), "letters": Schema.of(LETTERS), "events": events()}
APART = 4.0
"""The least distance of two label colours in any vision, Oklab times 100, for as many labels as an article has."""


def parsed(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(config(SCHEMAS[name]))


def labels(root: ElementTree.Element) -> list[str]:
    return [str(each.get("value")) for each in root.iter("Label")]


def test_an_article_has_a_label_for_each_value_and_part_under_the_header_of_its_layer() -> None:
    (control,) = parsed("article").iter("Labels")
    groups: dict[str, list[str]] = {}
    for each in control:
        if each.tag == "Header":
            header = str(each.get("value"))
        else:
            groups.setdefault(header, []).append(str(each.get("value")))
    assert list(groups) == ["Zones", "Entities", "Quotes", "Dates", "Damage"]
    assert len(groups["Entities"]) == 16
    assert groups["Quotes"] == ["direct", "indirect", "mixed", "source", "cue"]
    assert groups["Dates"] == ["DATE", "TIME", "DURATION", "SET"]
    assert control.get("choice") == "single"


def test_controls_of_an_article_show_where_they_apply() -> None:
    root = parsed("article")
    shown = {each.get("name"): (each.tag, each.get("whenLabelValue")) for each in root.iter() if each.get("perRegion")}
    dates, quotes = "DATE,TIME,DURATION,SET", "direct,indirect,mixed"
    assert shown.pop("entities_entity_id")[1].split(",")[0] == "PERSON"  # type: ignore[union-attr]
    assert shown.pop("damage_note")[0] == "TextArea"
    assert shown == {
        "quotes_speaker": ("TextArea", quotes),
        "quotes_utterance": ("TextArea", quotes),
        "dates_value": ("TextArea", dates),
        "dates_mod": ("Choices", dates),
        "dates_anchor": ("Choices", dates),
    }
    assert [each.get("value") for each in root.iter("Relation")] == ["source", "cue", "continues", "anchor"]


def test_another_schema_has_another_config() -> None:
    root = parsed("letters")
    assert labels(root) == ["sender", "receiver", "fragments"]
    assert [each.get("value") for each in root.iter("Relation")] == ["fragments", "of"]
    assert not [each for each in root.iter() if each.get("perRegion")]


def test_labels_that_clash_or_hold_commas_are_told_apart() -> None:
    found = labels(parsed("events"))
    assert len(set(found)) == len(found)
    assert not [label for label in found if "," in label]
    assert {"headline", "layers.names: a b", "layers.names: a b_2", "other", "names (none)", "at"} == set(found)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_config_is_the_same_each_time_and_names_nothing_twice(name: str) -> None:
    assert config(SCHEMAS[name]) == config(Schema.of(SCHEMAS[name].json))
    root = parsed(name)
    names = [each.get("name") for each in root.iter() if each.get("name")]
    assert len(names) == len(set(names))
    for control in root.iter():
        if control.get("perRegion"):
            assert set(str(control.get("whenLabelValue")).split(",")) <= set(labels(root))
            assert control.get("whenTagName") == "span"


@pytest.mark.parametrize("name", SCHEMAS)
def test_hotkeys_are_single_and_free(name: str) -> None:
    keys = [each.get("hotkey") for each in parsed(name).iter("Label")]
    assert len(keys) == len(set(keys))
    assert None not in keys
    assert not set(keys) & set(RESERVED)


@given(st.lists(st.text(), unique=True, max_size=80))
def test_hotkeys_of_any_labels(values: list[str]) -> None:
    keys = hotkeys(values)
    assert len(set(keys.values())) == len(keys) == min(len(values), 25 + 10 + 25)
    assert not set(keys.values()) & set(RESERVED)


def test_hints_come_from_descriptions() -> None:
    hints = {each.get("value"): each.get("hint") for each in parsed("article").iter("Label")}
    assert hints["direct"] == "direct: the whole content stands in quotation marks"
    assert hints["source"] == "The words that name who speaks; null where the sentence names none."
    values = {each.get("name"): each.get("placeholder") for each in parsed("article").iter("TextArea")}
    assert values["dates_value"] == "value: TIMEX3 value."


def rgb(colour: str) -> list[float]:
    return [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]


@pytest.mark.parametrize("vision", colours.VISIONS)
@pytest.mark.parametrize("name", SCHEMAS)
def test_colours_stay_apart_in_every_vision(name: str, vision: str) -> None:
    used = np.array([rgb(str(each.get("background"))) for each in parsed(name).iter("Label")])
    shades = colours.seen(np.vstack([used, np.ones((1, 3))]), vision)
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(shades, 2)) >= APART


def test_labels_can_be_read_on_their_colours() -> None:
    for each in parsed("article").iter("Label"):
        assert colours.contrast_with_black(np.array([rgb(str(each.get("background")))]))[0] >= 4.5
        assert each.get("selectedColor") == "#000000"


def test_simulated_visions_confuse_what_they_should() -> None:
    def apart(a: str, b: str, vision: str) -> float:
        one, other = colours.seen(np.array([rgb(a), rgb(b)]), vision)
        return float(np.linalg.norm(one - other))

    assert apart("#c08000", "#80a000", "deuteranopia") < apart("#c08000", "#80a000", "normal") / 2
    assert apart("#008080", "#0080a0", "tritanopia") < apart("#008080", "#0080a0", "normal")
    grey = colours.seen(np.array([[0.5, 0.5, 0.5]]), "normal")[0]
    for vision in colours.VISIONS:
        assert np.abs(colours.seen(np.array([[0.5, 0.5, 0.5]]), vision)[0] - grey).max() < 0.1
    assert colours.contrast_with_black(np.ones((1, 3)))[0] == pytest.approx(21)


@functools.cache
def interface(name: str) -> Any:
    sdk = pytest.importorskip("label_studio_sdk.label_interface", reason="needs label-studio-sdk")
    return sdk.LabelInterface(config(SCHEMAS[name]))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_sdk_takes_the_config(name: str) -> None:
    found = interface(name)
    found.validate()
    layout = Layout.of(SCHEMAS[name])
    assert set(found.get_control("span").labels) == {label.value for label in layout.labels}
    drawn = {control.name for control in layout.controls if control.kind != "taxonomy"}
    assert {control.name for control in found.controls} >= drawn


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=examples(30))
@given(st.data())
def test_the_sdk_takes_the_results(name: str, data: st.DataObject) -> None:
    result = to_task(data.draw(documents(SCHEMAS[name])), SCHEMAS[name])["annotations"][0]["result"]
    assert interface(name).validate_prediction({"model_version": "x", "result": result}, return_errors=True) == []
