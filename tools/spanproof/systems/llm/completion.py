"""Completions: the body of a response becomes what the model wrote, or the failure that it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.parsing.json import parse
from spanproof.systems.llm.failure import AnswerError


@dataclass(frozen=True)
class Completion:
    """What a model wrote.

    Attributes:
        content: the text.
        tokens: how many tokens the server counted in the request and in the answer; 0 where it doesn't say.
    """

    content: str
    tokens: tuple[int, int]


def completion_of(body: bytes) -> Completion:
    """Return what the model wrote, from the body of a response with a status of 200.

    Raises:
        AnswerError: the body isn't a chat completion, or one that isn't whole or says nothing.
    """
    value = _object(body)
    problem = value.get("error")
    if problem and not value.get("choices"):
        message = problem.get("message") if isinstance(problem, Mapping) else problem
        raise AnswerError("error", f"the server answers 200 with an error: {_shown(str(message))}")
    try:
        choice = value["choices"][0]
        message, reason = choice["message"], choice.get("finish_reason")
        content, refusal, calls = message.get("content"), message.get("refusal"), message.get("tool_calls")
    except (LookupError, TypeError, AttributeError):
        raise AnswerError("no completion", f"the response isn't a chat completion: {_shown(body)}") from None
    if refusal or reason == "content_filter":
        raise AnswerError("refusal", _shown(str(refusal or reason)))
    if reason == "length":
        raise AnswerError("cut off", "at the greatest length that the server allows")
    if calls or message.get("function_call") or reason in ("tool_calls", "function_call"):
        raise AnswerError("tool call", "the model calls a tool, and none was offered")
    if content is not None and not isinstance(content, str):
        raise AnswerError("no completion", f"the content is {type(content).__name__}; expected a string")
    if not content or not content.strip():
        raise AnswerError("empty", f"the model said nothing ({_shown(str(reason or 'no reason given'))})")
    return Completion(content, tokens_of(value))


def tokens_of(value: Any) -> tuple[int, int]:
    """Return the tokens of a request and of its answer, as a response counts them; 0 where it doesn't."""
    usage = value.get("usage") if isinstance(value, Mapping) else None
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")] if isinstance(usage, Mapping) else []
    asked, answered = (count if type(count) is int and count > 0 else 0 for count in counts or (0, 0))
    return asked, answered


def _object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a body.

    Raises:
        AnswerError: it is another thing: nothing, a page, a stream of events, JSON of another kind.
    """
    begin = body.lstrip()[:200]
    if not begin:
        raise AnswerError("empty", "the response has no body")
    if begin.startswith((b"data:", b"event:", b":")):
        raise AnswerError("stream", "the server streams, and was asked for one answer")
    if begin.startswith(b"<"):
        raise AnswerError("no completion", f"a page came, as of a login or a proxy: {_shown(begin)}")
    try:
        value = parse(body, lone_surrogates=True)
    except ValueError:
        raise AnswerError("no completion", f"the response isn't JSON: {_shown(begin)}") from None
    if not isinstance(value, Mapping):
        raise AnswerError("no completion", f"the response isn't a JSON object: {_shown(begin)}")
    return value


def _shown(content: bytes | str) -> str:
    text = content[:200].decode("utf-8", "replace") if isinstance(content, bytes) else content
    return repr(" ".join(text.split())[:80])
