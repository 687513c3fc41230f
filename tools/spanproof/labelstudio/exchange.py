"""A corpus as files for a Label Studio that one has already, and the tasks that come back as a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.shapes import kind_of
from spanproof.formats.files import replace_file
from spanproof.labelstudio.aids import Aids
from spanproof.labelstudio.config import config
from spanproof.labelstudio.tasks import by_document, by_name
from spanproof.labelstudio.upload import missing
from spanproof.parsing.json import parse


def contents(corpus: Corpus, model_version: str | None = None, guidelines: str | None = None) -> dict[str, str]:
    """Return the tasks of a corpus and the labeling config of its schema as files: their texts by their names.

    Args:
        corpus: the corpus.
        model_version: None for gold, which becomes annotations; else whose output the corpus is, which becomes
            predictions.
        guidelines: how to annotate, Markdown or another text, which the page of each task shows.

    Returns:
        ``config.xml`` and ``tasks.json``, which has a line for each task.

    Raises:
        ValueError: the documents of the corpus can't be told apart.
    """
    lines = ",\n".join(json.dumps(task, ensure_ascii=True) for task in missing(corpus, [], model_version).create)
    page = config(corpus.schema, Aids.of(corpus, guidelines))
    return {"config.xml": f"{page}\n", "tasks.json": f"[\n{lines}\n]\n"}


def write_tasks(
    corpus: Corpus, folder: Path, model_version: str | None = None, guidelines: str | None = None
) -> list[Path]:
    """Write the files of :func:`contents` into a folder, which is made if it isn't there.

    Returns:
        The files that were written, each whole or not at all.

    Raises:
        ValueError: the documents of the corpus can't be told apart.
        OSError: a file can't be written.
    """
    texts = contents(corpus, model_version, guidelines)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        replace_file(folder / name, text.encode())
    return [folder / name for name in texts]


def read_tasks_of(corpus: Corpus, file: Path) -> list[Mapping[str, Any]]:
    """Return the tasks in a file that Label Studio exported as JSON, at least one of them of the corpus.

    Raises:
        ValueError: the file is no such export, or of something else; the message says what it is.
        OSError: it can't be read.
    """
    tasks = read_tasks(file)
    if not by_name(corpus).keys() & by_document(tasks).keys():
        raise ValueError(f"{file} holds no task of a document of the corpus; expected what export wrote, annotated")
    return tasks


def read_tasks(file: Path) -> list[Mapping[str, Any]]:
    """Return the tasks in a file that Label Studio exported as JSON.

    Raises:
        ValueError: the file is no such export; the message says what it is.
        OSError: it can't be read.
    """
    try:
        tasks = parse(file.read_bytes(), lone_surrogates=True)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
    right = 'expected the export "JSON" of Label Studio'
    if not isinstance(tasks, list):
        raise ValueError(f"{file} holds {kind_of(tasks)}, not a list of tasks; {right}")
    for number, task in enumerate(tasks):
        if not isinstance(task, Mapping) or not isinstance(task.get("annotations"), list):
            raise ValueError(f"{file}: its item {number} isn't a task with annotations; {right}")
    return tasks
