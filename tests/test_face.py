"""The public face: some fifteen names, natural calls, and what is said where a call can't be understood."""

import json
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import spanproof
from spanproof.checks.examples import sound
from spanproof.release.load import LoadError
from support.documents import LETTER, LETTERS, ROOT

GOLD = ROOT / "annotations" / "gold"
SOUND = dict(sound())
WRONG = sound(entities=[{"id": "e1", "start": 0, "end": 3, "text": "Bob", "label": "PERSON", "entity_id": None}])


@pytest.fixture
def letters_file(tmp_path: Path) -> Path:
    (tmp_path / "letters.schema.json").write_text(json.dumps(LETTERS))
    path = tmp_path / "letters.jsonl"
    path.write_text(json.dumps(LETTER) + "\n")
    return path


def test_the_face_is_complete_and_lazy() -> None:
    assert set(spanproof.__all__) == {
        *("__version__", "Corpus", "Finding", "Report", "Rule", "Schema", "Waiver"),
        *("agree", "check", "diff", "fix", "load", "place", "read", "rebase", "score", "write"),
    }
    for name in spanproof.__all__:
        assert getattr(spanproof, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        spanproof.nothing  # noqa: B018


def test_check_is_the_function_whatever_was_imported() -> None:
    import spanproof.checks.rules

    assert callable(spanproof.check)


def test_natural_calls_work(letters_file: Path, tmp_path: Path) -> None:
    schema = tmp_path / "letters.schema.json"
    assert spanproof.check(GOLD).documents == 5
    assert spanproof.check(str(GOLD)).documents == 5
    assert spanproof.check([GOLD]).documents == 5
    assert spanproof.check([SOUND]).exit_code == 0
    assert spanproof.check(iter([SOUND, WRONG])).exit_code == 1
    for given in (schema, str(schema), LETTERS, spanproof.Schema.of(LETTERS)):
        corpus = spanproof.read(letters_file, given)
        assert spanproof.check(corpus).exit_code == 0
        assert list(corpus.documents()) == [LETTER]


@pytest.mark.parametrize("thing", [3, None, b"a.jsonl", SOUND, [1, 2], ["a.jsonl", SOUND]])
def test_what_is_no_corpus_is_refused_with_what_was_expected(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a Corpus, a path, several paths, or a list of documents"):
        spanproof.check(thing)


@pytest.mark.parametrize(
    "opening", [spanproof.check, spanproof.fix, spanproof.read, lambda one: spanproof.agree(one, one)]
)
@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_table_in_memory_is_refused_with_the_way_to_its_rows(opening: Any, library: str) -> None:
    module = pytest.importorskip(library)
    table = module.table({"text": ["Ana"]}) if library == "pyarrow" else module.DataFrame({"text": ["Ana"]})
    with pytest.raises(TypeError, match=r"got a table \((DataFrame|Table)\); its rows as documents are `to_dict"):
        opening(table)


@pytest.mark.parametrize("way", [("pandas", "to_dict", "records"), ("polars", "to_dicts"), ("pyarrow", "to_pylist")])
def test_the_rows_of_a_table_are_documents_in_the_ways_that_are_told(way: tuple[str, ...]) -> None:
    module = pytest.importorskip(way[0])
    columns = {name: [value] for name, value in LETTER.items()}
    table = module.table(columns) if way[0] == "pyarrow" else module.DataFrame(columns)
    rows = getattr(table, way[1])(*way[2:])
    corpus = spanproof.Corpus.of(rows, spanproof.Schema.of(LETTERS))
    assert spanproof.check(corpus).findings == ()


@pytest.mark.parametrize("thing", ["a.jsonl", [SOUND], 3])
def test_diff_says_how_to_make_a_corpus(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a Corpus, got .*spanproof\.(read|Corpus\.of)\("):
        spanproof.diff(thing, spanproof.Corpus.of([SOUND]))


def test_nothing_at_all_is_no_documents() -> None:
    report = spanproof.check([])
    assert (report.documents, report.spans) == (0, 0)


def test_a_path_that_is_not_there_is_a_finding() -> None:
    report = spanproof.check("nowhere.jsonl")
    assert [finding.code for finding in report.findings] == ["SP001"]
    assert report.exit_code == 2


def test_a_report_prints_as_the_command_line_does() -> None:
    report = spanproof.check([WRONG])
    assert "error[SP106] text-differs" in str(report)
    assert str(report).splitlines()[-1].startswith("1 document")
    assert repr(report).startswith("<Report of 1 document, 1 span: 1 with an error; 1 error; SP106 ")
    assert "SP106" in repr(report)
    assert "\n" not in repr(report)
    assert repr(spanproof.check([SOUND])).endswith("no findings>")


def test_what_is_returned_shows_itself_in_one_short_line(letters_file: Path) -> None:
    entity = {**WRONG["entities"][0], "end": 9, "text": "Ana Silva"}
    right = spanproof.Corpus.of([sound(id=f"{k:016x}", entities=[entity]) for k in range(40)])
    wrong = spanproof.Corpus.of([{**WRONG, "id": f"{k:016x}"} for k in range(40)])
    opened, fixed = spanproof.read(letters_file, LETTERS), spanproof.fix(wrong, likely=True)
    results = [
        *(right, opened, right.schema, opened.schema, fixed, fixed.ended[0] if fixed.ended else fixed),
        *(spanproof.check(wrong), spanproof.check(wrong).findings, spanproof.diff(right, wrong)),
        spanproof.agree(right, right, resamples=10),
        spanproof.score(right, right, "entities", resamples=10),
        spanproof.rebase(SOUND, f"So. {SOUND['text']}", right.schema),
    ]
    for result in results:
        assert len(repr(result)) < 800, repr(result)
        assert "\n" not in repr(result)
    assert repr(right) == f"<Corpus of 40 documents, {right.schema!r}>"
    assert repr(opened) == f"<Corpus in {letters_file}, {opened.schema!r}>"
    assert repr(spanproof.check(right).findings) == "<no findings>"


def test_an_opened_corpus_is_read_anew_and_a_loaded_one_stays(letters_file: Path) -> None:
    corpus = spanproof.read(letters_file, LETTERS)
    loaded = corpus.load()
    letters_file.write_text("")
    assert (len(corpus), len(loaded)) == (0, 1)
    assert loaded.load() is loaded


def test_a_corpus_carries_waivers_and_publications(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(WRONG) + "\n")
    (tmp_path / "waivers.json").write_text('[{"code": "SP106", "reason": "for the test"}]')
    corpus = spanproof.read(tmp_path / "a.jsonl")
    assert corpus.waivers == (spanproof.Waiver("SP106", "for the test"),)
    report = spanproof.check(corpus)
    assert ([f.code for f in report.waived], report.findings) == (["SP106"], ())
    assert spanproof.read(ROOT / "dataset").publications == (ROOT / "dataset",)
    assert corpus.publications == ()


@pytest.mark.parametrize(
    "content", ["3", '"SP106"', "[3]", '[{"code": "SP106"}]', '[{"code": 1, "reason": "x"}]', "[{"]
)
def test_waivers_that_cannot_be_used_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(SOUND) + "\n")
    (tmp_path / "waivers.json").write_text(content)
    report = spanproof.check(tmp_path / "a.jsonl")
    assert [(f.code, f.file) for f in report.findings] == [("SP001", str(tmp_path / "waivers.json"))]
    assert (report.exit_code, report.documents) == (2, 1)


def test_fix_makes_a_corpus_and_patches(tmp_path: Path) -> None:
    text, entity = SOUND["text"], {"id": "e1", "start": 1, "end": 3, "text": SOUND["text"][:2], "label": "PERSON"}
    broken = sound(text=text, entities=[{**entity, "entity_id": None}])
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(broken) + "\n")
    fixed = spanproof.fix(path)
    in_memory = spanproof.fix([broken])
    assert list(fixed.corpus.documents()) == list(in_memory.corpus.documents())
    assert (len(fixed.patches), in_memory.patches) == (bool(fixed.ended), ())
    assert spanproof.fix([SOUND]).ended == ()
    before = path.read_bytes()
    fixed.diff()
    assert path.read_bytes() == before
    fixed.write()
    assert list(spanproof.read(path).documents()) == list(fixed.corpus.documents())


def test_write_takes_the_format_of_the_ending(tmp_path: Path) -> None:
    corpus = spanproof.read(GOLD)
    for ending in ("jsonl", "parquet"):
        path = tmp_path / f"gold.{ending}"
        spanproof.write(corpus, path)
        assert list(spanproof.read(path).documents()) == list(corpus.documents())
    with pytest.raises(ValueError, match=r"gold.txt: unknown kind of file; expected one that ends in .*\.jsonl"):
        spanproof.write(corpus, tmp_path / "gold.txt")
    with pytest.raises(ValueError, match="expected 1, got 5"):
        spanproof.write(corpus, tmp_path / "gold.json")


def test_write_loses_nothing_that_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(SOUND) + "\n{\n")
    with pytest.raises(ValueError, match=r"a\.jsonl:2: not JSON"):
        spanproof.write(spanproof.read(tmp_path / "a.jsonl"), tmp_path / "b.jsonl")
    assert not (tmp_path / "b.jsonl").exists()


def test_agree_and_score_open_what_they_are_given() -> None:
    passes = ROOT / "annotations" / "passes"
    assert spanproof.agree(passes / "a" / "articles", passes / "b" / "articles", resamples=1).scores
    scores = spanproof.score(GOLD, GOLD, "entities", resamples=0).scores
    assert scores
    assert all(score.value == 1 for score in scores if score.measure == "F1")


def test_unreadable_sides_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        spanproof.agree(GOLD, tmp_path / "nothing.jsonl")


CALLS: dict[str, dict[str, Any]] = {
    "agree": {"one": GOLD, "other": GOLD, "resamples": 2},
    "check": {"corpus": [SOUND]},
    "diff": {"old": [SOUND], "new": [SOUND]},
    "fix": {"corpus": [SOUND]},
    "load": {"source": ROOT / "dataset", "config": "articles"},
    "place": {"text": "Ana met Bo.", "surfaces": ["Ana"]},
    "read": {"paths": GOLD},
    "rebase": {"document": SOUND, "new_text": SOUND["text"], "schema": spanproof.Schema.article()},
    "score": {"gold": GOLD, "predicted": GOLD, "by": "entities", "resamples": 2},
    "write": {"corpus": [SOUND]},
}
STRANGE = (object(), 3, -1, 1.5, True, "no/such/thing", b"x", [], {}, [3], [object()], {"a": 3}, {3: "a"}, [("a", 3)])


@pytest.mark.parametrize(
    ("name", "argument"), [(name, each) for name in CALLS for each in signature(getattr(spanproof, name)).parameters]
)
def test_an_argument_of_another_kind_is_taken_or_refused_with_what_was_expected(
    name: str, argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = CALLS[name] if name != "write" else {"path": "x.jsonl", **CALLS[name]}
    told = ("expected", "no such file", "No such file", "no rule has this code", "has no text at")
    untold = []
    for strange in STRANGE:
        try:
            getattr(spanproof, name)(**call | {argument: strange})
        except LoadError:
            continue
        except (TypeError, ValueError, OSError) as error:
            untold += [(strange, str(error))] * (not any(words in str(error) for words in told))
    assert not untold
