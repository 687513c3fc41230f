"""How long a check takes where documents are faulty, as ratios to the check of the same corpus without the faults.

None of the faults is a drift of offsets (:mod:`drift` has those). All jobs read the corpus from a file, as a user's
command does, and tell what is found in groups. What a job takes is the time of the processor; jobs take turns.

python tests/benchmarks/faults.py [--documents N] [--rounds N]
"""

import argparse
import copy
import json
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drift import seconds

import corpus
from spanproof.checks.check import check
from spanproof.checks.lines import Detail
from spanproof.checks.report import as_text
from spanproof.formats.discovery import read

Json = dict[str, Any]
Fault = Callable[[Json], None]


def label(document: Json) -> None:
    """Give one entity a label that the schema doesn't list."""
    document["entities"][0]["label"] = "PERSONN"


def edge(document: Json) -> None:
    """Let one entity end behind the blank or mark that follows it."""
    text = document["text"]
    one = next((one for one in document["entities"] if text[one["end"] : one["end"] + 1] == " "), None)
    if one is not None:
        one["end"] += 1
        one["text"] = text[one["start"] : one["end"]]


def missing(document: Json) -> None:
    """Leave out a member that the schema requires."""
    del document["entities"][0]["label"]


def labels(document: Json) -> None:
    """Give every entity a label that the schema doesn't list."""
    for one in document["entities"]:
        one["label"] += "N"


FAULTS: Mapping[str, Fault] = {
    "a wrong label": label,
    "a blank at an edge": edge,
    "a missing member": missing,
    "every label wrong": labels,
}


def write(folder: Path, documents: int) -> Path:
    """Write the sound corpus; return its file."""
    return corpus.write(folder, documents)[1]


def broken(sound: Path, fault: Fault, one_in: int) -> Path:
    """Write the corpus with a fault in one document of so many; return its file."""
    file = sound.with_name(f"broken-{fault.__name__}-{one_in}.jsonl")
    with sound.open(encoding="utf-8") as before, file.open("w", encoding="utf-8") as after:
        for k, line in enumerate(before):
            document = json.loads(line)
            if k % one_in == one_in // 2:
                document = copy.deepcopy(document)
                fault(document)
            after.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")
    return file


def grouped(file: Path) -> object:
    """Check a corpus and tell what is found in groups, as ``spanproof check --show grouped`` does."""
    return as_text(check(read(file)), detail=Detail("grouped"))


def ratios(sound: Path, fault: Fault, rounds: int) -> Mapping[int, float]:
    """Return what the check of a corpus takes with a fault in every hundredth document and in each, as ratios."""
    files = {one_in: broken(sound, fault, one_in) for one_in in (100, 1)}
    seconds(grouped, sound)
    runs = []
    for _ in range(rounds):
        without = seconds(grouped, sound)
        runs.append({one_in: seconds(grouped, file) / without for one_in, file in files.items()})
    return {one_in: statistics.median(run[one_in] for run in runs) for one_in in files}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000, help="in the corpus (default: 2,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each job runs (default: 3)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sound = write(Path(folder), asked.documents)
        print(f"{asked.documents:,} documents; the sound corpus takes {seconds(grouped, sound):.2f} s")
        for name, fault in FAULTS.items():
            few, all_ = ratios(sound, fault, asked.rounds).values()
            print(f"  {name:20} 1 % of the documents {few:6.2f}   all {all_:6.2f}", flush=True)


if __name__ == "__main__":
    main()
