"""``stanza:LANG``: the tokenizer and name tagger of Stanza for a language, with its default models."""

import json
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from spanproof.schema.paths import Registries
from spanproof.systems.ner import (
    KINDS,
    LIMITS,
    NAMES,
    VALUES,
    digest,
    foreign,
    labels,
    layers,
    predicts,
    saved_tags,
    tells,
)
from spanproof.systems.system import Annotations, Family, MissingSystemError, PartialAnswer, Predict, Source, System

_VERSION = "1.15.0"
_PROCESSORS = "tokenize,ner"


@dataclass(frozen=True)
class Models:
    """Where the models of a language are: the folder of all, that of the language, the tagger; None where not there."""

    home: Path
    language: Path | None = None
    tagger: Path | None = None


def models(language: str) -> Models:
    """The models of a language on this machine: in ``$STANZA_RESOURCES_DIR``, or in the XDG cache as Stanza has it.

    Raises:
        ValueError: models are there, and their list is torn, or names no tagger for the language.
    """
    named, xdg = os.environ.get("STANZA_RESOURCES_DIR"), os.environ.get("XDG_CACHE_HOME")
    home = Path(named or Path(xdg or Path.home() / ".cache") / "stanza" / _VERSION / "resources")
    try:
        listed = json.loads((home / "resources.json").read_bytes())
    except OSError:
        return Models(home)
    except ValueError as error:
        raise ValueError(f"{home / 'resources.json'} isn't JSON: {error}; remove it and download it anew") from None
    try:
        code = listed[language].get("alias", language)
        package = listed[code]["packages"]["default"]["ner"]
    except (LookupError, AttributeError, TypeError):
        raise ValueError(f"{home / 'resources.json'} lists no tagger of names for {language!r}") from None
    tagger = home / code / "ner" / f"{package}.pt"
    return Models(home, home / code, tagger) if tagger.is_file() else Models(home)


def _open(home: Path, language: str, name: str) -> Predict:
    library = import_module("stanza")
    try:
        pipeline = library.Pipeline(
            language, dir=str(home), processors=_PROCESSORS, download_method=None, logging_level="ERROR"
        )
    except FileNotFoundError as error:
        code = f"import stanza; stanza.download({language!r}, model_dir={str(home)!r}, processors={_PROCESSORS!r})"
        raise MissingSystemError(f'{name}: {error}: {sys.executable} -c "{code}"') from None
    foreign(pipeline.processors["ner"].get_known_tags(), name)

    def answer(source: Source) -> Annotations:
        try:
            said: Any = pipeline(source.text).ents if source.text.strip() else ()
        except Exception as error:  # whatever its processors raise of a text
            why = f"{type(error).__name__}: {error}"
            warnings.warn(f"{source.id}: the whole text: {why}", PartialAnswer, stacklevel=2)
            return {}
        return layers(source, [(each.start_char, each.end_char, each.type) for each in said])

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        return (answer(source) for source in sources)

    return predict


def make(language: str) -> System:
    """The system of a language, as Stanza names it: ``en``, ``zh-hans``.

    Raises:
        ValueError: Stanza has no tagger for it, or one without names among its labels.
    """
    found, name = models(language), f"stanza:{language}"
    tags = saved_tags(found.tagger) if found.tagger else (*NAMES, *VALUES, *KINDS)
    known = labels(tags)

    def open_(_: Registries) -> Predict:
        return _open(found.home, language, name)

    return System(
        name=name,
        version=f"{_VERSION}-{digest(found.language) if found.language else 'none'}",
        licence="Apache-2.0",
        weights="as its card says",
        predicts=predicts(known),
        limits=f"The default models of Stanza, whatever language a text is in. A text on which it fails is left out. "
        f"{LIMITS}",
        open=open_,
        requires=("torch>=2.13,<2.14", f"stanza=={_VERSION}"),
        tells=tells(tags),
        in_sample=("dates.value",) if "dates" in predicts(known) else (),
    )


FAMILY = Family("stanza", "LANG", "the name tagger of Stanza for a language, its models on this machine", make)
