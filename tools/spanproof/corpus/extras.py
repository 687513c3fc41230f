"""The packages that only some of this one needs: what installs them, for this installation."""

import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import unquote, urlparse

from spanproof.parsing.json import parse

EXTRA_OF = {
    "anyio": "labelstudio",
    "datasets": "datasets",
    "fsspec": "datasets",
    "httpx": "labelstudio",
    "huggingface_hub": "datasets",
    "hypothesis": "strategies",
    "jinja2": "viewer",
    "label_studio_sdk": "labelstudio",
    "markupsafe": "viewer",
    "matplotlib": "bench",
    "packaging": "bench",
    "sentencex": "viewer",
    "spacy": "formats",
    "srsly": "formats",
    "pyspark": "spark",
    "ray": "ray",
    "starlette": "labelstudio",
    "uvicorn": "labelstudio",
}
"""Module to the extra of this package that installs it."""


def missing(error: ModuleNotFoundError) -> str | None:
    """Say which package an import lacks and what installs it; None where that isn't an optional one of ours."""
    module = (error.name or "").partition(".")[0]
    if module not in EXTRA_OF:
        return None
    return f"{module.replace('_', '-')} isn't installed, which this needs; expected `{installing(EXTRA_OF[module])}`"


def explained(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Return an error of an import as one that says what installs the package, where that is an optional one of ours.

    Args:
        error: the error, of a function that people call from Python.
    """
    message = missing(error)
    return error if message is None else ModuleNotFoundError(message, name=error.name)


def installing(extra: str) -> str:
    """Return the command that adds an extra to the installation that runs, be it of a clone, a wheel or an index.

    Args:
        extra: the extra, ``datasets``.
    """
    pip = f"{shlex.quote(sys.executable)} -m pip install"
    source = _source()
    url = None if source is None else source.get("url")
    if source is None or not isinstance(url, str):
        return f"{pip} 'spanproof[{extra}]'"
    editable = "-e " if isinstance(source.get("dir_info"), dict) and source["dir_info"].get("editable") else ""
    if url.startswith("file:"):
        place = unquote(urlparse(url).path)
        return f"{pip} {editable}{shlex.quote(f'{place}[{extra}]')}"
    kind = source.get("vcs_info")
    prefix = f"{kind['vcs']}+" if isinstance(kind, dict) and isinstance(kind.get("vcs"), str) else ""
    return f"{pip} {shlex.quote(f'spanproof[{extra}] @ {prefix}{url}')}"


def _source() -> dict[str, Any] | None:
    """Return what pip wrote down of where this package came from (PEP 610); None where it is an index."""
    try:
        written = distribution("spanproof").read_text("direct_url.json")
        source = parse(written) if written else None
    except (PackageNotFoundError, ValueError):
        return None
    return source if isinstance(source, dict) else None
