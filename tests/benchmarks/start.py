"""How long a command takes to start, beside Python alone and ``ruff --version``: by turns, in one run.

``python tests/benchmarks/start.py [ROUNDS]`` prints the processor time of each and its ratio to that of Python alone.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import run

DOCUMENT = '{"text": "Ana met Bo.", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n'


def measured(folder: Path, rounds: int) -> dict[str, list[run.Run]]:
    """Runs of each command, by turns.

    Args:
        folder: where the file is written that is checked.
        rounds: how often each runs.
    """
    file = folder / "small.jsonl"
    file.write_text(DOCUMENT, "utf-8")
    spanproof = [sys.executable, "-m", "spanproof"]
    commands = {
        "python -c ''": [sys.executable, "-c", ""],
        "import pyarrow, numpy": [sys.executable, "-c", "import click, regex, numpy, pyarrow.compute"],
        "spanproof --help": [*spanproof, "--help"],
        "spanproof check small.jsonl": [*spanproof, "check", str(file)],
    }
    if ruff := shutil.which("ruff"):
        commands["ruff --version"] = [ruff, "--version"]
    run.rounds(commands, 1)
    return run.rounds(commands, rounds)


def main() -> None:
    """The command line."""
    with tempfile.TemporaryDirectory() as folder:
        runs = measured(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    bare = runs["python -c ''"]
    print(f"{'command':30}  ms of the processor  / Python alone")
    for name, taken in runs.items():
        times = statistics.median(one.cpu / other.cpu for one, other in zip(taken, bare, strict=True))
        print(f"{name:30}  {statistics.median(one.cpu for one in taken) * 1000:19.0f}  {times:14.1f}")


if __name__ == "__main__":
    main()
