"""A search for bytes that a format's reader doesn't bear: ``python tests/support/fuzz.py NAME SECONDS [OPTION...]``.

It needs atheris (``pip install atheris``), whose options it takes. It begins with the inputs that are kept for the
format (``fuzzed.py``); what it gathers lies in a folder, which ``... NAME keep FOLDER`` keeps. Bytes that break what a
reader owes end it, and lie in ``crash-...``.
"""

import sys
import tempfile
from pathlib import Path


def main(name: str, seconds: str, *options: str) -> None:
    """Search for a time, or keep what was gathered."""
    import atheris

    with atheris.instrument_imports(include=["spanproof"]):
        import fuzzed  # not of `support`, which imports the whole package
    if seconds == "keep":
        fuzzed.keep(name, Path(options[0]))
        return
    leaf = fuzzed.leaf_named(name)
    if leaf is None:
        sys.exit(f"{name} isn't a format of annotations")
    folder, gathered = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    for k, content in enumerate(fuzzed.inputs(name)):
        (gathered / str(k)).write_bytes(content)
    print(f"what is gathered lies in {gathered}")
    limits = f"-max_total_time={seconds}", "-max_len=2500", "-timeout=20"

    def test(content: bytes) -> None:
        fuzzed.demand_reading(leaf, content, folder)

    atheris.Setup([sys.argv[0], str(gathered), *limits, *options], test)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
