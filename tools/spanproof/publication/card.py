"""The dataset card: the YAML that ``datasets`` and the Hub read, and the page that people read."""

import hashlib
from collections.abc import Mapping
from string import Template
from typing import Any

from spanproof.publication.configs import Config
from spanproof.publication.dataset import Dataset
from spanproof.publication.facts import TEMPLATE, Facts, FactsError
from spanproof.publication.folder import GENERATED
from spanproof.publication.neutral import neutral
from spanproof.publication.sections import pieces

_MARK = f"{GENERATED}: every number is computed; what isn't stated beside the corpus isn't stated here. -->"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
MEASURED = ("agreement", "leaderboard")
"""Pieces of a card that don't follow from the documents: between comments of these names."""
_NOT_MEASURED = "Nothing has been measured yet."


def card(dataset: Dataset, files: Mapping[str, bytes], measured: Mapping[str, str], *, shown: bool) -> str:
    """Return the card of a dataset, from the template beside its corpus or the neutral one.

    Args:
        dataset: what is published.
        files: the Parquet files of its configurations by path.
        measured: pieces of Markdown by the names in :data:`MEASURED`.
        shown: whether the dataset has a picture.

    Raises:
        FactsError: the template names a piece that there isn't.
    """
    import yaml

    known = {**pieces(dataset), **{name: measured.get(name, "").strip() or _NOT_MEASURED for name in MEASURED}}
    template = dataset.facts.template
    body = neutral(dataset, known, shown) if template is None else filled(template, known)
    marked = body if GENERATED in body else f"{_MARK}\n\n{body}"
    settings = yaml.safe_dump(_settings(dataset, files), sort_keys=False, allow_unicode=True)
    return f"---\n{settings}---\n\n{marked}"


def filled(template: str, known: Mapping[str, str]) -> str:
    """Return a template with its pieces (``$counts``; ``$$`` is a dollar sign) filled in.

    Raises:
        FactsError: a piece that there isn't, or a single dollar sign.
    """
    expected = f"expected one of {', '.join(f'${name}' for name in sorted(known))}, or $$ for a dollar sign"
    try:
        return Template(template).substitute(known)
    except KeyError as error:
        raise FactsError(f"{TEMPLATE}: ${error.args[0]} isn't a piece of a card; {expected}") from error
    except ValueError as error:
        raise FactsError(f"{TEMPLATE}: {error}; {expected}") from error


def size_category(rows: int) -> str:
    """Return the Hub's word for a number of rows."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1M")


def _settings(dataset: Dataset, files: Mapping[str, bytes]) -> Mapping[str, Any]:
    """Return the head of the card; what isn't stated isn't in it."""
    facts = dataset.facts
    rows = max(config.table.num_rows for config in dataset.configs)
    return {
        **({"language": dataset.languages} if dataset.languages else {}),
        **_licence(facts),
        **({"pretty_name": facts.title} if facts.title else {}),
        **(facts.get("hub") or {}),
        "size_categories": [size_category(rows)],
        "configs": [
            _config(config, files, facts.get("version"), config is dataset.configs[0]) for config in dataset.configs
        ],
        "dataset_info": [_info(config, files) for config in dataset.configs],
    }


def _licence(facts: Facts) -> Mapping[str, Any]:
    licence = facts.get("license")
    if licence is None:
        return {}
    link = licence.get("file", licence.get("url"))
    named = {"license_name": licence.get("name"), "license_link": link} if licence["id"] == "other" else {}
    return {"license": licence["id"], **{name: value for name, value in named.items() if value is not None}}


def _config(config: Config, files: Mapping[str, bytes], version: str | None, default: bool) -> Mapping[str, Any]:
    return {
        "config_name": config.name,
        **({"default": True} if default else {}),
        **({"version": version} if version else {}),
        # Hashed into the cache key of datasets, so that a rebuilt folder is never served from an old cache.
        "description": f"sha256:{hashlib.sha256(files[config.path]).hexdigest()[:16]}",
        "data_files": [{"split": config.split, "path": f"data/{config.name}/{config.split}-*"}],
    }


def _info(config: Config, files: Mapping[str, bytes]) -> Mapping[str, Any]:
    import datasets

    features = datasets.Features.from_arrow_schema(config.table.schema)
    size = config.table.nbytes
    return {
        "config_name": config.name,
        "features": features._to_yaml_list(),
        "splits": [{"name": config.split, "num_bytes": size, "num_examples": config.table.num_rows}],
        "download_size": len(files[config.path]),
        "dataset_size": size,
    }
