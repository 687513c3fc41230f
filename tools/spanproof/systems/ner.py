"""Models that label names: where their files are, what their labels are here, and how tags become annotations.

Labels are those of OntoNotes, or are led to them by one table. Offsets are Unicode code points, half open.
"""

import hashlib
import pickletools
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from spanproof.systems.adapters.timex_baseline import reading_of
from spanproof.systems.dates import Reading, annotation
from spanproof.systems.system import Annotations, PartialAnswer, Source
from spanproof.text.segmentation import Extent
from spanproof.text.timex_calendar import UNREAD

NAMES = ("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE")
VALUES = ("MONEY", "QUANTITY", "PERCENT", "ORDINAL", "CARDINAL")
KINDS = ("DATE", "TIME", "DURATION", "SET")
_KNOWN: Mapping[str, str] = {
    **{label: label for label in (*NAMES, *VALUES, *KINDS)},
    **dict.fromkeys(("PER", "PERS"), "PERSON"),
    **dict.fromkeys(("ORGANIZATION", "ORGANISATION"), "ORG"),
    **dict.fromkeys(("MISC", "MISCELLANEOUS", "NRP"), "NORP"),
    "LOCATION": "LOC",
    "FACILITY": "FAC",
    "PERCENTAGE": "PERCENT",
    "DATE_TIME": "DATE",
}
_TAG = regex.compile(r"(?:(?P<place>[BIESLUM])[-_])?(?P<label>.+)", regex.DOTALL)
_FIRST, _LAST = frozenset("BSU"), frozenset("ESLU")
UNVALUED = (
    "No entity_id. What it finds of time gets its value from timex-baseline, which reads the words; where it can't the "
    "value is XXXX-XX-XX (XXXX-XX-XXTXX of a TIME, PXD of a DURATION), so that the extent alone counts; "
    "its values are as in-sample as timex-baseline's."
)
"""What holds of all that :func:`layers` gives, for the ``limits`` of a system."""
LIMITS = (
    "Its labels become those of OntoNotes: PER is PERSON, MISC and NRP are NORP, a place without kind is LOC, "
    f"DATE_TIME is DATE; labels that have no place there are left out, with a warning. {UNVALUED} "
    "No model is downloaded."
)
"""What holds of the answers of all models, for their ``limits``."""

Found = tuple[int, int, str]
"""A span with a label as its model gives it."""


def label(given: str) -> str | None:
    """What a label, ``PER`` or ``work of art``, is here; None for one that has no place."""
    return _KNOWN.get(regex.sub(r"[\s_-]+", "_", given.strip()).upper())


def labels(tags: Iterable[str]) -> tuple[str, ...]:
    """What the tags of a model, ``B-PER``, ``O``, become, in the order of OntoNotes, each once."""
    found = {label(_parts(tag)[1]) for tag in tags}
    return tuple(each for each in dict.fromkeys(_KNOWN.values()) if each in found)


def predicts(known: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The layers of a model with these labels.

    Raises:
        ValueError: none is a label of names, values or times.
    """
    entities = tuple(each for each in known if each not in KINDS)
    dates = KINDS if len(entities) < len(known) else ()
    if not known:
        raise ValueError("none of its labels is one of names, values or times")
    return {layer: given for layer, given in (("entities", entities), ("dates", dates)) if given}


def tells(tags: Collection[str]) -> str:
    """The finest table of :mod:`spanproof.metrics.label_sets` whose names a model with these tags tells apart."""
    given = set(labels(tags))
    for table, needed in (("ontonotes-16", NAMES), ("ace-5", ("PERSON", "ORG", "GPE", "LOC", "FAC"))):
        if given.issuperset(needed):
            return table
    # NORP alone, or NRP, isn't all that is MISC.
    other = any(_parts(tag)[1].upper().startswith("MISC") for tag in tags)
    return "conll-4" if other and given.issuperset(("PERSON", "ORG", "LOC")) else "three"


def foreign(tags: Iterable[str], name: str) -> None:
    """Warns once, as :class:`spanproof.systems.system.PartialAnswer`, which labels of a model are left out.

    What isn't a label, ``O`` or ``<unk>``, isn't named.
    """
    kinds = {_parts(tag)[1] for tag in tags} - {"O"}
    strange = sorted(kind for kind in kinds if label(kind) is None and not kind.startswith("<"))
    if strange:
        warnings.warn(f"{name}: {', '.join(strange)}: no labels of ours, left out", PartialAnswer, stacklevel=2)


def _parts(tag: str) -> tuple[str, str]:
    match = _TAG.fullmatch(tag)
    return (match["place"] or "", match["label"]) if match else ("", "O")


def decoded(words: Iterable[Found]) -> Iterator[Found]:
    """The spans of words with their tags: BIO, BIOES, BILOU, or labels alone, where equal neighbours are one.

    What continues nothing of its label begins a span of its own, as the evaluation of CoNLL-2000 has it.
    """
    start = end = 0
    held = "O"
    for low, high, tag in words:
        place, kind = _parts(tag)
        if held != "O" and (kind != held or place in _FIRST):
            yield start, end, held
            held = "O"
        if kind != "O":
            start, end, held = (low if held == "O" else start), high, kind
            if place in _LAST:
                yield start, end, held
                held = "O"
    if held != "O":
        yield start, end, held


def trimmed(text: str, start: int, end: int) -> Extent:
    """A span without the blanks at its edges; an empty one where there is nothing else."""
    surface = text[start:end]
    low = start + len(surface) - len(surface.lstrip())
    return low, low + len(surface.strip())


def layers(source: Source, found: Iterable[Found]) -> Annotations:
    """Spans as the layers of entities and dates, without blanks at their edges; those of strange labels left out."""
    made: dict[str, list[dict[str, Any]]] = {"entities": [], "dates": []}
    for low, high, given in found:
        kind, (start, end) = label(given), trimmed(source.text, low, high)
        if kind is None or start >= end:
            continue
        if kind in UNREAD:
            reading = reading_of(source.text[start:end], source.dct) or Reading(kind, UNREAD[kind])
            made["dates"].append(annotation(start, end, reading, source.dct))
        else:
            made["entities"].append({"start": start, "end": end, "label": kind})
    return {layer: given for layer, given in made.items() if given}


def place(model: str) -> Path:
    """The files of a model: a path, or ``NAME`` or ``NAME@REVISION`` of the Hub, in the cache of this machine.

    Raises:
        ValueError: it is neither; the message has the command that gets it.
    """
    if Path(model).exists():
        return Path(model)
    from huggingface_hub import snapshot_download

    name, _, revision = model.partition("@")
    try:
        return Path(snapshot_download(name, revision=revision or None, local_files_only=True))
    except (OSError, ValueError):
        if not regex.fullmatch(r"[\w-][\w.-]*(?:/[\w.-]+)?", name):
            raise ValueError("no file or folder, and no name of the Hub") from None
        command = f"hf download {name}{f' --revision {revision}' if revision else ''}"
        raise ValueError(f"no file or folder, and no model of the Hub that is on this machine: {command}") from None


def digest(path: Path) -> str:
    """Eight digits for the files of a model: their names and content, so that another model isn't taken for it."""
    total = hashlib.sha256()
    for each in sorted(path.rglob("*")) if path.is_dir() else (path,):
        unmeant = any(part.startswith(".") or part == "__pycache__" for part in each.relative_to(path).parts)
        if each.is_file() and not unmeant:
            total.update(f"{each.relative_to(path).as_posix()}\0{_content(each)}\0".encode())
    return total.hexdigest()[:8]


def _content(path: Path) -> str:
    if path.is_symlink() and path.resolve().parent.name == "blobs":  # the Hub's cache, which names them by their hash
        return path.resolve().name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def saved_tags(path: Path) -> set[str]:
    """The tags, ``B-PER``, ``S-PER`` and their like, in a file that torch saved; nothing of it is run.

    Raises:
        ValueError: it isn't such a file.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                name = next(name for name in archive.namelist() if name.endswith("data.pkl"))
                with archive.open(name) as file:
                    return set(_tags(file))
        with path.open("rb") as file:  # before torch 1.6: three pickles, and that of what was saved
            return {tag for _ in range(4) for tag in _tags(file)}
    except (ValueError, StopIteration, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no file that torch saved: {error}") from None


def _tags(file: Any) -> Iterator[str]:
    for _, held, _ in pickletools.genops(file):
        text = held.decode("utf-8", "replace") if isinstance(held, bytes) else held
        if isinstance(text, str) and text[:2] in ("B-", "S-") and label(text[2:]):
            yield text
