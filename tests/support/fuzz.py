"""A search for bytes that a format's reader doesn't bear: ``python tests/support/fuzz.py NAME SECONDS [FILE...]``.

It needs atheris (``pip install atheris``). It begins with the inputs that are kept for the format (``fuzzed.py``) and
with the files that are named, and runs for that many seconds of the processor's time. Half of its inputs are changed
by whole lines and cells, since single bytes seldom make another sound line. It goes on after bytes that break what a
reader owes, and keeps the first of each kind with its traceback as ``crash-NAME-...``. What it gathers lies in a
folder, which ``... NAME keep FOLDER`` keeps.
"""

import os
import random
import re
import sys
import tempfile
import time
import traceback
from pathlib import Path

LONGEST = 4000
SEPARATOR = re.compile(rb"([\t |;,()=\"<>{}\[\]*#:-]+)")


def exchanged(parts: list[bytes], draw: random.Random) -> list[bytes]:
    """Parts of which one is missing, doubled, moved, or in the place of another."""
    one, other = draw.randrange(len(parts)), draw.randrange(len(parts))
    kind = draw.randrange(4)
    if kind == 0:
        return parts[:one] + parts[one + 1 :]
    if kind == 1:
        return [*parts[:other], parts[one], *parts[other:]]
    changed = [*parts]
    changed[one] = parts[other]
    if kind == 3:
        changed[other] = parts[one]
    return changed


def changed_by_lines(content: bytes, draw: random.Random) -> bytes:
    """Content of which a line, or a cell of a line, is missing, doubled, moved, or in the place of another."""
    lines = content.splitlines(keepends=True) or [content]
    if draw.random() < 0.5:
        return b"".join(exchanged(lines, draw))
    place = draw.randrange(len(lines))
    cells = SEPARATOR.split(lines[place])
    elsewhere = SEPARATOR.split(draw.choice(lines))
    if draw.random() < 0.5:
        cells[draw.randrange(len(cells))] = draw.choice(elsewhere)
    else:
        cells = exchanged(cells, draw)
    lines[place] = b"".join(cells)
    return b"".join(lines)


def main(name: str, seconds: str, *files: str) -> None:
    """Search for a time, or keep what was gathered."""
    import atheris

    with atheris.instrument_imports(include=["spanproof"]):
        import fuzzed  # not of `support`, which imports the whole package
    if seconds == "keep":
        fuzzed.keep(name, Path(files[0]))
        return
    leaf = fuzzed.leaf_named(name)
    if leaf is None:
        sys.exit(f"{name} isn't a format of annotations")
    folder, gathered = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    for k, content in enumerate([*fuzzed.inputs(name), *(Path(file).read_bytes() for file in files)]):
        (gathered / str(k)).write_bytes(content[:LONGEST])
    print(f"what is gathered lies in {gathered}", flush=True)
    kinds: set[object] = set()
    number = 0

    def test(content: bytes) -> None:
        nonlocal number
        number += 1
        if time.process_time() > float(seconds):
            print(f"{name}: {number} inputs in {seconds} s, {len(kinds)} kinds of crashes", flush=True)
            os._exit(0)
        try:
            fuzzed.demand_reading(leaf, content, folder)
        except Exception as error:
            kind = type(error), *[(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
            if kind not in kinds:
                kinds.add(kind)
                Path(f"crash-{name}-{len(kinds)}").write_bytes(content)
                Path(f"crash-{name}-{len(kinds)}.txt").write_text(traceback.format_exc(), "utf-8")

    def mutate(content: bytes, longest: int, seed: int) -> bytes:
        draw = random.Random(seed)
        changed = atheris.Mutate(content, longest) if draw.random() < 0.5 else changed_by_lines(content, draw)
        return bytes(changed[:longest])

    options = [sys.argv[0], str(gathered), f"-max_len={LONGEST}", "-timeout=20"]
    atheris.Setup(options, test, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
