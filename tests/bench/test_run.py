"""Systems run for real over the corpus: what is saved, kept, lost, printed."""

import dataclasses
import json
import math
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import spanproof
from spanproof.bench import render as report
from spanproof.bench import run as running
from spanproof.bench.board import board, boards
from spanproof.bench.leaderboard.beside import Beside
from spanproof.bench.leaderboard.pages import pages
from spanproof.bench.records import saved
from spanproof.cli import main
from spanproof.cli.bench import bench
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.metrics.score import score
from spanproof.metrics.task_layers import layers_of, tasks_of
from spanproof.schema.schema import Schema
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError
from support.documents import LETTERS, ROOT
from support.offered import offered

pytestmark = pytest.mark.slow

OTHER_SHAPE = {
    "type": "object",
    "key": "id",
    "required": ["id", "text", "dates"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "dates": {
            "type": "array",
            "key": "id",
            "items": {
                "type": "object",
                "spanOf": {"start": "begin", "end": "last", "surface": "words", "inclusive": True},
                "labelledBy": "type",
                "timex3": {"type": "type", "value": "value"},
                "properties": {
                    **{name: {"type": "string"} for name in ("id", "words", "value")},
                    **{name: {"type": "integer"} for name in ("begin", "last")},
                    "type": {"type": "string", "enum": ["DATE", "TIME", "DURATION", "SET"]},
                },
            },
        },
    },
}

GOLD = ROOT / "annotations" / "gold"
BASELINES = ("gazetteer", "timex-baseline", "quotes-baseline")
FAKES = """
import json, os, signal, subprocess, sys, time, warnings
from pathlib import Path
from spanproof.systems.system import PartialAnswer, System

def fake(name, predict, requires=()):
    return System(name, "1", "MIT", None, {"entities": ("PERSON",)}, "None known.",
                  lambda registries: predict(registries), requires, install=f"pip install {name}")

def dies(registries):
    os.kill(os.getpid(), signal.SIGSEGV)

def raises(registries):
    raise RuntimeError("the weights are torn")

def leaves(registries):
    os._exit(0)

def unsound(registries):
    return lambda sources: [{"entities": [{"start": 5, "end": 2, "label": "PERSON"}]} for _ in sources]

def spies(registries):
    def predict(sources):
        assert not registries, registries
        for line in (Path(sys.argv[-1]) / "texts.jsonl").read_text("utf-8").splitlines():
            assert json.loads(line)["text"]
            assert not any(json.loads(line).get(layer) for layer in ("entities", "quotes", "dates"))
        assert set(vars(sources[0])) == {"id", "text", "language", "dct"}
        return [{"entities": [{"start": 0, "end": 1, "label": "PERSON"}]} for _ in sources]
    return predict

DIES, RAISES, LEAVES, UNSOUND, SPIES = (fake(f.__name__, f) for f in (dies, raises, leaves, unsound, spies))
LACKS = fake("lacks", spies, ("no-such-distribution>=1",))
def hangs(registries):
    def predict(sources):
        yield {"entities": []}
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(os.environ["HANGS"]).write_text(str(child.pid))
        time.sleep(600)
    return predict

def halves(registries):
    def predict(sources):
        for source in sources:
            warnings.warn(f"{source.id}: the second half is too hard", PartialAnswer)
            yield {"entities": [{"start": 0, "end": 1, "label": "PERSON"}]}
    return predict

HANGS = fake("hangs", hangs)
HALVES = fake("halves", halves)
ELSEWHERE = System("elsewhere", "1", "MIT", None, {"verses": ("A",)}, "-", spies)
"""


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(bench, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems of a package of somebody else."""
    names = ("DIES", "RAISES", "LEAVES", "UNSOUND", "SPIES", "LACKS", "ELSEWHERE", "HANGS", "HALVES")
    offered(tmp_path / "site", monkeypatch, "bench_fakes", FAKES, {name.lower(): name for name in names})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("bench") / "predictions"
    return out, run("run", *BASELINES, "--corpus", GOLD, "--out", out, "--resamples", 50, "--output", "json")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_prediction_is_a_sound_corpus_over_the_texts_of_gold(made: tuple[Path, Result]) -> None:
    out, result = made
    assert result.exit_code == 0, result.output
    gold = {document["id"]: document["text"] for document in read(GOLD).documents()}
    for name in BASELINES:
        corpus = read(out / f"{name}.jsonl")
        # Without a registry a baseline calls speakers by their words (SP501), as its limits say.
        errors = {each.code for each in spanproof.check(corpus).findings if each.severity == "error"}
        assert errors <= ({"SP501"} if name == "quotes-baseline" else set())
        assert {document["id"]: document["text"] for document in corpus.documents()} == gold


def test_a_prediction_holds_nothing_but_what_its_system_predicts(made: tuple[Path, Result]) -> None:
    documents = lines(made[0] / "timex-baseline.jsonl")
    assert any(document["dates"] for document in documents)
    layers = {node.place[0] for node in Schema.article().spans if len(node.place) > 1} - {"dates"}
    assert len(layers) > 2
    assert not [name for document in documents for name in layers if document.get(name)]


def test_the_json_says_scores_costs_and_limits(made: tuple[Path, Result]) -> None:
    told = json.loads(made[1].stdout)
    assert [each["name"] for each in told["systems"]] == list(BASELINES)
    assert all(each["cost"]["memory"] > 10**7 and each["cost"]["predict"] > 0 for each in told["systems"])
    assert "in-sample" in told["systems"][0]["limits"]
    assert {each["task"]: list(each["scores"]) for each in told["boards"]} == {
        "entities": ["gazetteer"],
        "timex3": ["timex-baseline"],
        "quotations": ["quotes-baseline"],
        "clusters": ["gazetteer"],
        "utterances": ["quotes-baseline"],
    }
    exact = next(s for s in told["boards"][2]["scores"]["timex-baseline"] if s["measure"] == "exact")
    low, high = exact["interval"]
    assert 0 < low <= exact["value"] <= high <= 1


def test_a_second_run_makes_nothing_and_says_the_same(made: tuple[Path, Result]) -> None:
    out, first = made
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    second = run("run", *BASELINES, "--corpus", GOLD, "--out", out, "--resamples", 50, "--output", "json")
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before
    a, b = json.loads(first.stdout), json.loads(second.stdout)
    assert [each["kept"] for each in (*a["systems"], *b["systems"])] == [False] * 3 + [True] * 3
    assert a["boards"] == b["boards"]


def test_again_other_texts_and_another_version_make_it_anew(made: tuple[Path, Result], tmp_path: Path) -> None:
    def kept(*arguments: object) -> bool:
        result = run("run", "timex-baseline", "--out", out, "--resamples", 1, "--output", "json", *arguments)
        assert result.exit_code == 0, result.output
        return bool(json.loads(result.stdout)["systems"][0]["kept"])

    out = shutil.copytree(made[0], tmp_path / "out")
    shorter = tmp_path / "shorter.jsonl"
    JSONL.write(shorter, list(read(GOLD).documents())[:2], Schema.article())
    assert kept("--corpus", GOLD)
    assert not kept("--corpus", GOLD, "--again")
    assert not kept("--corpus", shorter)
    assert len(lines(out / "timex-baseline.jsonl")) == 2
    book = out / "runs" / "timex-baseline.json"
    book.write_text(json.dumps({**json.loads(book.read_text()), "inputs": "of another version"}))
    assert not kept("--corpus", shorter)


def test_a_kept_prediction_has_the_present_description_of_its_system(made: tuple[Path, Result], tmp_path: Path) -> None:
    out = shutil.copytree(made[0], tmp_path / "out")
    book = out / "runs" / "timex-baseline.json"
    before = json.loads(book.read_text())
    book.write_text(json.dumps({**before, "system": {**before["system"], "limits": "as they once were"}}))
    again = run("run", "timex-baseline", "--corpus", GOLD, "--out", out, "--resamples", 1, "--output", "json")
    assert json.loads(again.stdout)["systems"][0]["kept"]
    assert json.loads(book.read_text()) == before


def test_a_prediction_that_somebody_changed_is_neither_scored_nor_overwritten(
    made: tuple[Path, Result], tmp_path: Path
) -> None:
    out = shutil.copytree(made[0], tmp_path / "out")
    changed = out / "timex-baseline.jsonl"
    changed.write_text(changed.read_text("utf-8") + "\n", "utf-8")
    content = changed.read_bytes()
    result = run("run", "timex-baseline", "--corpus", GOLD, "--out", out, "--resamples", 1)
    assert result.exit_code == 1
    assert "--again" in result.stderr
    assert changed.read_bytes() == content
    again = run("run", "timex-baseline", "--corpus", GOLD, "--out", out, "--resamples", 1, "--again")
    assert again.exit_code == 0
    assert changed.read_bytes() == (made[0] / "timex-baseline.jsonl").read_bytes()


@pytest.mark.usefixtures("fakes")
def test_systems_that_fail_do_not_lose_the_others(tmp_path: Path) -> None:
    failing = {
        "dies": "SIGSEGV",
        "raises": "RuntimeError: the weights are torn",
        "leaves": "without an answer",
        "unsound": "start 5 is after end 2",
        "lacks": "no-such-distribution",
        "elsewhere": "verses, which isn't a list of spans",
    }
    out = tmp_path / "out"
    result = run("run", *failing, "spies", "--corpus", GOLD, "--out", out, "--resamples", 1, "--output", "json")
    assert result.exit_code == 1
    for name, problem in failing.items():
        assert any(line.startswith(f"{name} failed: ") and problem in line for line in result.stderr.splitlines()), name
        assert not (out / f"{name}.jsonl").exists()
    told = json.loads(result.stdout)
    assert [list(each["scores"]) for each in told["boards"]] == [["spies"]]
    assert "the weights are torn" in (out / "runs" / "raises.log").read_text()
    listing = run("systems").stdout.splitlines()
    assert any(line.startswith("lacks-1") and "pip install lacks" in line for line in listing)


@pytest.mark.usefixtures("fakes")
def test_a_system_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANGS", str(tmp_path / "child"))
    answered: list[int] = []
    system = systems().find("hangs")
    made = running.run(system, read(GOLD), tmp_path / "out", timeout=8, progress=answered.append)
    assert made.problem == "hangs had not answered after 8 s and was ended"
    assert answered == [1]
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.mark.usefixtures("fakes")
def test_a_run_that_is_asked_to_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANGS", str(tmp_path / "child"))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "spanproof", "bench", "run", "hangs", "--corpus", str(GOLD), "--out", str(out)]
    with subprocess.Popen(command) as process:
        for _ in range(300):
            if (tmp_path / "child").exists():
                break
            time.sleep(0.1)
        process.terminate()
    assert process.returncode == 128 + signal.SIGTERM
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"
    assert not out.exists()


@pytest.mark.usefixtures("fakes")
def test_what_a_system_failed_on_is_told(tmp_path: Path) -> None:
    result = run("run", "halves", "--corpus", GOLD, "--out", tmp_path / "out", "--resamples", 1)
    assert result.exit_code == 0, result.output
    assert "the second half is too hard" in " ".join(result.stdout.split())
    (known,) = saved(tmp_path / "out")
    assert len(known.faults) == 5
    assert known.system.predicts == {"entities": ("PERSON",)}
    with pytest.raises(MissingSystemError, match="known only from a record"):
        known.system.load()


def test_a_coarse_system_meets_a_fine_one_on_the_coarse_board(made: tuple[Path, Result]) -> None:
    gold = read(GOLD)
    fine = next(run for run in saved(made[0]) if run.system.name == "gazetteer")
    coarse = dataclasses.replace(fine.system, name="coarse", label_set="three")
    found, problems = boards(gold, {"fine": (fine.system, fine.path), "coarse": (coarse, fine.path)}, 0)
    assert not problems
    assert [(each.labels, sorted(each.scores)) for each in found] == [
        ("ontonotes-16", ["fine"]),
        ("three", ["coarse", "fine"]),
        (None, ["coarse", "fine"]),
    ]
    both = {"fine": ("",), "coarse": ("",)}
    assert [(each.task, each.in_sample) for each in found[1:]] == [("entities", both), ("clusters", both)]
    assert found[1].pairs["fine", "coarse"][0].difference.difference == 0
    page = report.as_text(report.BenchReport(found, [], gold.schema))
    assert "fine* − coarse*" in page
    assert "in-sample" in page
    unknown = dataclasses.replace(coarse, label_set="five")
    assert "expected one of ontonotes-18" in boards(gold, {"unknown": (unknown, fine.path)}, 0)[1]["unknown"]


def test_predictions_that_no_run_left_are_refused(made: tuple[Path, Result], tmp_path: Path) -> None:
    out = shutil.copytree(made[0], tmp_path / "out")
    path, book = out / "timex-baseline.jsonl", out / "runs" / "timex-baseline.json"
    whole, record = path.read_bytes(), json.loads(book.read_bytes())
    path.write_bytes(whole[:5000])
    with pytest.raises(ValueError, match=r"its bytes aren't those that .*timex-baseline\.json records"):
        saved(out)
    path.write_bytes(whole)
    del record["system"]["predicts"]
    torn: list[object] = [record["system"], {}, [1], "timex-baseline", None]
    for system in torn:
        book.write_text(json.dumps({**record, "system": system}))
        with pytest.raises(ValueError, match=r"timex-baseline\.json describes no system"):
            saved(out)
    book.write_text(json.dumps(record)[:100])
    with pytest.raises(ValueError, match=r"timex-baseline\.json is missing, or isn't a record"):
        saved(out)


def test_predictions_for_a_part_of_the_gold_are_not_scored_beside_others(tmp_path: Path) -> None:
    gold = read(GOLD)
    part = spanproof.Corpus.of(list(gold.documents())[:2], gold.schema)
    system = systems().find("timex-baseline")
    made = running.run(system, part, tmp_path)
    assert made.problem is None
    found, problems = boards(gold, {system.name: (system, made.path)}, 0)
    assert not found
    assert "2 of 5 documents" in problems[system.name]
    assert boards(part, {system.name: (system, made.path)}, 0)[0]


def test_a_page_and_a_terminal_say_the_limits_of_a_system_once(made: tuple[Path, Result]) -> None:
    gold = read(GOLD)
    runs = [run for run in saved(made[0]) if run.system.name == "gazetteer"]
    coarse = dataclasses.replace(runs[0].system, name="coarse", label_set="three")
    found, _ = boards(gold, {"gazetteer": (runs[0].system, runs[0].path), "coarse": (coarse, runs[0].path)}, 0)
    assert [board.task for board in found] == ["entities", "entities", "clusters"]
    shown = report.BenchReport(found, runs, gold.schema)
    page, text = report.as_markdown(shown), report.as_text(shown)
    limits = f"gazetteer: {runs[0].system.limits}"
    assert page.count(limits) == page.count("Square brackets hold the 95 % interval") == 1
    assert " ".join(text.split()).count(limits) == 1


def test_a_leaderboard_refuses_what_it_can_t_take_in_and_says_where(made: tuple[Path, Result], tmp_path: Path) -> None:
    asked = ("report", made[0], "--corpus", GOLD, "--resamples", 1, "--page", tmp_path)
    reviews, stress = tmp_path / "reviews.jsonl", tmp_path / "stress.json"
    for path, content, said in (
        (reviews, '{"task": "entities"', f"{reviews}:1: "),
        (reviews, '\n{"task": "entities"}', f"{reviews}:2: there is no labels, article"),
        (reviews, "[]", f"{reviews}:1: there is no task"),
        (stress, "{}", f"{stress}: there is no drawn, transformations, systems"),
        (stress, "[1]", f"{stress}: there is no drawn, transformations, systems"),
    ):
        path.write_text(content)
        result = CliRunner().invoke(main, ["bench", *map(str, asked)])
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert said in result.stderr
        assert list(tmp_path.iterdir()) == [path]
        path.unlink()
    result = CliRunner().invoke(main, ["bench", *map(str, asked[:-1]), str(GOLD / "28c5c7bc61b1027f.json")])
    assert result.exit_code == 2
    assert "is a file" in result.stderr


def test_a_leaderboard_claims_nothing_of_a_gold_that_is_not_ours(made: tuple[Path, Result]) -> None:
    gold = read(GOLD)
    runs = saved(made[0])
    found, _ = boards(gold, {run.system.name: (run.system, run.path) for run in runs}, 2)
    beside = Beside.read(ROOT / "tools" / "leaderboard")
    ours, theirs = (pages(gold, found, runs, 2, *prose) for prose in ([beside], []))
    assert b"One language model annotated the gold" in ours["README.md"]
    assert not any(b"language model" in content for name, content in theirs.items() if name.endswith(".md"))
    assert b"these systems on 5 documents of gold" in theirs["README.md"]
    assert b"| gazetteer* | 351 |" in ours["errors-entities-ontonotes-16.md"]
    assert str(made[0]).encode() not in ours["scores.json"]


def test_gold_against_itself_is_one_and_two_such_do_not_differ() -> None:
    gold = read(GOLD)
    for task, layer in tasks_of(gold.schema, layers_of(gold)):
        a, b = (score(gold, gold, task, layer=layer, resamples=0) for _ in range(2))
        assert {score.value for score in a.scores} == {1.0}
        pair = board(task, {"a": a, "b": b}).pairs["a", "b"]
        assert {each.difference.difference for each in pair} == {0.0}
        assert all(math.isnan(each.difference.p) for each in pair), "five articles"
        assert not [each for each in pair if "accuracy|" in each.signature]


@pytest.mark.parametrize("task", ["entities", "quotations", "timex3"])
def test_the_command_score_gives_gold_one(task: str) -> None:
    result = run("score", GOLD, GOLD, "--task", task, "--resamples", 5)
    assert result.exit_code == 0, result.output
    assert "1.000  1.000  1.000" in result.stdout
    assert "[1.000, 1.000]" not in result.stdout
    assert f"[{0.025 ** (1 / 351):.3f}, 1.000]" in result.stdout or task != "entities"
    assert f"|task:{task}|" in result.stdout


def test_the_command_score_takes_the_layer_of_another_schema(tmp_path: Path) -> None:
    schema, letters = tmp_path / "letters.schema.json", tmp_path / "letters.jsonl"
    schema.write_text(json.dumps(LETTERS))
    persons = [{"n": "1", "start": 0, "end": 3, "role": "sender"}]
    letters.write_text(json.dumps({"name": "a", "body": "Ana wrote.", "persons": persons, "mentions": []}))
    asked = ("score", letters, letters, "--schema", schema, "--task", "entities", "--resamples", 1)
    assert "expected one of: persons" in run(*asked, "--layer", "person").stderr
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert "signature: persons|exact" in result.stdout
    assert "The score of a single document says nothing" in " ".join(result.stdout.split())


def test_two_systems_on_one_task_are_compared_in_100_columns(made: tuple[Path, Result]) -> None:
    gold = read(GOLD)
    scores = {"gazetteer": score(gold, read(made[0] / "gazetteer.jsonl"), "entities", resamples=5)}
    scores["gold"] = score(gold, gold, "entities", resamples=5)

    text = report.as_text(report.BenchReport([board("entities", scores)], [], gold.schema))
    assert "gazetteer − gold" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("signature")) <= 100
    page = report.as_markdown(report.BenchReport([board("entities", scores)], [], gold.schema))
    rows = [line.replace("\\|", "") for line in page.splitlines() if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {6, 8}


def test_the_text_names_what_a_system_never_gives_and_its_limits(made: tuple[Path, Result]) -> None:
    result = run("run", *BASELINES, "--corpus", GOLD, "--out", made[0], "--resamples", 2)
    flat = " ".join(result.stdout.split())
    assert "quotes-baseline never gives indirect, mixed. So exact recall can't be above 0.250 here" in flat
    assert "gazetteer never gives" in flat
    assert "in-sample" in flat
    assert max(len(line) for line in result.stdout.splitlines() if not line.startswith("signature")) <= 100


def test_unusable_input_exits_2(tmp_path: Path) -> None:
    broken, empty, texts = tmp_path / "broken.jsonl", tmp_path / "empty.jsonl", tmp_path / "texts.jsonl"
    broken.write_text("{\n")
    empty.write_text("")
    first = next(iter(read(GOLD).documents()))
    JSONL.write(texts, [{**first, "text": None}], Schema.article())
    out = ("--out", tmp_path / "out")
    wrong: list[tuple[object, ...]] = [
        ("run", "timex-baselin", "--corpus", GOLD, *out),
        ("run", "timex-baseline", "--corpus", tmp_path / "nowhere.jsonl", *out),
        ("run", "timex-baseline", "--corpus", broken, *out),
        ("run", "timex-baseline", "--corpus", empty, *out),
        ("run", "timex-baseline", "--corpus", texts, *out),
        ("run", "timex-baseline", "--corpus", GOLD, "--out", broken),
        ("run", "--corpus", GOLD, *out),
        ("score", GOLD, GOLD, "--task", "poems"),
        ("score", GOLD, GOLD, "--task", "entities", "--labels", "ontonotes-99"),
        ("score", GOLD, GOLD, "--task", "timex3", "--labels", "conll-4"),
        ("score", GOLD, broken, "--task", "entities"),
    ]
    for arguments in wrong:
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
        assert result.stderr.strip()
    assert not (tmp_path / "out").exists()


def test_a_schema_without_such_layers_is_measured_on_what_it_has() -> None:
    letters = Schema.of(LETTERS)
    asked = tasks_of(letters, ("persons", "mentions", "nothing"))
    assert asked == [("entities", "persons")]
    with pytest.raises(ValueError, match="no documents"):
        running.demand_measurable(spanproof.Corpus.of([], letters), [])


def test_predictions_are_written_in_the_shape_of_the_corpus(tmp_path: Path) -> None:
    date = {"id": "d1", "begin": 12, "last": 27, "words": "26 February 2025", "type": "DATE", "value": "2025-02-26"}
    document = {"id": "a", "text": "They met on 26 February 2025 in Lisbon.", "dates": [date]}
    (tmp_path / "gold.jsonl").write_text(json.dumps(document), "utf-8")
    gold = read(tmp_path / "gold.jsonl", Schema.of(OTHER_SHAPE))
    run = running.run(systems().find("timex-baseline"), gold, tmp_path / "out")
    assert run.problem is None
    (predicted,) = json.loads(run.path.read_text("utf-8"))["dates"]
    assert date.items() <= predicted.items()
    scored, problems = boards(gold, {"timex-baseline": (run.system, run.path)}, 1)
    assert not problems
    assert scored[0].scores["timex-baseline"].find("exact").value == 1.0
