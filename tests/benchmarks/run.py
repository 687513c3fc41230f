"""The benchmarks: the whole catalogue against reading, against the loop that people write, against ``jsonschema``.

Every job is a process of its own, as a user would run it, on a core that it is tied to, and the jobs take turns. Times
are of the processor, so that what else the machine does weighs little; a ratio is the median of the ratios of the
rounds.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHORT: Mapping[str, tuple[str, ...]] = {"peers": ("1000", "3")}
FULL: Mapping[str, tuple[str, ...]] = {
    "peers": ("1000", "5"),
    "engines": ("50000", "2"),
    "scoring": ("--rounds", "3"),
    "start": (),
    "drift": ("--rounds", "1", "--most", "50000"),
    "rebase": ("--rounds", "2"),
    "shapes": (),
    "foreign": ("1000",),
    "growth": ("--most", "1024000"),
}
"""The other files of this folder that print a table, and what each is asked for."""
_SAMPLE = 100
_COMPILED = str(Path(tempfile.gettempdir()) / "spanproof-bench-modules")


_APART = """
import json, os, sys, time
begin = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)
figures = time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss
os.write(int(sys.argv[1]), json.dumps(figures).encode())
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"""
"""Runs a command and measures it. A process's peak is at least what the process held that started it: this one is tiny,
and the tests that start it may have held a GiB."""


@dataclass(frozen=True)
class Run:
    """One run of a job: seconds on the clock and of the processor, the most memory held, in MiB, and what it wrote."""

    wall: float
    cpu: float
    peak: float
    output: str
    errors: str = ""


def read_parquet(path: Path) -> None:
    """Decodes all columns, batch by batch."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
    for _ in file.iter_batches(batch_size=4096, use_threads=False):
        pass


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
    for batch in file.iter_batches(batch_size=4096, use_threads=False):
        yield from batch.to_pylist()


def read_jsonl(path: Path) -> None:
    """Parses every line, by orjson where it is installed."""
    loads = importlib.import_module("orjson" if importlib.util.find_spec("orjson") else "json").loads
    with path.open("rb") as file:
        for line in file:
            loads(line)


def loop(path: Path) -> None:
    """The loop that people write: bounds and surface of every span, nothing else."""
    wrong = 0
    for document in _documents(path):
        text = document["text"]
        quotes = document["quotes"]
        parts = [quote[name] for quote in quotes for name in ("source", "cue") if quote[name]]
        for span in (*document["zones"], *document["entities"], *quotes, *parts, *document["dates"]):
            start, end = span["start"], span["end"]
            wrong += not 0 <= start < end <= len(text) or text[start:end] != span["text"]
    if wrong:
        raise SystemExit(f"{wrong} spans of the synthetic corpus are wrong")


def validate(path: Path) -> None:
    """``jsonschema`` over the first documents; prints the seconds that one takes."""
    from itertools import islice

    from spanproof.schema.schema import Schema

    documents = list(islice(_documents(path), _SAMPLE))
    validator = Schema.article().validator
    validator.is_valid(documents[0])
    begin = time.perf_counter()
    for document in documents:
        if not validator.is_valid(document):
            raise SystemExit(f"{document['id']} breaks the schema")
    print((time.perf_counter() - begin) / len(documents))


OWN: Mapping[str, Callable[[Path], None]] = {each.__name__: each for each in (read_parquet, read_jsonl, loop, validate)}


def environment() -> dict[str, str]:
    """This process's environment, in which the package of this repository is found, and kept as it is compiled."""
    paths = [str(ROOT / "tools"), str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": _COMPILED, **kept, "PYTHONPATH": os.pathsep.join(paths)}


def run(command: Sequence[str]) -> Run:
    """Runs a command to its end.

    Raises:
        RuntimeError: it failed; the message is its error stream.
    """
    temporary = tempfile.TemporaryFile
    with temporary("w+") as figures, temporary("w+") as output, temporary("w+") as errors:
        number = figures.fileno()
        apart = [sys.executable, "-I", "-S", "-c", _APART, str(number), *command]
        ended = subprocess.run(
            apart, stdout=output, stderr=errors, env=environment(), cwd=ROOT, pass_fds=[number], check=False
        )
        for stream in (figures, output, errors):
            stream.seek(0)
        written, said = output.read(), errors.read()
        if ended.returncode:
            raise RuntimeError(f"{' '.join(command)}: exit {ended.returncode}\n{said}{written[-2000:]}")
        wall, cpu, peak = json.load(figures)
    return Run(wall, cpu, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), written, said)


def job(name: str, path: Path) -> list[str]:
    """The command of a job of this file."""
    return [sys.executable, str(HERE / "run.py"), "--job", name, str(path)]


def checked(*arguments: str) -> list[str]:
    """The command of a check; information alone doesn't fail it."""
    return [sys.executable, "-m", "spanproof", "check", *arguments, "--output", "json"]


@contextmanager
def pinned(cores: int) -> Iterator[None]:
    """Ties this process, and those that it starts meanwhile, to so many of its cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[-cores:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def rounds(commands: Mapping[str, Sequence[str]], count: int) -> dict[str, list[Run]]:
    """Runs of all commands, in turns; one that asks for two jobs has two cores."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(count):
        for name, command in commands.items():
            if sys.stderr.isatty():
                print(f"\r\x1b[Kround {number + 1} of {count}: {name}", end="", file=sys.stderr)
            with pinned(2 if "--jobs" in command else 1):
                found[name].append(run(command))
    return found


def ratio(runs: Sequence[Run], others: Sequence[Run]) -> float:
    """How many times as long as the others the runs took of the processor, pair by pair."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(runs, others, strict=True))


def clock_ratio(runs: Sequence[Run], others: Sequence[Run]) -> float:
    """The same of the clock, for runs that use several processors."""
    return statistics.median(one.wall / other.wall for one, other in zip(runs, others, strict=True))


def written(folder: Path, documents: int, *, lines: bool = True) -> list[Path]:
    """The corpus as Parquet, and as JSONL if asked, made by another process."""
    command = [sys.executable, str(HERE / "corpus.py"), str(folder), str(documents), *([] if lines else ["--parquet"])]
    made = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return [Path(line) for line in made.stdout.splitlines()]


def measured(folder: Path, documents: int, count: int) -> dict[str, list[Run]]:
    """Every job over the corpus of this many documents, which is written if it isn't there."""
    parquet, jsonl = written(folder, documents)
    runs = rounds(
        {
            "read the Parquet": job("read_parquet", parquet),
            "check the Parquet": checked(str(parquet)),
            "check by two jobs": checked(str(parquet), "--jobs", "2"),
            "loop over the Parquet": job("loop", parquet),
            "read the JSONL": job("read_jsonl", jsonl),
            "check the JSONL": checked(str(jsonl)),
        },
        count,
    )
    return runs | rounds({"jsonschema": job("validate", parquet)}, 1)


def show(runs: Mapping[str, Sequence[Run]], documents: int) -> None:
    """Prints the table, as Markdown."""
    names = [name for name in runs if name != "jsonschema"]
    took = {name: statistics.median(each.cpu for each in runs[name]) for name in names}
    bases = ("read the Parquet", "read the JSONL")
    each = statistics.median(float(run.output) for run in runs["jsonschema"]) * documents
    print(f"{documents:,} articles of some 60 spans; medians of {len(runs['read the Parquet'])} rounds\n")
    print("| whole process | processor seconds | / reading Parquet | / reading JSONL | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name in names:
        against = " | ".join(f"{ratio(runs[name], runs[base]):.2f}" for base in bases)
        peak = statistics.median(each.peak for each in runs[name])
        print(f"| {name} | {took[name]:.2f} | {against} | {peak:,.0f} |")
    against = " | ".join(f"{each / took[base]:.0f}" for base in bases)
    print(f"| jsonschema (from {_SAMPLE}) | {each:.0f} | {against} | |\n")
    loop, two = (
        compared(runs[name], runs["check the Parquet"])
        for name, compared in (("loop over the Parquet", ratio), ("check by two jobs", clock_ratio))
    )
    print(f"the loop takes {loop:.1f} times as long as the catalogue, ", end="")
    print(f"jsonschema {each / took['check the Parquet']:.0f} times; two jobs {two:.2f} of one on the clock")


def machine() -> str:
    """Name the machine: its processor, cores and memory, and the versions of what is measured."""
    model, memory = platform.processor() or platform.machine(), ""
    if (cpus := Path("/proc/cpuinfo")).exists():
        names = (line.partition(":")[2].strip() for line in cpus.read_text().splitlines() if "model name" in line)
        model = next(names, model)
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30):.0f} GiB"
    return f"{model}, {os.cpu_count()} cores{memory}; Python {platform.python_version()}, {', '.join(_versions())}"


def _versions() -> Iterator[str]:
    for name in ("numpy", "pyarrow", "jsonschema", "orjson"):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"no {name}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, help="size of the corpus (default: 20,000; 100,000 with --full)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each job runs (default: 3)")
    parser.add_argument("--full", action="store_true", help="also every other table of this folder; takes an hour")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "spanproof-bench", help="for the corpus"
    )
    parser.add_argument("--job", nargs=2, metavar=("NAME", "PATH"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        OWN[given.job[0]](Path(given.job[1]))
        return
    begun, documents = time.monotonic(), given.documents or (100_000 if given.full else 20_000)
    print(machine())
    runs = measured(given.folder, documents, given.rounds)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    show(runs, documents)
    for table, arguments in (FULL if given.full else SHORT).items():
        print(f"\n{table}", flush=True)
        with pinned(2 if table in ("engines", "growth") else 1):
            command = [sys.executable, str(HERE / f"{table}.py"), *arguments]
            subprocess.run(command, env=environment(), check=True)
    print(f"\n{(time.monotonic() - begun) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
