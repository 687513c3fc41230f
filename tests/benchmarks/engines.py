"""Engines beside the plain run, on one corpus and one machine of two cores: what they cost where it needs none.

``python tests/benchmarks/engines.py [DOCUMENTS] [ROUNDS]`` prints the seconds on the clock that each takes, apart from
what it takes to start, and both as multiples of the plain run of one process. An engine that can't be installed is
named. Each finds what the plain run finds.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

import run

from support.apart import python_with

BEGIN = """
import json, sys, time
begun = time.perf_counter()
PATH = sys.argv[1]
"""
CHECKING = """
from spanproof import Schema
from spanproof.engines.checking import Checking
checking = Checking.of(Schema.article(), buckets=4)
"""
PLAIN = """
from spanproof.checks.check import check
ready = time.perf_counter()
report = check(PATH, jobs=JOBS)
"""
DATASETS = """
import datasets
from spanproof.engines import datasets_map
datasets.disable_progress_bars()
dataset = datasets.Dataset.from_parquet(PATH, cache_dir=sys.argv[2])
ready = time.perf_counter()
report = datasets_map.check(dataset, checking, num_proc=2)
"""
RAY = """
import os
os.environ["RAY_worker_niceness"] = "0"  # at 15, as it is by default, workers wait for all other work
import ray
from spanproof.engines import ray_data
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
ray.data.DataContext.get_current().enable_progress_bars = False
ready = time.perf_counter()
report = ray_data.check(ray.data.read_parquet(PATH), checking)
"""
SPARK = """
from pyspark.sql import SparkSession
from spanproof.engines import spark
session = (
    SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
    .config("spark.sql.shuffle.partitions", 4)
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", 4096)
    .getOrCreate()
)
ready = time.perf_counter()
report = spark.check(session.read.parquet(PATH), checking)
"""
END = """
done = time.perf_counter()
print()
print(json.dumps([ready - begun, done - ready, report.documents, report.spans, len(report.findings)]))
"""
PROGRAMS = {
    "plain, one process": (None, PLAIN.replace("JOBS", "1")),
    "plain, two jobs": (None, PLAIN.replace("JOBS", "2")),
    "datasets.map, two processes": (None, CHECKING + DATASETS),
    "Ray Data, two cores": ("ray", CHECKING + RAY),
    "Spark, two cores": ("pyspark", CHECKING + SPARK),
}


def taken(python: Path, program: str, corpus: Path) -> tuple[float, float, tuple[int, ...]]:
    """Seconds to start and to check, and the numbers of documents, spans and findings."""
    with tempfile.TemporaryDirectory() as scratch:
        done = run.run([str(python), "-c", BEGIN + program + END, str(corpus), scratch])
    ready, took, *numbers = json.loads(done.output.strip().splitlines()[-1])
    return ready, took, tuple(numbers)


def measured(corpus: Path, rounds: int, environments: Path) -> dict[str, list[tuple[float, float]]]:
    """Seconds to start and to check of each, by turns; none for an engine that can't be installed.

    Raises:
        SystemExit: an engine finds something else than the plain run.
    """
    pythons = {}
    for name, (package, _) in PROGRAMS.items():
        pythons[name] = python_with(environments / package, package) if package else Path(sys.executable)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    seen = None
    for _ in range(rounds):
        for name, (_, program) in PROGRAMS.items():
            if (python := pythons[name]) is not None:
                *seconds, numbers = taken(python, program, corpus)
                found[name].append((seconds[0], seconds[1]))
                seen = seen or numbers
                if numbers != seen:
                    raise SystemExit(f"{name} saw {numbers} (documents, spans, findings), the plain run {seen}")
    return found


def show(runs: dict[str, list[tuple[float, float]]]) -> None:
    """Print the table, as Markdown."""
    print("| on two cores | start, s | check, s | check / plain | both / plain |")
    print("| --- | ---: | ---: | ---: | ---: |")
    base = runs["plain, one process"]
    for name, pairs in runs.items():
        if not pairs:
            print(f"| {name} | can't be installed here | | | |")
            continue
        start, took = (statistics.median(column) for column in zip(*pairs, strict=True))
        alone = statistics.median(a[1] / b[1] for a, b in zip(pairs, base, strict=True))
        both = statistics.median(sum(a) / sum(b) for a, b in zip(pairs, base, strict=True))
        print(f"| {name} | {start:.1f} | {took:.1f} | {alone:.2f} | {both:.2f} |")


def main() -> None:
    """The command line."""
    documents, rounds = (int(given) for given in (*sys.argv[1:], *("100000", "3")[len(sys.argv) - 1 :]))
    folder = Path(tempfile.gettempdir()) / "spanproof-bench"
    corpus, *_ = run.written(folder, documents, lines=False)
    print(f"{documents:,} articles as Parquet; seconds on the clock, medians of {rounds} rounds")
    show(measured(corpus, rounds, folder / "engines"))


if __name__ == "__main__":
    main()
