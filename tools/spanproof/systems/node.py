"""The bridge to systems in JavaScript: a script under Node.js that is asked of one text after the other.

A question is a line of JSON in ASCII, its answer one in UTF-8 where lone surrogates are escaped: no character of a text
can end or break a line. Strings of JavaScript are counted in UTF-16 code units; :func:`code_points` converts them.
"""

import json
import os
import warnings
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import Any, TypeVar

from spanproof.parsing.json import parse
from spanproof.systems import process
from spanproof.systems.prediction import PredictionError
from spanproof.systems.process import Process
from spanproof.systems.system import NODE_MODULES, MissingSystemError, PartialAnswer, Source
from spanproof.text.offsets import Map, utf16

Item = TypeVar("Item")
_READY = b'"ready"\n'


@dataclass(frozen=True, eq=False)
class Script:
    """A script that runs. Its process ends when it is forgotten, and when this process does, however that ends.

    Attributes:
        name: the name of its file.
        process: its process; it stays in the group of this one, so that it goes where this one is ended with its group.
        turn: held while it is asked, as it answers one question at a time.
    """

    name: str
    process: Process
    turn: Lock = field(default_factory=Lock)

    def ask(self, source: Source, **more: Any) -> list[Any]:
        """Return the items that it answers of a text; none, with a warning, where the package failed on the text.

        Args:
            source: the text.
            more: further members of the question.

        Raises:
            PredictionError: Node.js ended, or what it wrote is no answer.
        """
        question = json.dumps({"text": source.text, **more}).encode()
        where = f"{self.name}, document {source.id!r}"
        with self.turn:
            line = self.process.ask(question)
        if not line.endswith(b"\n"):
            raise PredictionError(f"{where}: Node.js ended: {reason(self.process)}")
        try:
            answer = parse(line, lone_surrogates=True)
        except ValueError:
            answer = None
        match answer:
            case {"items": list(items)}:
                return items
            case {"problem": problem}:
                warnings.warn(f"{where}: the whole text: {problem}", PartialAnswer, stacklevel=2)
                return []
        raise PredictionError(f"{where}: the answer is {line[:100]!r}; expected a line with what was said")


def reason(node: Process) -> str:
    """Return why Node.js ended: the line of its log that names an error, or else its exit status."""
    status = node.popen.wait()
    return next((line for line in node.messages() if "rror: " in line), f"status {status}")


def start(script: Path, modules: Path = NODE_MODULES) -> Script:
    """Start a script over a folder of npm packages.

    Its clock is that of UTC, since JavaScript reckons days in the zone of the computer.

    Args:
        script: the file, an absolute path.
        modules: the folder.

    Raises:
        MissingSystemError: it doesn't run: what Node.js says.
    """
    command, log = ["node", str(script), str(modules)], TemporaryFile("a+b")  # noqa: SIM115 - it lives as long as Node.js
    try:
        node = process.start(command, log, env={**os.environ, "TZ": "UTC"}, pipes=True, own_group=False)
    except OSError as error:
        raise MissingSystemError(f"{script.name}: Node.js can't be started: {error}") from None
    running = Script(script.name, node)
    weakref.finalize(running, _end, node)
    if node.read_line() != _READY:
        node.end()
        raise MissingSystemError(f"{script.name}: Node.js ended: {reason(node)}")
    return running


def _end(node: Process) -> None:
    node.end()
    node.log.close()


def code_points(text: str, units: Map, start: Any, surface: Any) -> tuple[int, int]:
    """Return start and end, in code points, of what JavaScript found at an offset.

    Args:
        text: the text that it was asked of.
        units: :func:`spanproof.text.offsets.utf16` of the text.
        start: the offset, in UTF-16 code units.
        surface: what it found there.

    Raises:
        ValueError: that isn't there, or begins or ends within a character; it is never moved to where it could be.
        TypeError: the surface is no string, or the offset no integer.
    """
    if type(start) is not int or not isinstance(surface, str):
        raise TypeError(f"{surface!r} at {start!r}; expected a string and its offset")
    end = start + len(_utf16(surface)) // 2
    if not 0 <= start <= end < len(units):
        raise ValueError(f"{surface!r} at {start}, of {len(units) - 1} units")
    low, high = int(units[start]), int(units[end])
    if low < 0 or high < 0:
        raise ValueError(f"{surface!r} at {start} begins or ends within a character")
    # Compared as UTF-16, since two lone surrogates that stand together in a text come back as one character.
    if _utf16(text[low:high]) != _utf16(surface):
        raise ValueError(f"{surface!r} at {start}, where {text[low:high]!r} stands")
    return low, high


def parsed(name: str, source: Source, items: Sequence[Any], parse: Callable[[Map, Any], Item]) -> list[Item]:
    """Return the items of a script's answer as a function parses them.

    Items for which it raises ValueError, as :func:`code_points` does, are left out, with one warning.

    Args:
        name: the system, for messages.
        source: the text that the script was asked of.
        items: the answer.
        parse: takes the UTF-16 map of the text and an item.

    Raises:
        PredictionError: it raises TypeError or LookupError: the item has another form.
    """
    units = utf16(source.text)
    where = f"{name}, document {source.id!r}"
    sound, faults = list[Item](), list[str]()
    for item in items:
        try:
            sound.append(parse(units, item))
        except ValueError as fault:
            faults.append(str(fault))
        except (TypeError, LookupError) as fault:
            raise PredictionError(f"{where}: {str(item)[:100]}: {type(fault).__name__}: {fault}") from None
    if faults:
        more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
        warnings.warn(f"{where}: left out: {faults[0]}{more}", PartialAnswer, stacklevel=2)
    return sound


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
