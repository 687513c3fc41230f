"""Plots: the same bytes each time, white, without text that needs a font, and every system and label in them."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.bench.leaderboard.plots import Line, forest, heat, line
from spanproof.formats.discovery import read
from spanproof.metrics.score import score
from support import examples
from support.documents import ROOT

LINES = {
    "entities": [
        Line("spacy-sm", (0.8, 0.7, 0.9), (0.9, 0.8, 0.95)),
        Line("gazetteer", (0.97, 0.95, 0.98), (0.97, 0.95, 0.98), in_sample=True),
        Line("silent", None, None),
    ],
    "timex3": [Line("spacy-sm", (0.5, 0.5, 0.5), (1, 1, 1))],
}
LABELS = {"WORK_OF_ART": 3, "GPE": 161, **{f"L{k}": k for k in range(9)}}
COLUMNS = {label: f"{label} {n}" for label, n in LABELS.items()}
VALUES: dict[str, dict[str, float | None]] = {
    "spacy-sm": dict.fromkeys(LABELS, 0.4),
    "gazetteer": {"GPE": 1.0, "L1": None},
}
PLOTS: dict[str, Callable[[], bytes]] = {
    "forest": lambda: forest(LINES),
    "heat": lambda: heat(COLUMNS, VALUES, "Recall", "note"),
}
EVERY = pytest.mark.parametrize("name", PLOTS)


def comments(svg: bytes) -> list[str]:
    """The texts, which matplotlib keeps as comments beside their paths."""
    return [text.strip() for text in re.findall(r"<!--(.*?)-->", svg.decode(), re.DOTALL)]


@EVERY
def test_bytes_are_the_same_whatever_the_settings(name: str) -> None:
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": "other", "axes.facecolor": "black"}):
        other = PLOTS[name]()
    assert PLOTS[name]() == other
    assert mpl.rcParams["svg.hashsalt"] != "spanproof"


@EVERY
def test_a_plot_stands_alone_on_white(name: str) -> None:
    svg = PLOTS[name]()
    root = ET.fromstring(svg)
    assert not root.findall(".//{*}text")
    assert not re.search(rb"<dc:date>|<dc:creator>|(?:href|src)=\"(?!#)", svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    background = root.find(".//{*}g[@id='patch_1']/{*}path")
    assert background is not None
    assert "#ffffff" in background.attrib["style"]
    assert (width < 400, height > 100) == (True, True)


def test_every_system_task_label_and_transformation_is_written() -> None:
    assert {"spacy-sm", "gazetteer", "silent", "entities", "timex3", "strict", "in-sample"} <= {
        *comments(forest(LINES))
    }
    assert "in-sample" not in comments(forest({"timex3": LINES["timex3"]}))
    texts = comments(heat(COLUMNS, VALUES, "Recall", "note"))
    assert {"spacy-sm", "gazetteer", *(f"{label} {n}" for label, n in LABELS.items())} <= {*texts}
    assert (texts.count("40"), texts.count("100"), texts.count("spacy-sm")) == (11, 1, 2)
    assert {"Recall, %", "note"} <= {*texts}


def test_the_best_come_first_and_those_in_sample_last() -> None:
    texts = comments(forest({"entities": [LINES["entities"][k] for k in (1, 2, 0)]}))
    names = [text for text in texts if text in ("spacy-sm", "gazetteer", "silent")]
    assert names == ["spacy-sm", "silent", "gazetteer"]


@settings(max_examples=examples(10))
@given(
    st.lists(st.text("abcdefghij-WM_$\\{}^<&", min_size=1, max_size=60), min_size=1, max_size=4, unique=True), st.data()
)
def test_any_names_and_numbers_make_a_plot(names: list[str], data: st.DataObject) -> None:
    share = st.floats(0, 1)
    some: Any = st.none() | share
    lines = [Line(name, *data.draw(st.tuples(*[st.none() | st.tuples(share, share, share)] * 2))) for name in names]
    made = [
        forest({"task": lines}),
        heat({name: name for name in names}, {name: {names[0]: data.draw(some)} for name in names}, *names[:1] * 2),
    ]
    for svg in made:
        ET.fromstring(svg)


def test_nothing_makes_an_empty_plot() -> None:
    for svg in (forest({}), heat({}, {}, "", "")):
        assert ET.fromstring(svg).tag.endswith("svg")


@pytest.mark.parametrize("task", ["entities", "quotations", "timex3"])
def test_a_line_is_the_exact_score_of_the_layer(task: Any) -> None:
    gold = read(ROOT / "annotations" / "gold")
    scores = score(gold, gold, task, resamples=10)
    n, _ = next(one.n for one in scores.scores if (one.measure, one.part) == ("exact", None))
    perfect = (1, round(0.025 ** (1 / n), 6), 1)
    assert line("itself", scores, True) == Line("itself", perfect, perfect, True)
    silent = read(ROOT / "annotations" / "gold").schema
    assert line("bare", score(gold, type(gold).of([], silent), task, resamples=0)).strict == (0, 0, 0)
