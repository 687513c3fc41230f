"""Ends that were computed from starts and surfaces, so that only the starts are in another unit."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.cli import main
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.span_columns import Span

NAMES = ("Zoë Müller", "Łukasz", "São Paulo", "Køge & Co", "Ana", "Málaga 😀", "Porto", "R&D", "李明", 'Bo "B"')
UNITS: Mapping[str, Callable[[str], int]] = {
    "utf-8": lambda before: len(before.encode()),
    "utf-16": lambda before: len(before.encode("utf-16-le")) // 2,
    "html": lambda before: len(before.replace("&", "&amp;")),
    "json": lambda before: len(json.dumps(before)) - 2,
}


def annotated(seed: int, names: int) -> tuple[str, list[tuple[int, str]]]:
    """Return a text, and where some of its names begin."""
    random, text, mentions = Random(seed), "", []
    for _ in range(8):
        for before in ("", " met ", " in "):
            text += before
            mentions.append((len(text), random.choice(NAMES)))
            text += mentions[-1][1]
        text += ". "
    return text, sorted(random.sample(mentions, names))


def corpus_of(unit: str, documents: int, names: int, seed: int) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Return documents of which the starts alone are counted in a unit, and where their names begin."""
    every = [annotated(100 * seed + k, names) for k in range(documents)]
    counted, broken = UNITS[unit], []
    for k, (text, mentions) in enumerate(every):
        spans = []
        for n, (at, name) in enumerate(mentions):
            low = counted(text[:at])
            spans.append({"id": f"{k}-{n}", "start": low, "end": low + len(name), "text": name, "label": "NAME"})
        broken.append({"id": f"d{k}", "text": text, "names": spans})
    return broken, [[at for at, _ in mentions] for _, mentions in every]


@settings(max_examples=25)
@given(st.sampled_from(list(UNITS)), st.integers(1, 12), st.integers(1, 20), st.integers(0, 1000))
def test_what_is_proved_of_starts_alone_is_right(unit: str, documents: int, names: int, seed: int) -> None:
    broken, right = corpus_of(unit, documents, names, seed)
    fixed = fix(Corpus.of(broken, SCHEMA)).corpus.documents()
    for before, after, places in zip(broken, fixed, right, strict=True):
        for was, now, at in zip(before["names"], after["names"], places, strict=True):
            assert dict(now) == was or (now["start"], now["end"]) == (at, at + len(now["text"]))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("documents", "names"), [(40, 1), (12, 3), (1, 24)])
def test_a_corpus_of_them_is_mended(unit: str, documents: int, names: int) -> None:
    broken, _ = corpus_of(unit, documents, names, 1)
    corpus = Corpus.of(broken, SCHEMA)
    findings = check(corpus).findings
    assert sum(finding.level == "proved" for finding in findings) > 0.8 * len(findings) > 0
    causes = {finding.cause.name for finding in findings if finding.cause and finding.level == "proved"}
    assert f"{unit}+end-by-surface" in causes
    left = [one for one in check(fix(corpus).corpus).findings if one.severity == "error"]
    assert len(left) < 0.2 * len(findings)


def test_it_isnt_told_where_ends_were_counted_too() -> None:
    """The ends of plain words lie behind their starts as far in any unit."""
    documents = []
    for k in range(12):
        text, mentions = annotated(k, 6)
        count = UNITS["utf-8"]
        plain = [(at, name) for at, name in mentions if name.isalpha() and name.isascii()][:1]
        spans: list[Span] = [(count(text[:at]), count(text[:at]) + len(name), name) for at, name in plain]
        documents += [Annotated(text, spans)] if spans else []
    assert len(documents) > 5
    told = explain_all(documents)
    assert {one.name for one in told} >= {"utf-8"}
    assert not any("only starts" in reading for one in told for reading in one.readings)


def test_answers_of_squad_that_count_bytes_are_proved_and_verified(tmp_path: Path) -> None:
    rows, right = [], []
    for k in range(40):
        text, [(at, name)] = annotated(k, 1)
        start = UNITS["utf-8"](text[:at])
        rows.append(
            {"id": str(k), "context": text, "question": "Who?", "answers": {"text": [name], "answer_start": [start]}}
        )
        right.append(at)
    file, proofs = tmp_path / "train.jsonl", tmp_path / "proofs.json"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run = CliRunner()
    told = run.invoke(main, ["check", str(file), "--certificate", str(proofs)]).stdout
    assert (
        "offsets are UTF-8 bytes, and only starts were counted so: ends follow from the surfaces, in code points"
        in told
    )
    assert run.invoke(main, ["verify", str(proofs), str(file)]).exit_code == 0
    run.invoke(main, ["check", str(file), "--fix"])
    starts = [json.loads(line)["answers"]["answer_start"] for line in file.read_text(encoding="utf-8").splitlines()]
    wrong = [k for k, (now, at) in enumerate(zip(starts, right, strict=True)) if now != [at]]
    # Words that agree by chance where they are stored are no fault, and may have been corrected since.
    assert all(rows[k]["context"].startswith(rows[k]["answers"]["text"][0], starts[k][0]) for k in wrong)
    assert len(wrong) < 4
    assert run.invoke(main, ["check", str(file)]).exit_code == 0
