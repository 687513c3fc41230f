"""The one door to validators of JSON Schema: nothing is fetched, and no pattern runs longer than its text is long.

Two validators judge by the same words. ``jsonschema_rs`` is compiled and decides; ``jsonschema`` is the reference and
says what is wrong, where. Patterns, formats and multiples are decided by the compiled one in both: it takes them as
ECMA-262 and RFC 3339 have them, searches in linear time, and reckons with decimals.
"""

import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spanproof.schema.node import Json, SchemaError
from spanproof.schema.wrong_parts import judging, keywords, steps_to

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "urn:spanproof:schema:vocabulary")
_OLDER = " (a schema of an older draft often needs no other change; `items` that is a list is `prefixItems` now)"
_DATA = ("enum", "const", "default", "examples")
_LARGEST_PATTERN = 1 << 20
"""Bytes that a compiled pattern may take: ``(a{1000}){1000}`` takes more."""


def reference(schema: Json) -> "Validator":
    """Return the validator that says what is wrong; it knows no file and no address."""
    from referencing import Registry

    # A schema that names its dialect would be judged by the dialect's own class, whose patterns may never end.
    own = {name: value for name, value in schema.items() if name != "$schema"}
    validator: Validator = _reference_class()(own, registry=Registry())
    return validator


def decider(schema: Json) -> "jsonschema_rs.Draft202012Validator":
    """Return the compiled validator of a schema.

    Raises:
        SchemaError: the schema refers to another file, or has a pattern that no linear search decides.
    """
    import jsonschema_rs

    patterns = jsonschema_rs.RegexOptions(size_limit=_LARGEST_PATTERN, dfa_size_limit=_LARGEST_PATTERN)
    try:
        return jsonschema_rs.Draft202012Validator(
            dict(schema), validate_formats=True, pattern_options=patterns, offline=True
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise SchemaError(f"$: {getattr(error, 'message', error)}") from error


@dataclass(frozen=True)
class Judge:
    """Both validators of a schema: the compiled one decides, the reference says what is wrong with what it rejects."""

    schema: Json

    @functools.cached_property
    def decider(self) -> "jsonschema_rs.Draft202012Validator":
        """The compiled validator."""
        return decider(self.schema)

    @functools.cached_property
    def reference(self) -> "Validator":
        """The validator that says what is wrong."""
        return reference(self.schema)

    def accepts(self, value: Any) -> bool:
        """Say whether the compiled validator accepts a value."""
        return decided(self.decider, value)

    def errors(self, value: Any) -> list["ValidationError"]:
        """Return what the reference says is wrong with a value, in the parts in which the compiled one finds something.

        Raises:
            RecursionError: the value is nested too deeply, or references of the schema never end.
        """
        if self.accepts(value):
            return []
        steps = None
        if isinstance(value, Mapping | list):
            with contextlib.suppress(ValueError):  # Half a surrogate pair, which the compiled validator doesn't take.
                steps = steps_to(value, (error.instance_path for error in self.decider.iter_errors(value)))
        with judging(steps):
            errors = list(self.reference.iter_errors(value))
        return errors or list(self.reference.iter_errors(value))

    def errors_of(self, part: Json, value: Any) -> list["ValidationError"]:
        """Return what the reference says is wrong with a value by a part of the schema."""
        judge: Any = self.reference
        return [*judge.evolve(schema=part).iter_errors(value)]


def missing_member(error: Any) -> str | None:
    """Return the required member that an error says is missing; None for an error of another kind."""
    if error.validator != "required":
        return None
    return next((name for name in error.validator_value if error.message == f"{name!r} is a required property"), None)


def matches(pattern: str, text: str) -> bool:
    """Say whether a pattern of ECMA-262 matches somewhere in a text; half a surrogate pair counts as U+FFFD.

    Raises:
        SchemaError: the pattern is none, or none that a linear search decides (look-around, back references).
    """
    return _is_valid(_keyword("pattern", pattern), text)


def demand_own(schema: Json, stand_off: frozenset[str]) -> None:
    """Refuse a schema that names something outside of itself, or has a pattern that can't be decided.

    Args:
        schema: the schema of a file.
        stand_off: the keywords of the vocabulary, which hold no schemas.

    Raises:
        SchemaError: where, what is there and what was expected.
    """
    patterned = unevaluated = None
    for pointer, part in _parts(schema, stand_off):
        _demand_own(pointer, part)
        if isinstance(pattern := part.get("pattern"), str):
            _demand_linear(f"{pointer}/pattern", pattern)
        if isinstance(properties := part.get("patternProperties"), Mapping):
            patterned = f"{pointer}/patternProperties"
            for pattern in properties:
                _demand_linear(patterned, pattern)
        unevaluated = f"{pointer}/unevaluatedProperties" if "unevaluatedProperties" in part else unevaluated
    if patterned and unevaluated:
        expected = "expected additionalProperties, or properties by their names"
        raise SchemaError(f"{unevaluated}: can't be decided beside {patterned}; {expected}")


def _demand_own(pointer: str, part: Json) -> None:
    for name in ("$ref", "$dynamicRef"):
        target = part.get(name)
        if isinstance(target, str) and not target.startswith("#"):
            expected = "only places of the same file can be referred to; expected #/$defs/NAME"
            raise SchemaError(f"{pointer}/{name}: {target!r}: {expected}")
    if pointer != "#" and isinstance(part.get("$id"), str):
        raise SchemaError(f"{pointer}/$id: {part['$id']!r}: a part with an address of its own; expected no $id")
    dialect = part.get("$schema")
    if isinstance(dialect, str) and (pointer != "#" or dialect.rstrip("#") not in _DIALECTS):
        expected = f"expected {_DIALECTS[0]}{_OLDER}" if pointer == "#" else "expected no $schema in a part"
        raise SchemaError(f"{pointer}/$schema: {dialect!r}: another dialect; {expected}")


def _demand_linear(pointer: str, pattern: str) -> None:
    try:
        _keyword("pattern", pattern)
    except SchemaError:
        expected = "expected an expression of ECMA-262 without look-around and back references, of a moderate size"
        raise SchemaError(f"{pointer}: {pattern!r} can't be decided in linear time; {expected}") from None


def _parts(value: Any, stand_off: frozenset[str], pointer: str = "#") -> Iterator[tuple[str, Json]]:
    """Yield the objects of a schema file that may be schemas, outer ones first, with their JSON Pointers."""
    if isinstance(value, Mapping):
        yield pointer, value
        for name, part in value.items():
            # A member of `properties` that is called like one of these keywords has a schema.
            if not (name in _DATA or name in stand_off) or pointer.endswith("/properties"):
                yield from _parts(part, stand_off, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for k, part in enumerate(value):
            yield from _parts(part, stand_off, f"{pointer}/{k}")


def decided(validator: "jsonschema_rs.Draft202012Validator", instance: Any) -> bool:
    """Say whether a compiled validator accepts a value; NaN and half a surrogate pair it can't take, and rejects."""
    try:
        return validator.is_valid(instance)
    except (ValueError, TypeError, RecursionError):
        return False


@functools.lru_cache(4096)
def _keyword(name: str, value: Any) -> "jsonschema_rs.Draft202012Validator":
    return decider({name: value})


def _is_valid(validator: "jsonschema_rs.Draft202012Validator", instance: Any) -> bool:
    try:
        return validator.is_valid(instance)
    except UnicodeEncodeError:
        return validator.is_valid("".join("\ufffd" if "\ud800" <= c < "\ue000" else c for c in instance))


@functools.cache
def _reference_class() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    extended: Any = extend  # untyped in its package
    return extended(
        Draft202012Validator,
        {
            **keywords(Draft202012Validator.VALIDATORS),
            "pattern": _pattern,
            "format": _format,
            "multipleOf": _multiple_of,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
        },
    )


Errors = Iterator["ValidationError"]


def _error(message: str) -> "ValidationError":
    from jsonschema import ValidationError

    return ValidationError(message)


def _pattern(_: Any, pattern: str, instance: Any, __: Json) -> Errors:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield _error(f"{instance!r} does not match {pattern!r}")


def _format(_: Any, name: str, instance: Any, __: Json) -> Errors:
    if isinstance(instance, str) and not _is_valid(_keyword("format", name), instance):
        yield _error(f"{instance!r} is not a {name!r}")


def _multiple_of(_: Any, divisor: float, instance: Any, __: Json) -> Errors:
    is_number = isinstance(instance, int | float) and not isinstance(instance, bool)
    if is_number and not _is_valid(_keyword("multipleOf", divisor), instance):
        yield _error(f"{instance!r} is not a multiple of {divisor}")


def _pattern_properties(validator: Any, properties: Json, instance: Any, _: Json) -> Errors:
    for pattern, schema in properties.items() if isinstance(instance, dict) else ():
        for name, member in instance.items():
            if matches(pattern, name):
                yield from validator.descend(member, schema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Json) -> Errors:
    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    extra = [
        name
        for name in instance
        if name not in schema.get("properties", {}) and not any(matches(pattern, name) for pattern in patterns)
    ]
    if isinstance(allowed, Mapping):
        for name in extra:
            yield from validator.descend(instance[name], allowed, path=name)
    elif not allowed and extra:
        verb = "was" if len(extra) == 1 else "were"
        yield _error(f"Additional properties are not allowed ({', '.join(map(repr, extra))} {verb} unexpected)")
