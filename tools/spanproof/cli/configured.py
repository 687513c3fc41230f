"""The settings of a project in the place of options that nobody gave."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from spanproof.checks.selection import with_codes
from spanproof.cli.options import from_here, refuse, say
from spanproof.corpus.settings import UNSETTLED, Settings
from spanproof.formats.addresses import is_fetched
from spanproof.formats.content import STANDARD_INPUT
from spanproof.formats.schemas import stated_schema
from spanproof.schema.node import SchemaError

_OPTIONS = ("select", "ignore", "output", "show", "fail_on", "max_findings", "baseline")


def configured(context: click.Context, values: dict[str, Any]) -> Settings:
    """Put the settings of a project in the place of what nobody gave on the command line.

    Args:
        context: that of the command.
        values: its arguments, among them ``paths``, ``schema_file`` and ``config``, which goes.

    Returns:
        The settings, of which those for some paths are left to be asked.
    """
    try:
        settings = with_codes(_settings(values.pop("config"), values["paths"]))
    except ValueError as error:
        refuse(str(error))
    if settings.file is None:
        return settings
    taken = []
    for name in _OPTIONS:
        value = getattr(settings, name)
        if value not in (None, ()) and context.get_parameter_source(name) is ParameterSource.DEFAULT:
            values[name] = _allowed(context, settings, name, value)
            taken.append(name.replace("_", "-"))
    if settings.paths and not values["paths"] and not values.get("undo"):
        values["paths"] = tuple(map(from_here, settings.paths))
        taken.append("paths")
    if settings.schema and values["schema_file"] is None and values["paths"] and not _has_schema(values["paths"]):
        values["schema_file"] = from_here(settings.schema)
        taken.append("schema")
    if taken := [*taken, *(["per-path-ignores"] if settings.per_path else [])]:
        say(f"{from_here(settings.file)}: settings used: {', '.join(taken)}")
    return settings


def _settings(config: Path | None, paths: Sequence[Path]) -> Settings:
    """Return the settings in a file, or those around corpora, which have the same.

    Raises:
        ValueError: they can't be used, or corpora are of two projects.
    """
    if config is not None:
        return Settings.read(config)
    here = [path == STANDARD_INPUT or is_fetched(path) for path in paths]
    folders = [
        Path.cwd() if stands_here else path if path.is_dir() else path.parent
        for path, stands_here in zip(paths, here, strict=True)
    ]
    around = [Settings.around(folder) for folder in dict.fromkeys(folders or [Path.cwd()])]
    for other in around[1:]:
        if other.file != around[0].file:
            files = " and ".join(str(settings.file or "no settings") for settings in (around[0], other))
            raise ValueError(f"the corpora have {files}; expected corpora of one project, or --config FILE")
    return around[0] if around else UNSETTLED


def _allowed(context: click.Context, settings: Settings, name: str, value: Any) -> Any:
    """Return a setting as its option takes it; refuse what that doesn't allow."""
    if isinstance(value, Path):
        return from_here(value)
    option = next(parameter for parameter in context.command.params if parameter.name == name)
    choices = getattr(option.type, "choices", None)
    if choices is not None and value not in choices:
        expected = ", ".join(map(str, choices))
        refuse(f"{settings.file}: {name.replace('_', '-')} is {value!r}; expected one of {expected}")
    return value


def _has_schema(paths: Sequence[Path]) -> bool:
    try:
        return stated_schema(paths) is not None
    except SchemaError as error:
        refuse(str(error))
