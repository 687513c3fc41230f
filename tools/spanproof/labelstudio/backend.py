"""A system as an ML backend of Label Studio: its protocol over Starlette, predictions as ours are pushed.

The protocol: ``GET /health``, ``POST /setup``, ``POST /predict``, ``GET /versions``, ``POST /webhook``. The access
token that ``/setup`` is sent is that of the project's owner: it is neither kept nor logged, and of no use here.
"""

import base64
import binascii
import hmac
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from spanproof.labelstudio.aids import without_aids
from spanproof.labelstudio.config import config
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.levels import not_placed, with_levels
from spanproof.labelstudio.predictor import PLACES, AbandonedError, Job, Predictor
from spanproof.labelstudio.to_task import prediction
from spanproof.parsing.json import parse
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema
from spanproof.systems.outcomes import KeepsOutcomes, RequestOutcomes
from spanproof.systems.prediction import PredictionError, Prove, annotate
from spanproof.systems.system import Predict, System, unfit

_LOG = logging.getLogger(__name__)
USER = "spanproof"
"""The user name of HTTP's Basic authentication, where a password is demanded."""
LIMIT = 32_000_000
"""How many bytes the body of a request may have."""
_READING = 60
"""Seconds in which the body of a request must be there."""
_AT_ONCE = 8
"""How many tasks a system is given at once; between them it is asked whether anybody waits still."""
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Answer:
    """What is predicted for a batch of tasks.

    Attributes:
        results: a prediction for each task, in their order.
        warnings: why predictions are empty where a task has no text, and what of the answers has no place.
    """

    results: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]


def answer(
    tasks: Sequence[Any],
    system: System,
    predict: Predict,
    schema: Schema,
    prove: Prove,
    demand_waiting: Callable[[], None] = lambda: None,
) -> Answer:
    """Return the predictions for tasks, whose texts are in ``data.text``; a task without one gets an empty prediction.

    Args:
        tasks: the tasks, as Label Studio sends them.
        system: the system.
        predict: what it has loaded.
        schema: the schema of the documents that the tasks are.
        prove: the check of predictions.
        demand_waiting: is called every few tasks, and raises where nobody waits for the answer any more.

    Raises:
        PredictionError: what the system predicts is unsound.
    """
    results: list[dict[str, Any]] = []
    warnings: list[str] = []
    for first in range(0, len(tasks), _AT_ONCE):
        demand_waiting()
        batch = tasks[first : first + _AT_ONCE]
        documents = [_document(task, schema) for task in batch]
        usable = [document for document in documents if not isinstance(document, str)]
        predicted = iter(annotate(system, predict, usable, schema, prove))
        outcomes, number = predict.outcomes if isinstance(predict, KeepsOutcomes) else RequestOutcomes(), 0
        for k, (task, document) in enumerate(zip(batch, documents, strict=True), first):
            if isinstance(document, str):
                name = task.get("id") if isinstance(task, Mapping) else None
                warnings.append(f"task {name or f'{k} of the request'}: {document}; its prediction is empty")
                results.append({"model_version": system.signature, "result": []})
            else:
                number += 1
                name = (schema.key and str(document.get(schema.key) or "")) or str(number)
                shown = prediction(next(predicted), schema, system.signature)
                results.append(with_levels(shown, outcomes, name))
                warnings += [f"{name}: not placed: {lost}" for lost in not_placed(outcomes, name)]
    return Answer(tuple(results), tuple(warnings))


def _document(task: Any, schema: Schema) -> dict[str, Any] | str:
    """Return the document of a task, without its annotations; or, as a string, why it has none.

    A task that wasn't pushed by spanproof may have ``id``, ``language`` and ``dct`` (a TIMEX3 value) beside its text.
    """
    data = task.get("data") if isinstance(task, Mapping) else None
    text = data.get("text") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(text, str):
        return "it has no data.text"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "its text holds a lone surrogate, which isn't a character"
    if isinstance(data.get("document"), Mapping):
        try:
            return from_task(task, schema, {"result": []}).document
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return f"its data.document isn't what a push makes ({type(error).__name__})"
    times = {node.place[0]: timex3.value for node, timex3 in schema.having(Node.timex3) if len(node.place) == 1}
    timed = {name: {value: data["dct"]} for name, value in times.items() if isinstance(data.get("dct"), str)}
    named = {schema.key: str(data.get("id") or task.get("id") or "")} if schema.key else {}
    return {**named, Layout.of(schema).text: text, "language": data.get("language"), **timed}


def backend(system: System, predict: Predict, schema: Schema, prove: Prove, password: str | None = None) -> Starlette:
    """Return the application of a system that is loaded already, so that one which answers is ready.

    Predictions are made one request at a time, and few may wait; a request for the health is answered at once.

    Args:
        system: the system.
        predict: what it has loaded.
        schema: the schema of the documents that the tasks are.
        prove: the check of predictions.
        password: what every request must bring, with the user :data:`USER`; None where none is demanded.

    Raises:
        PredictionError: what the system predicts has no place in the schema.
    """
    if problem := unfit(system, schema):
        raise PredictionError(problem)
    labeling = without_aids(config(schema))
    predictor = Predictor(partial(_predicted, system, predict, schema, prove))

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "UP", "model_class": system.name, "model_version": system.signature})

    async def setup(request: Request) -> Response:
        theirs = _object(await _body(request)).get("schema")
        if isinstance(theirs, str) and without_aids(theirs) != labeling:
            _LOG.warning("a project has another labeling config than the schema's: it may hide what is predicted")
        return JSONResponse({"model_version": system.signature})

    async def versions(_: Request) -> Response:
        return JSONResponse({"versions": [system.signature]})

    async def webhook(_: Request) -> Response:
        return JSONResponse({"status": "ok", "message": f"{system.name} doesn't learn from annotations"})

    async def predicting(request: Request) -> Response:
        with _place(predictor):
            answered = await predictor.answer(await _body(request), _departure(request))
        for warning in answered.warnings:
            _LOG.warning("%s", warning)
        return JSONResponse({"results": list(answered.results), "warnings": list(answered.warnings)})

    get = {"/": health, "/health": health, "/versions": versions}
    post = {"/setup": setup, "/predict": predicting, "/webhook": webhook}
    routes = [Route(path, _guarded(endpoint, password), methods=["GET"]) for path, endpoint in get.items()]
    routes += [Route(path, _guarded(endpoint, password), methods=["POST"]) for path, endpoint in post.items()]
    return Starlette(routes=routes, exception_handlers={HTTPException: _refused})


def serve(app: Starlette, listening: socket.socket) -> None:
    """Answer on a socket until SIGINT or SIGTERM; what isn't finished a second later is broken off.

    The signal is raised again then.
    """
    settings = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    uvicorn.Server(settings).run(sockets=[listening])


def _predicted(system: System, predict: Predict, schema: Schema, prove: Prove, job: Job) -> Answer:
    """Return the answer to a request for predictions."""
    job.demand_waiting()
    tasks = _object(job.content).get("tasks")
    if not isinstance(tasks, list):
        raise HTTPException(400, f"tasks is {type(tasks).__name__}; expected a list of tasks")
    return answer(tasks, system, predict, schema, prove, job.demand_waiting)


@contextmanager
def _place(predictor: Predictor) -> Iterator[None]:
    """Take a place among the requests that wait, before anything of this one is read."""
    if not predictor.places.acquire(blocking=False):
        message = f"{PLACES} requests are being answered or wait; ask again in some seconds"
        raise HTTPException(503, message, headers={"Retry-After": "5"})
    try:
        yield
    finally:
        predictor.places.release()


async def _body(request: Request) -> bytes:
    """Return the body of a request; one that is too long is refused before it is read, or where it gets too long."""
    announced = request.headers.get("content-length", "")
    content = bytearray()
    if not (announced.isascii() and announced.isdigit() and int(announced) > LIMIT):
        try:
            with anyio.fail_after(_READING):
                async for chunk in request.stream():
                    content += chunk
                    if len(content) > LIMIT:
                        break
                else:
                    return bytes(content)
        except TimeoutError:
            raise HTTPException(408, f"the body didn't arrive within {_READING} s", headers=_CLOSE) from None
    message = f"the body has more than {LIMIT:,} bytes; expected fewer tasks in a request"
    raise HTTPException(413, message, headers=_CLOSE)


_CLOSE = {"Connection": "close"}
"""Ends a connection on which a body is still to come."""


def _object(content: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; an error doesn't quote the content, which may hold a token."""
    try:
        body = parse(content, lone_surrogates=True)
    except ValueError:
        raise HTTPException(400, "the body isn't JSON in UTF-8; expected an object") from None
    if not isinstance(body, dict):
        raise HTTPException(400, f"the body is {type(body).__name__}; expected an object")
    return body


async def _departure(request: Request) -> None:
    """Return when the client of a request whose body has been read has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _demand_password(request: Request, password: str) -> None:
    """Refuse a request that doesn't bring the user and the password (HTTP's Basic authentication)."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        brought = base64.b64decode(credentials, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        brought = b""
    if not hmac.compare_digest(brought, f"{USER}:{password}".encode()):
        message = f"expected the user {USER} and the password that serve shows (Basic authentication)"
        raise HTTPException(401, message, headers={"WWW-Authenticate": "Basic", **_CLOSE})


def _guarded(endpoint: Endpoint, password: str | None) -> Endpoint:
    """Return an endpoint that answers failures as JSON; where in the program they happened stands in the log alone."""

    async def guarded(request: Request) -> Response:
        try:
            if password is not None:
                _demand_password(request, password)
            return await endpoint(request)
        except HTTPException:
            raise
        except (AbandonedError, ClientDisconnect):
            return Response(status_code=499)  # Nobody reads it.
        except PredictionError as error:
            _LOG.error("refused: %s", error)
            return JSONResponse({"error": str(error)}, 500)
        except Exception as error:  # A model may raise anything, and the next request must be answered.
            _LOG.exception("%s failed", request.url.path)
            return JSONResponse({"error": f"{type(error).__name__} while {request.url.path} was answered"}, 500)

    return guarded


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)
