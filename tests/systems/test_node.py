"""Systems in JavaScript: the bridge, what its scripts say, and the two systems with their real packages."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spanproof
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from spanproof.systems import node
from spanproof.systems.adapters import chrono, compromise, wink
from spanproof.systems.adapters.chrono import Moment, extent, reading
from spanproof.systems.adapters.compromise import Term, names, quotation
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import MissingSystemError, PartialAnswer, Predict, Source
from spanproof.testing.strategies import documents, texts
from spanproof.text import timex
from spanproof.text.offsets import utf16
from support import examples
from support.documents import ROOT
from support.predictions import annotate
from support.systems_here import committed, interpreter

GOLD = ROOT / "annotations" / "gold"
LINES = Path(node.__file__).with_name("lines.mjs")
DCT = "2025-02-26"  # a Wednesday, in 2025-W09
ANY = st.text(st.characters(exclude_categories=())) | texts()
NEWS = st.sampled_from(
    (
        *("Mr. Lavrov met Angela Merkel’s envoy, ", "in Paris, France. ", "the United Nations ", "He said “we go,” "),
        *(
            "«no» ",
            '"Well',
            "on Monday, ",
            "last week ",
            "Feb.18 ",
            "3pm ",
            "in 44 BC ",
            "🎉",
            "u\u0308",
            "\r\n",
            "\ud83d",
        ),
        *("this weekend ", "tomorrow night ", "2 hours ago ", "'90s ", "next quarter", "Dr. ", "U.S. "),
    )
)
MIXED = st.lists(NEWS | texts(), max_size=8).map("".join)


@cache
def loaded(module: Any) -> Predict:
    """One process of Node.js for all tests and examples."""
    predict_with: Callable[[node.Script], Predict] = module.predict_with
    script = Path(module.__file__).with_suffix(".mjs")
    return predict_with(node.start(script, interpreter(module.SYSTEM).parents[1] / "node_modules"))


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], node.Script]:
    """A script of a few lines, started."""
    interpreter(chrono.SYSTEM)

    def made(body: str) -> node.Script:
        path = tmp_path / "script.mjs"
        path.write_text(f"import {{ load, serve }} from '{LINES.as_uri()}'\n{body}\n")
        return node.start(path, tmp_path)

    return made


def said(text: str, word: str, module: Any = chrono, dct: str | None = DCT) -> dict[str, Any]:
    document = {"id": "a", "text": text, "language": "en", "dct": {"value": dct}}
    (made,) = annotate(module.SYSTEM, loaded(module), [document], Schema.article())
    found = [each for layer in module.SYSTEM.predicts for each in made[layer] if each["text"] == word]
    assert found, {layer: [each["text"] for each in made[layer]] for layer in module.SYSTEM.predicts}
    return dict(found[0])


@given(ANY, st.data())
def test_offsets_of_javascript_become_code_points(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    offset = sum(2 if ord(each) > 0xFFFF else 1 for each in text[:start])
    assert node.code_points(text, utf16(text), offset, text[start:end]) == (start, end)


def test_an_offset_that_is_none_is_refused() -> None:
    text, units = "a😀b", utf16("a😀b")
    wrong: list[tuple[int, str, str]] = [
        (2, "\ude00b", "within a character"),
        (0, "a\ud83d", "within a character"),
        (2, "", "within a character"),
        (3, "bb", "of 4 units"),
        (-1, "a", "of 4 units"),
        (1, "b", "where '' stands|within a character"),
        (3, "a", "where 'b' stands"),
    ]
    for start, surface, problem in wrong:
        with pytest.raises(ValueError, match=problem):
            node.code_points(text, units, start, surface)
    for nonsense in ((True, "a"), (None, "a"), (1.0, "a"), (0, None), (0, ["a"])):
        with pytest.raises(TypeError):
            node.code_points(text, units, *nonsense)


def test_surrogates_that_stand_alone_side_by_side_are_two_code_points() -> None:
    text = "a\ud83d\ude00b"
    assert node.code_points(text, utf16(text), 1, "😀") == (1, 3)
    assert node.code_points(text, utf16(text), 2, "\ude00b") == (2, 4)


def test_what_has_no_place_is_left_out_and_told_once() -> None:
    source = Source("doc", "Ana")
    things = [{"start": 0, "text": "Ana"}, {"start": 1, "text": "Ana"}, {"start": 9, "text": ""}]

    def place(units: Any, each: Any) -> tuple[int, int]:
        return node.code_points(source.text, units, each["start"], each["text"])

    with pytest.warns(
        PartialAnswer, match=r"^x, document 'doc': left out: 'Ana' at 1, of 3 units; and 1 more$"
    ) as told:
        assert node.parsed("x", source, things, place) == [(0, 3)]
    assert len(told) == 1
    wrong: list[Any] = [None, 3, {}, {"start": 0}, {"start": 0, "text": 3}, []]
    for nonsense in wrong:
        with pytest.raises(PredictionError, match="x, document 'doc'"):
            node.parsed("x", source, [nonsense], place)


def test_any_text_comes_through_the_bridge_as_it_is(script: Callable[[str], node.Script]) -> None:
    echo = script("serve(({ text }) => [text, text.length])")

    @given(ANY)
    def holds(text: str) -> None:
        back, length = echo.ask(Source("a", text))
        assert back.encode("utf-16-le", "surrogatepass") == text.encode("utf-16-le", "surrogatepass")
        assert length == len(utf16(text)) - 1

    holds()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("serve(() => process.exit(3))", "Node.js ended: status 3"),
        (
            "serve(() => { queueMicrotask(() => { throw new RangeError('torn') }); return new Promise(() => 0) })",
            "answer",
        ),
        ("serve(() => { process.stdout.write('hello\\n'); return [] })", "the answer is b'hello"),
        ("serve(() => ({ a: 1 }))", "the answer is"),
        ("serve(() => { process.stdout.write('[1, '); process.exit(0) })", "ended: status 0"),
        ("serve(() => { process.kill(process.pid, 'SIGKILL'); while (true); })", "ended: status -9"),
    ],
)
def test_a_script_that_dies_or_talks_nonsense_is_told_apart(
    script: Callable[[str], node.Script], body: str, problem: str
) -> None:
    with pytest.raises(PredictionError, match=f"script.mjs, document 'doc': .*{problem}"):
        script(body).ask(Source("doc", "text"))


def test_a_script_that_died_says_so_again(script: Callable[[str], node.Script]) -> None:
    dead = script("serve(() => { throw null.x })\nsetTimeout(() => { throw new RangeError('torn') }, 50)")
    dead.process.wait(30)
    for _ in range(2):
        with pytest.raises(PredictionError, match="RangeError: torn"):
            dead.ask(Source("doc", "text" * 100_000))


def test_a_package_that_throws_loses_one_text(script: Callable[[str], node.Script]) -> None:
    throwing = script("serve(({ text }) => { if (text === 'b') throw new TypeError('torn'); return [text] })")
    assert throwing.ask(Source("1", "a")) == ["a"]
    with pytest.warns(PartialAnswer, match="document '2': the whole text: TypeError: torn"):
        assert throwing.ask(Source("2", "b")) == []
    assert throwing.ask(Source("3", "c")) == ["c"]


def test_what_can_t_start_says_why(script: Callable[[str], node.Script], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingSystemError, match="Cannot find module 'no-such-package'"):
        script("load('no-such-package')")
    with pytest.raises(MissingSystemError, match="SyntaxError"):
        script("serve((")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingSystemError, match=r"Node\.js can't be started"):
        script("serve(() => [])")


def test_a_forgotten_script_ends(script: Callable[[str], node.Script]) -> None:
    one = script("serve(() => [])")
    process = one.process.popen
    assert process.poll() is None
    del one
    gc.collect()
    assert process.poll() is not None


def test_a_script_ends_with_the_process_that_started_it(script: Callable[[str], node.Script], tmp_path: Path) -> None:
    script("serve(() => [])")
    path = tmp_path / "script.mjs"
    code = (
        "import os, signal, sys; from pathlib import Path; from spanproof.systems import node;"
        "one = node.start(Path(sys.argv[1]), Path()); print(one.process.popen.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and alive(int(done.stdout)):
        time.sleep(0.05)
    assert not alive(int(done.stdout))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
        status = Path(f"/proc/{process}/status")
        return "\nState:\tZ" not in status.read_text() if status.exists() else True
    except OSError:
        return False


PARTS = ("year", "month", "day", "weekday", "hour", "minute", "second")
MOMENTS = st.builds(
    Moment,
    st.fixed_dictionaries({part: st.none() | st.integers(-10_000, 10_000) | st.integers(0, 31) for part in PARTS}),
    st.frozensets(st.sampled_from(PARTS)),
    st.frozensets(st.sampled_from(("casualReference/now", "result/relativeDateAndTime", "result/relativeDate"))),
    st.booleans(),
)


@given(MIXED, MOMENTS, st.none() | st.dates())
def test_every_moment_has_a_right_timex3_value(surface: str, found: Moment, day: date | None) -> None:
    read = reading(surface, found, day)
    assert timex.problem(read.value, read.type) is None
    assert read.type in chrono.SYSTEM.predicts["dates"]


@given(ANY | MIXED)
def test_an_extent_lies_in_its_surface_and_is_its_own(surface: str) -> None:
    low, high = extent(surface)
    assert 0 <= low <= high <= len(surface)
    assert surface[low:high] == surface[low:high].strip()
    assert extent(surface[low:high]) == (0, high - low)


@given(texts(), st.data())
def test_terms_of_any_text_make_sound_names_and_quotations(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=40)))
    tags = st.frozensets(st.sampled_from(("Honorific", "Person")))
    fours = zip(cuts[::3], cuts[1::3], cuts[2::3], cuts[3::3], strict=False)
    terms = [Term(low, start, end, high, data.draw(tags)) for low, start, end, high in fours]
    found = [*names(text, "PERSON", terms), *names(text, "ORG", terms[:2])]
    assert all(0 <= each["start"] < each["end"] <= len(text) for each in found)
    span = quotation(text, terms)
    assert span is None or text[slice(*span)] == text[slice(*span)].strip() != ""


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("“we go,” ", "we go"),
        ("«Go.»", "Go."),
        ('("we go', "we go"),
        ("“… go»", "… go"),
        ("we go", None),
        ("“,”", None),
    ],
)
def test_the_content_of_a_quotation_is_between_its_marks(text: str, content: str | None) -> None:
    letters = [k for k, each in enumerate(text) if each.isalpha()] or [2]
    terms = [Term(0, letters[0], letters[-1] + 1 if content else 2, len(text), frozenset())]
    span = quotation(text, terms)
    assert (span and text[slice(*span)]) == content


slow = pytest.mark.slow


@slow
@pytest.mark.xdist_group("node")
@pytest.mark.parametrize("module", [chrono, compromise, wink])
def test_what_is_said_of_the_corpus_is_sound(module: Any, tmp_path: Path) -> None:
    system = module.SYSTEM
    gold = read(GOLD)
    here = list(annotate(system, loaded(module), list(gold.documents()), gold.schema))
    JSONL.write(tmp_path / "here.jsonl", here, gold.schema)
    assert not [each for each in spanproof.check(here).findings if each.severity == "error"]
    assert (tmp_path / "here.jsonl").read_bytes() == committed(system.name).path.read_bytes()
    for layer in system.predicts:
        assert all(document[layer] for document in here), layer


@slow
@pytest.mark.xdist_group("node")
@pytest.mark.filterwarnings("ignore::spanproof.systems.system.PartialAnswer")
@pytest.mark.parametrize("module", [chrono, compromise, wink])
def test_what_is_said_of_any_text_is_sound_and_again_the_same(module: Any) -> None:
    predict = loaded(module)

    @settings(max_examples=examples(40))
    @given(documents())
    def articles(gold: dict[str, Any]) -> None:
        (made,) = annotate(module.SYSTEM, predict, [gold], Schema.article())
        found = spanproof.check(Corpus.of([made], Schema.article())).findings
        assert not [each for each in found if each.severity == "error" and each.code != "SP108"]

    @given(MIXED, st.none() | st.sampled_from(("", DCT, "0001-01-01", "9999-12-31", "2024-02-29", "XXXX")))
    def strings(text: str, dct: str | None) -> None:
        document = {"id": "a", "text": text, "language": "en", "dct": {"value": dct}}
        once, twice = (list(annotate(module.SYSTEM, predict, [document], Schema.article())) for _ in range(2))
        assert once == twice
        spans = [each for layer in module.SYSTEM.predicts for each in once[0][layer]]
        assert all(each["text"] == text[each["start"] : each["end"]] == each["text"].strip() != "" for each in spans)

    articles()
    strings()


@slow
@pytest.mark.xdist_group("node")
@pytest.mark.parametrize(
    ("text", "surface", "type_", "value", "unknown"),
    [
        ("🎉 On Friday, he left", "Friday", "DATE", "2025-02-28", "XXXX-WXX-5"),
        ("on Feb.18 he", "Feb.18", "DATE", "2025-02-18", "XXXX-02-18"),
        ("in October 2024", "October 2024", "DATE", "2024-10", "2024-10"),
        ("March 3, 2021", "March 3, 2021", "DATE", "2021-03-03", "2021-03-03"),
        ("last week", "last week", "DATE", "2025-W08", "XXXX-WXX"),
        ("this week", "this week", "DATE", "2025-W09", "XXXX-WXX"),
        ("this weekend", "this weekend", "DATE", "2025-W09-WE", "XXXX-WXX-WE"),
        ("next month", "next month", "DATE", "2025-03", "XXXX-XX"),
        ("last year", "last year", "DATE", "2024", "XXXX"),
        ("next quarter", "next quarter", "DATE", "2025-Q2", "XXXX-QX"),
        ("yesterday", "yesterday", "DATE", "2025-02-25", "XXXX-XX-XX"),
        ("in 5 days", "5 days", "DATE", "2025-03-03", "XXXX-XX-XX"),
        ("tomorrow night", "tomorrow night", "TIME", "2025-02-27TNI", "XXXX-XX-XXTNI"),
        ("last night", "last night", "TIME", "2025-02-25TNI", "XXXX-XX-XXTNI"),
        ("tonight", "tonight", "TIME", "2025-02-26TNI", "XXXX-XX-XXTNI"),
        ("this morning", "this morning", "TIME", "2025-02-26TMO", "XXXX-XX-XXTMO"),
        ("at 3:30pm", "3:30pm", "TIME", "2025-02-26T15:30", "XXXX-XX-XXT15:30"),
        ("Monday at 9am", "Monday at 9am", "TIME", "2025-02-24T09:00", "XXXX-WXX-1T09:00"),
        ("2 hours ago", "2 hours ago", "TIME", "XXXX-XX-XXTXX", "XXXX-XX-XXTXX"),
        ("not now", "now", "DATE", "PRESENT_REF", "PRESENT_REF"),
    ],
)
def test_chrono_reads_moments(text: str, surface: str, type_: str, value: str, unknown: str) -> None:
    found = said(text, surface)
    assert (found["type"], found["value"], found["anchor"]) == (type_, value, "dct" if value != unknown else None)
    without = said(text, surface, dct=None)
    assert (without["type"], without["value"], without["anchor"]) == (type_, unknown, None)


@slow
@pytest.mark.xdist_group("node")
def test_compromise_finds_names_and_quotations() -> None:
    text = "🎉 Mr. Barack Obama’s envoy met Angela Merkel in Paris. The United Nations said: “We all go,” she said."
    names_ = {"Barack Obama": "PERSON", "Angela Merkel": "PERSON", "Paris": "LOC", "United Nations": "ORG"}
    for name, label in names_.items():
        found = said(text, name, compromise)
        assert (found["label"], found["entity_id"]) == (label, None)
    quote = said(text, "We all go", compromise)
    assert (quote["type"], quote["source"], quote["cue"], quote["speaker"]) == ("direct", None, None, None)


@slow
@pytest.mark.xdist_group("node")
@pytest.mark.parametrize(
    ("text", "surface", "layer", "label"),
    [
        ("🎉  he paid $5 million", "$5 million", "entities", "MONEY"),
        ("🎉 30%", "30%", "entities", "PERCENT"),
        ("the second one", "second", "entities", "ORDINAL"),
        ("1,000 people", "1,000", "entities", "CARDINAL"),
        ("on\r\n🎉 Feb. 18, 2025 🎉", "Feb. 18, 2025", "dates", "DATE"),
        ("for two weeks", "two weeks", "dates", "DURATION"),
    ],
)
def test_wink_finds_numbers_and_times(text: str, surface: str, layer: str, label: str) -> None:
    found = said(text, surface, wink)
    assert (found.get("label") or found["type"], "value" in found) == (label, layer == "dates")
    if layer == "dates":
        assert timex.problem(found["value"], found["type"]) is None
