"""``openai:MODEL@URL#TEMPLATE``: any language model behind an OpenAI-compatible endpoint, as a system."""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from spanproof.schema.schema import Schema
from spanproof.systems.brief import Brief
from spanproof.systems.llm.asking import PART, SEEDS, Asker, parts
from spanproof.systems.llm.examples import example_of
from spanproof.systems.llm.prompt import TEMPLATE, demand_template, rules
from spanproof.systems.llm.question import Question, question_of, unasked
from spanproof.systems.llm.sending import KEY, Endpoint, Pace
from spanproof.systems.system import Family, MissingSystemError, Predict, System, source_of

OFFICIAL = "https://api.openai.com/v1"
BASE = "OPENAI_BASE_URL"
_THING = re.compile(r"(?P<model>[^#]+?)(?:@(?P<url>https?://[^#]*))?(?:#(?P<template>.*))?")
# What looks like an address in the name of a model, but is none: the texts would go to another server than is meant.
_ADDRESS = re.compile(r"://|@[^@/]+(?::[0-9]+(?:/.*)?|/v1)/?$")
_LIMITS = (
    "The name says which model was asked for. Nothing proves that the server used it. It is asked at "
    "temperature 0 with a seed, where the server takes these. The same answer twice isn't promised. A request asks "
    f"for one layer of one part of a text: whole paragraphs, or sentences of longer ones, up to {PART} code points. A "
    "quotation whose source is in another part has none. An answer that is empty, cut off or not JSON is requested "
    "once more with another seed. The model gives words, not offsets. Words get the place where they stand alone in "
    "the text, as they are or in another form of characters, marks, blanks or case. If they stand there several "
    "times, the order of the answers can leave only one place. Words with several possible places or none, and "
    "malformed items, count as spurious in every score of spans, labels and whole quotations, but not of tokens. A "
    "malformed item counts under the first label of the layer. A source or cue is the one nearest to the content. It "
    "gives no entity_id, speaker, mod or anchor, and each quotation is an utterance of its own. A value that isn't "
    "TIMEX3 becomes one that says nothing. Whether a model saw the texts or their annotations in training isn't "
    "known."
)


@dataclass(frozen=True)
class AskedModel:
    """A model, where it is, and how it is asked.

    Attributes:
        model: its name on the server.
        url: the address of the server's API.
        key: the key that the server asks for; None if it asks for none.
        template: the user's template of a prompt; ours by default.
    """

    model: str
    url: str
    key: str | None = None
    template: str = TEMPLATE


def asked_model_of(argument: str, environment: Mapping[str, str]) -> AskedModel:
    """Return the model and address of ``MODEL@URL``, or of ``MODEL`` at the URL in the environment, or else at OpenAI.

    Args:
        argument: the model and its address; behind a ``#`` the file of a template.
        environment: environment variables, of which :data:`KEY` and :data:`BASE` are read.

    Raises:
        ValueError: it is no model and address, the address holds what it mustn't, or there is no such template.
    """
    match = _THING.fullmatch(argument)
    if match is None or _ADDRESS.search(match["model"]):
        raise ValueError(f"{argument!r} isn't a model and its address; expected MODEL@http://HOST/v1")
    url = (match["url"] or environment.get(BASE) or OFFICIAL).rstrip("/")
    try:
        address = urlsplit(url)
        right = address.scheme in ("http", "https") and address.hostname and (address.port is None or address.port > 0)
    except ValueError:
        right = False
    if not right:
        shown = re.sub(r"//.*@", "//***@", url)  # It may hold a password.
        raise ValueError(f"{shown!r} isn't an address; expected MODEL@http://HOST/v1")
    if address.username is not None or address.password is not None or address.query or address.fragment:
        raise ValueError(f"an address holds no user, password or query here; a key stands in ${KEY}")
    template = TEMPLATE if match["template"] is None else _template(match["template"])
    return AskedModel(match["model"], url, environment.get(KEY, "").strip() or None, template)


def _template(name: str) -> str:
    try:
        template = Path(name).read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ValueError(f"the template {name!r} can't be read: {reason}") from None
    try:
        demand_template(template)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return template


def questions(schema: Schema, brief: Brief, template: str = TEMPLATE) -> list[tuple[Question, str]]:
    """Return what is asked, each question with what the model is told to do.

    Args:
        schema: the schema of the documents.
        brief: the layers, the guidelines, the examples.
        template: of the prompt.

    Raises:
        ValueError: a model can't be asked for a layer.
    """
    asked = []
    for layer, labels in brief.layers.items():
        if problem := unasked(schema, layer):
            raise ValueError(problem)
        question = question_of(schema, layer, labels)
        shown = []
        for document in brief.examples:
            source = source_of(document, schema)
            if cut := parts(source.text, source.language):
                shown.append(example_of(document, source.text, cut, question))
        asked.append((question, rules(question, template, brief.guidelines, shown)))
    return asked


def make(argument: str) -> System:
    """Return the system of ``MODEL@URL#TEMPLATE``, which asks for names, quotations and dates of an article.

    Another schema is what it adapts to; see :func:`asked_model_of`.

    Raises:
        ValueError: there is none of it.
    """
    asked_model = asked_model_of(argument, os.environ)
    article = Schema.article()
    labels = {layer: article.nodes[layer, "*"].labels for layer in ("entities", "quotes", "dates")}
    own = System(
        name=f"openai:{argument}",
        version="",
        licence="not known: the server's",
        weights="not known: the model's",
        predicts={},
        limits=_LIMITS,
        open=lambda _: lambda _: (),
        requires=("httpx2>=2.0,<3",),
    )

    def adapt(schema: Schema, brief: Brief) -> System:
        asked = questions(schema, brief, asked_model.template)
        return replace(
            own,
            version=f"3+{_digest(asked_model, asked)}",
            predicts={question.layer: question.labels for question, _ in asked},
            open=lambda _: _opened(asked_model, asked, brief),
            adapt=adapt,
            prompt="\n".join(_shown(question, instructions) for question, instructions in asked),
        )

    return adapt(article, Brief(labels))


def _digest(asked_model: AskedModel, asked: Sequence[tuple[Question, str]]) -> str:
    """Return a digest of all that an answer depends on: with another one, predictions aren't kept."""
    prompts = [asked_model.url, PART, SEEDS, [[instructions, question.answer] for question, instructions in asked]]
    return hashlib.sha256(json.dumps(prompts).encode()).hexdigest()[:8]


def _opened(asked_model: AskedModel, asked: Sequence[tuple[Question, str]], brief: Brief) -> Predict:
    if asked_model.url == OFFICIAL and not asked_model.key:
        raise MissingSystemError(f"openai:{asked_model.model} needs a key: ${KEY}")
    if asked_model.key and not (asked_model.key.isascii() and asked_model.key.isprintable()):
        raise MissingSystemError(f"the key in ${KEY} holds characters that no key has")
    pace = Pace(brief.per_minute)
    # A server that doesn't stream says nothing until the answer is whole, so that its silence may last as long.
    return Asker(
        Endpoint(asked_model.model, asked_model.url, asked_model.key, brief.patience, brief.patience, pace),
        asked,
        brief,
    )


def _shown(question: Question, instructions: str) -> str:
    shape = json.dumps(question.answer, ensure_ascii=False)
    layer = question.layer
    return f"=== {layer}: what the model is told\n{instructions}\n=== {layer}: the shape of its answer\n{shape}\n"


FAMILY = Family(
    name="openai",
    argument="MODEL@URL#TEMPLATE",
    about=f"a language model behind an OpenAI-compatible endpoint (its key in ${KEY}), @URL or ${BASE}; #TEMPLATE is a "
    "file with a prompt of your own",
    make=make,
)
