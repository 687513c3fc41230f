"""What commands say of what they don't read, can't pair or can't compare: never nothing."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from spanproof.cli import main

TEXT = "Ana met Bo in Riga. Bo left Porto with Ana."
NAMES = ((0, 3), (8, 10), (14, 18), (20, 22), (28, 33), (39, 42))
Json = dict[str, Any]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def record(key: str, spans: Sequence[tuple[int, int]] = NAMES, **members: Any) -> Json:
    found = [{"start": start, "end": end, "text": TEXT[start:end], "label": "X"} for start, end in spans]
    return {"id": key, "text": TEXT, "spans": found, **members}


def written(file: Path, records: Sequence[Json]) -> Path:
    file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return file


@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking runs commands for minutes
@given(st.permutations(range(len(NAMES))), st.sets(st.integers(0, len(NAMES) - 1), min_size=1))
def test_records_are_paired_by_their_id_in_any_order_and_number(order: Sequence[int], predicted: set[int]) -> None:
    every = [record(f"d{k}", [NAMES[k]]) for k in range(len(NAMES))]
    with tempfile.TemporaryDirectory() as folder:
        gold = written(Path(folder, "gold.jsonl"), every)
        mine = written(Path(folder, "mine.jsonl"), [every[k] for k in order if k in predicted])
        scored = run("score", gold, mine, "--output", "json", "--resamples", 1)
        agreed = run("agree", gold, mine, "--output", "json", "--resamples", 1)
    assert scored.exit_code == (0 if len(predicted) == len(NAMES) else 1), scored.output
    (board,) = json.loads(scored.stdout)["boards"]
    exact = board["scores"]["mine"][0]
    assert exact["precision"] == 1.0
    assert abs(exact["recall"] - len(predicted) / len(NAMES)) < 1e-5
    assert agreed.exit_code == 0, agreed.output


def test_a_prediction_without_any_span_is_scored(tmp_path: Path) -> None:
    empty = written(tmp_path / "mine.jsonl", [record("b", []), record("a", [])])
    gold = written(tmp_path / "gold.jsonl", [record("a"), record("b")])
    scored = run("score", gold, empty, "--output", "json", "--resamples", 1)
    assert scored.exit_code == 1, scored.output  # nothing was found
    assert json.loads(scored.stdout)["boards"][0]["scores"]["mine"][0]["recall"] == 0.0
    assert run("agree", gold, empty).exit_code == 0


def test_an_id_that_occurs_twice_in_a_small_corpus_is_an_error(tmp_path: Path) -> None:
    file = written(tmp_path / "some.jsonl", [record("a"), record("b"), record("a")])
    result = run("check", file)
    assert result.exit_code == 1
    assert "SP003" in result.output


def test_a_link_to_a_file_that_was_never_fetched_is_an_error_of_every_command(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    file = written(folder / "a.jsonl", [record("a")])
    (folder / "b.jsonl").symlink_to("../.git/annex/objects/b.jsonl")
    (folder / "notes").symlink_to("nowhere")
    checked = run("check", folder)
    assert checked.exit_code == 2
    assert "SP001" in checked.output
    assert "1 link to a missing file" in checked.output
    for command in (("convert", folder, tmp_path / "out.jsonl"), ("score", file, folder), ("agree", file, folder)):
        result = run(*command)
        assert result.exit_code == 2
        assert "b.jsonl" in result.output


def test_a_hidden_file_that_would_be_a_document_is_named(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", [record("a")])
    written(tmp_path / ".b.jsonl", [record("b")])
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / ".git").mkdir()
    written(tmp_path / ".git" / "c.jsonl", [record("c")])
    result = run("check", tmp_path)
    assert (result.exit_code, "not read as documents: 1 hidden .jsonl\n" in result.output) == (0, True)


def test_convert_lists_spans_without_offsets(tmp_path: Path) -> None:
    broken = record("b")
    for span in broken["spans"]:
        span["start"] = None
    file = written(tmp_path / "some.jsonl", [record("a"), broken])
    result = run("convert", file, tmp_path / "out.jsonl", "--output", "json")
    assert result.exit_code == 1
    rows = json.loads(result.stdout)["lost"]
    assert [(row["document"], row["what"]) for row in rows] == [("b", "span")] * len(NAMES)
    assert all("no whole numbers" in row["why"] for row in rows)


def test_commands_name_lists_that_they_dont_read_as_annotations(tmp_path: Path) -> None:
    file = written(tmp_path / "some.jsonl", [record("a", quotes=[{"von": 0, "bis": 3, "wort": "Ana"}])])
    (tmp_path / "new.txt").write_text(f"So: {TEXT}", "utf-8")
    commands = (
        ("convert", file, tmp_path / "out.jsonl"),
        ("rebase", file, tmp_path / "new.txt"),
        ("score", file, file),
        ("agree", file, file),
        ("strip", file, tmp_path / "stripped.jsonl"),
        ("diff", file, file),
    )
    for command in commands:
        assert "not read as annotations: the member 'quotes'" in run(*command).output, command


def test_agree_refuses_spans_that_are_wrong(tmp_path: Path) -> None:
    right = written(tmp_path / "ana.jsonl", [record("a")])
    moved = record("a")
    for span in moved["spans"]:
        span["start"], span["end"] = span["start"] + 1, span["end"] + 1
    result = run("agree", right, written(tmp_path / "bob.jsonl", [moved]))
    assert result.exit_code == 2
    assert "bob.jsonl: not compared, 6 faults" in result.output


def test_agree_refuses_corpora_that_have_no_layer_in_common(tmp_path: Path) -> None:
    ana = written(tmp_path / "ana.jsonl", [record("a")])
    other = record("a")
    other["names"] = other.pop("spans")
    result = run("agree", ana, written(tmp_path / "bob.jsonl", [other]))
    assert result.exit_code == 2
    assert "nothing is compared" in result.output
