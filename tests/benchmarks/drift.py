"""How long it takes to explain and to correct a drift, as ratios to the check of the same corpus without it.

All jobs read the corpus from a file, as a user's command does; findings are made, but not printed. What a job takes is
the time of the processor, and jobs that are compared take turns.

python tests/benchmarks/drift.py [--rounds N] [--most SPANS]
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from spanproof.checks.check import check
from spanproof.checks.fix import patches_of
from spanproof.checks.lines import Detail
from spanproof.checks.report import as_text
from spanproof.checks.tried import tried
from spanproof.formats.discovery import read
from spanproof.testing.open_world.cases import SCHEMA, document
from spanproof.testing.open_world.drifts import Drift, drifted
from spanproof.testing.open_world.texts import LANGUAGES, Language, Occurrence, Written, written

SOUND = Drift()
UNIT, SUM = Drift(widths={"😀": 1}), Drift(shift=1, widths={"&": 4, "😀": 1})
_NAMES = 10
_SENTENCE = 3  # mentions that a sentence has at most, nearly
_PIECE = 500  # sentences that are written at once


@dataclass(frozen=True)
class Shape:
    """A corpus: how many spans its documents have altogether, and what happened to the offsets of one in so many."""

    spans: int
    documents: int
    drift: Drift
    one_in: int = 1


SHAPES: Mapping[str, Shape] = {
    "400 documents of 20 spans, UTF-16": Shape(8_000, 400, UNIT),
    "400 documents of 20 spans, UTF-16, escapes and a shift": Shape(8_000, 400, SUM),
    "2,000 documents of 20 spans, of which 1 % drift": Shape(40_000, 2_000, SUM, 100),
    "2,000 documents of 20 spans, of which all drift": Shape(40_000, 2_000, SUM),
    "one document of 20,000 spans, UTF-16, escapes and a shift": Shape(20_000, 1, SUM),
    "one document of 50,000 spans, UTF-16, escapes and a shift": Shape(50_000, 1, SUM),
    "one document of 100,000 spans, UTF-16, escapes and a shift": Shape(100_000, 1, SUM),
}


def write(folder: Path, shape: Shape) -> tuple[Path, Path]:
    """Write the documents of a shape without its drift and with it, over ten names; return the two files."""
    language = LANGUAGES[0]
    names = type(language)(language.names[:_NAMES], language.words, language.gap, language.stop)
    drawn = Random(0)
    sentences = max(1, shape.spans // shape.documents // _SENTENCE)
    texts = [long(drawn, sentences, names) for _ in range(shape.documents)]
    files = folder / "sound.jsonl", folder / "drifted.jsonl"
    for file, drift in zip(files, (SOUND, shape.drift), strict=True):
        with file.open("w", encoding="utf-8") as lines:
            for k, text in enumerate(texts):
                happened = SOUND if k % shape.one_in else drift
                one = document(f"d{k}", *drifted(happened, text, text.mentions, Random(k)))
                lines.write(json.dumps(one, ensure_ascii=False) + "\n")
    return files


def long(drawn: Random, sentences: int, language: Language) -> Written:
    """Write a text of any length as pieces that are joined."""
    text, mentions = "", list[Occurrence]()
    for first in range(0, sentences, _PIECE):
        piece = written(drawn, min(_PIECE, sentences - first), language)
        mentions += [Occurrence(one.start + len(text), one.end + len(text)) for one in piece.mentions]
        text += piece.text + "\n"
    return Written(text, tuple(mentions), (0,), (0,), language)


def seconds(job: Callable[[Path], object], file: Path) -> float:
    """What a job takes of the processor."""
    begin = time.process_time()
    job(file)
    return time.process_time() - begin


def checked(file: Path) -> object:
    """Check a corpus, as ``spanproof check`` does."""
    return check(read(file, schema=SCHEMA))


def grouped(file: Path) -> object:
    """Check a corpus and tell what is found in groups, as ``spanproof check --show grouped`` does."""
    return as_text(check(read(file, schema=SCHEMA)), detail=Detail("grouped"))


def corrected(file: Path) -> object:
    """Try the corrections of a corpus and tell the changes of its file, as ``spanproof check --diff`` does."""
    return "".join(patch.diff() for patch in patches_of(tried(read(file, schema=SCHEMA)), SCHEMA))


def ratios(shape: Shape, rounds: int) -> Mapping[str, float]:
    """Return what the check of a drift and its correction take, as medians of ratios in one round."""
    with tempfile.TemporaryDirectory() as folder:
        sound, broken = write(Path(folder), shape)
        jobs = (checked, sound), (checked, broken), (corrected, broken), (grouped, broken)
        runs = [[seconds(*job) for job in jobs] for _ in range(rounds + 1)][1:]  # the first one loads modules
    return {
        "check with the drift / without": statistics.median(drift / without for without, drift, *_ in runs),
        "--diff / check, both with the drift": statistics.median(diff / drift for _, drift, diff, _ in runs),
        "findings in groups / check without the drift": statistics.median(told / without for without, *_, told in runs),
        "seconds of the check without the drift": statistics.median(without for without, *_ in runs),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each job runs (default: 3)")
    parser.add_argument("--most", type=int, default=100_000, help="leave out corpora of more spans (default: 100,000)")
    asked = parser.parse_args()
    for name, shape in SHAPES.items():
        if shape.spans <= asked.most:
            print(name)
            for of, ratio in ratios(shape, asked.rounds).items():
                print(f"  {of:46} {ratio:8.2f}", flush=True)


if __name__ == "__main__":
    main()
