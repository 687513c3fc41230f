"""The bridge to systems in JavaScript: a script under Node.js that is asked of one text after the other.

A question is a line of JSON in ASCII, its answer one in UTF-8 where lone surrogates are escaped: no character of a text
can end or break a line. Strings of JavaScript are counted in UTF-16 code units; :func:`placed` makes them code points.
"""

import json
import os
import subprocess
import warnings
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any, TypeVar

from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import NODE_MODULES, MissingSystemError, PartialAnswer, Source
from spanproof.text.offsets import Map, utf16

Thing = TypeVar("Thing")
_READY = b'"ready"\n'


@dataclass(frozen=True, eq=False)
class Script:
    """A script that runs. Its process ends when it is forgotten, and when this process does, however that ends."""

    name: str
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    turn: Lock = field(default_factory=Lock)

    def ask(self, source: Source, **more: Any) -> list[Any]:
        """What it says of a text; nothing, with a warning, where the package failed on it.

        Raises:
            PredictionError: Node.js ended, or what it wrote is no answer.
        """
        question = json.dumps({"text": source.text, **more}).encode()
        where = f"{self.name}, document {source.id!r}"
        with self.turn:
            line = self.line(question)
        if not line.endswith(b"\n"):
            raise PredictionError(f"{where}: Node.js ended: {self.ended()}")
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        match answer:
            case {"said": list(said)}:
                return said
            case {"problem": problem}:
                warnings.warn(f"{where}: the whole text: {problem}", PartialAnswer, stacklevel=2)
                return []
        raise PredictionError(f"{where}: the answer is {line[:100]!r}; right is a line with what was said")

    def line(self, question: bytes | None = None) -> bytes:
        """The next line that it writes, after a question; one that isn't whole where it ended."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            if question is not None:
                self.process.stdin.write(question + b"\n")
                self.process.stdin.flush()
        except BrokenPipeError:
            return b""
        return self.process.stdout.readline()

    def ended(self) -> str:
        """Why it ended, in its own words: the line that names the error, or the status."""
        status = self.process.wait()
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors.read().decode("utf-8", "replace").splitlines()]
        return next((line for line in lines if "rror: " in line), f"status {status}")


def start(script: Path, modules: Path = NODE_MODULES) -> Script:
    """Start a script over a folder of npm packages.

    Its clock is that of UTC, since JavaScript reckons days in the zone of the computer.

    Args:
        script: the file, an absolute path.
        modules: the folder.

    Raises:
        MissingSystemError: it doesn't run: what Node.js says.
    """
    command, name = ["node", str(script), str(modules)], script.name
    errors = TemporaryFile()  # noqa: SIM115 - it lives as long as the process
    zone = {**os.environ, "TZ": "UTC"}
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=zone)
    except OSError as error:
        raise MissingSystemError(f"{name}: Node.js can't be started: {error}") from None
    running = Script(name, process, errors)
    weakref.finalize(running, _end, process, errors)
    if running.line() != _READY:
        process.kill()
        raise MissingSystemError(f"{name}: Node.js ended: {running.ended()}")
    return running


def placed(text: str, units: Map, start: Any, said: Any) -> tuple[int, int]:
    """The code points of what JavaScript found at an offset.

    ``units`` is :func:`spanproof.text.offsets.utf16` of the text.

    Raises:
        ValueError: that isn't there, or begins or ends within a character; it is never moved to where it could be.
        TypeError: it is no string, or the offset no integer.
    """
    if type(start) is not int or not isinstance(said, str):
        raise TypeError(f"{said!r} at {start!r}; right is a string and its offset")
    end = start + len(_utf16(said)) // 2
    if not 0 <= start <= end < len(units):
        raise ValueError(f"{said!r} at {start}, of {len(units) - 1} units")
    low, high = int(units[start]), int(units[end])
    if low < 0 or high < 0:
        raise ValueError(f"{said!r} at {start} begins or ends within a character")
    # Two lone surrogates of a text that stand together come back as the one character that they would be.
    if _utf16(text[low:high]) != _utf16(said):
        raise ValueError(f"{said!r} at {start}, where {text[low:high]!r} stands")
    return low, high


def understood(name: str, source: Source, said: Sequence[Any], read: Callable[[Map, Any], Thing]) -> list[Thing]:
    """What a script said of a text, each thing as ``read`` understands it, given the UTF-16 map of the text.

    Those for which it raises ValueError, as :func:`placed` does, are left out, with one warning.

    Raises:
        PredictionError: ``read`` raises TypeError or LookupError: what was said has another form.
    """
    units = utf16(source.text)
    where = f"{name}, document {source.id!r}"
    found, faults = [], []
    for each in said:
        try:
            found.append(read(units, each))
        except ValueError as fault:
            faults.append(str(fault))
        except (TypeError, LookupError) as fault:
            raise PredictionError(f"{where}: {str(each)[:100]}: {type(fault).__name__}: {fault}") from None
    if faults:
        more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
        warnings.warn(f"{where}: left out: {faults[0]}{more}", PartialAnswer, stacklevel=2)
    return found


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _end(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, errors):
        if stream:
            try:
                stream.close()
            except OSError:  # what was still to be written to a process that is gone
                continue
