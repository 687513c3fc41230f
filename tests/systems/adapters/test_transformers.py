"""Models of transformers: windows and words, and a tiny real model."""

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from spanproof.systems.adapters import transformers
from spanproof.systems.adapters.transformers import joined, owned, words
from support.toy_models import BERT, LETTERS, answers, built, partition, plain, said


@given(st.integers(0, 200), st.integers(4, 40))
def test_each_token_is_judged_once_and_never_at_an_inner_edge(count: int, room: int) -> None:
    overlap = room // 4
    starts = list(range(0, max(1, count - overlap), room - overlap))
    windows = [([(k, k + 1) for k in range(s, min(s + room, count))], list[str]()) for s in starts]
    tagged = [(offsets, [f"{w}:{low}" for low, _ in offsets]) for w, (offsets, _) in enumerate(windows)]
    found = joined(tagged, overlap)
    assert [low for low, _, _ in found] == list(range(count))
    for k, (first, end) in enumerate(owned([len(tags) for _, tags in tagged], overlap)):
        assert k == 0 or first == overlap // 2
        assert k == len(tagged) - 1 or end == room - overlap + overlap // 2


@given(LETTERS, st.lists(st.integers(0, 10**4), max_size=20), st.data())
def test_words_are_whole_apart_and_tagged_as_they_begin(text: str, cuts: list[int], data: st.DataObject) -> None:
    tokens = [(*extent, str(k)) for k, extent in enumerate(partition(text, cuts))]
    doubled = [each for each in tokens for _ in range(data.draw(st.integers(1, 2)))]  # several of one character
    found = list(words(text, doubled))
    assert all(0 <= low < high <= len(text) and text[low:high] == text[low:high].strip() for low, high, _ in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    for low, high, tag in found:
        start, end, _ = tokens[int(tag)]
        assert start <= low < end
        assert not regex.fullmatch(r"[a-zé]{2}", text[low - 1 : low + 1] if low else "")
        assert not regex.fullmatch(r"[a-zé]{2}", text[high - 1 : high + 1])
        assert not regex.match(r"\p{M}", text[high : high + 1])
    covered = {k for low, high, _ in found for k in range(low, high)}
    assert {k for k, letter in enumerate(text) if regex.match(r"[\w--\p{M}]", letter, regex.V1)} <= covered


@pytest.mark.parametrize(
    ("stated", "positions", "padding", "right"),
    [(512, 512, None, 512), (10**30, 514, 1, 512), (512, 514, 1, 512), (10**30, 0, None, 512), (128, 512, None, 128)],
)
def test_a_window_is_what_tokenizer_and_positions_allow(
    stated: int, positions: int, padding: int | None, right: int
) -> None:
    tables = [SimpleNamespace(num_embeddings=30_000, padding_idx=1), SimpleNamespace()]
    tables.append(SimpleNamespace(num_embeddings=positions, padding_idx=padding))
    model = SimpleNamespace(config=SimpleNamespace(max_position_embeddings=positions), modules=lambda: tables)
    assert transformers._size(SimpleNamespace(model_max_length=stated), model) == right


def test_a_script_without_spaces_keeps_its_tokens() -> None:
    text = "李明在北京 Aná Co."
    tokens = [(0, 2, "B"), (2, 3, "O"), (3, 5, "C"), (5, 7, "D"), (7, 9, "E"), (10, 12, "F"), (12, 13, "G")]
    assert [(text[low:high], tag) for low, high, tag in words(text, tokens)] == [
        ("李明", "B"),
        ("在", "O"),
        ("北京", "C"),
        ("Aná", "D"),
        ("Co", "F"),
        (".", "G"),
    ]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"architectures": ["BertForMaskedLM"], "id2label": {"0": "B-PER"}}, "isn't a token classifier"),
        ({"architectures": ["BertForTokenClassification"], "id2label": {"0": "LABEL_0"}}, "none of its labels"),
        ({"architectures": None, "id2label": {}}, "no config.json with the labels"),
    ],
)
def test_a_folder_that_is_no_tagger_of_names_is_refused(tmp_path: Path, config: object, problem: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=problem):
        transformers.make(str(tmp_path))


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("bert")
    config = {"architectures": ["BertForTokenClassification"], "id2label": {"0": "B-PER"}}
    (folder / "config.json").write_text(json.dumps(config))
    built(transformers.make(str(folder)), BERT, folder)
    edges = [plain(f"edge-{k}", f"{'🎉 ' * k}Ana Maria Silva Robinson{' word' * 45}") for k in range(45)]
    parts = [plain(f"part-{k}", part) for k, part in enumerate(PARTS)]
    pairs = [
        plain(f"pair-{k}-{n}", f"{one}{FAR}{other}") for k, one in enumerate(PARTS) for n, other in enumerate(PARTS)
    ]
    system = transformers.make(str(folder))
    assert (system.label_set, list(system.predicts)) == ("three", ["entities", "dates"])
    return answers(
        system, [*edges, *parts, *pairs, plain("empty", ""), plain("blank", " \n ")], tmp_path_factory.mktemp("o")
    )


FAR = f" {'word ' * 60}"


PARTS = (
    "the talks , we met Ana Silva in Rio .",
    "🎉 Ana\u0301 met C\u0327ag\u0306rı on Monday ! 👍🏽",
    "Acme Works said Ana saw Brie",
    "we went to the café in 2025",
)


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
def test_a_name_at_any_window_edge_is_one_and_whole(tagged: dict[str, dict[str, Any]]) -> None:
    for k in range(45):
        start = 2 * k
        assert said(tagged[f"edge-{k}"]) == [(start, start + len("Ana Maria Silva Robinson"), "PERSON")], k


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
def test_what_lies_far_apart_is_answered_as_alone(tagged: dict[str, dict[str, Any]]) -> None:
    for k, one in enumerate(PARTS):
        for n in range(len(PARTS)):
            shift = len(one) + len(FAR)
            right = [(low + shift, high + shift, kind) for low, high, kind in said(tagged[f"part-{n}"])]
            assert said(tagged[f"pair-{k}-{n}"]) == [*said(tagged[f"part-{k}"]), *right]


@pytest.mark.slow
@pytest.mark.xdist_group("transformers")
def test_names_of_astral_and_decomposed_texts_are_whole(tagged: dict[str, dict[str, Any]]) -> None:
    names = {k: [PARTS[k][low:high] for low, high, _ in said(tagged[f"part-{k}"])] for k in range(4)}
    assert names == {
        0: ["Ana Silva", "Rio"],
        1: ["Ana\u0301", "C\u0327ag\u0306rı", "Monday"],
        2: ["Acme Works", "Ana"],
        3: [],
    }
    (monday,) = tagged["part-1"]["dates"]
    assert (monday["value"], monday["anchor"]) == ("2025-02-24", "dct")
    assert said(tagged["empty"]) == said(tagged["blank"]) == []
