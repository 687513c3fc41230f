"""The catalogue: every rule of every family, in the order of their codes."""

import importlib
import pkgutil

from spanproof.checks.rule import Rule

CATALOGUE: tuple[Rule, ...] = tuple(
    sorted(
        (
            value
            for family in pkgutil.iter_modules(__path__)
            for value in vars(importlib.import_module(f"{__name__}.{family.name}")).values()
            if isinstance(value, Rule)
        ),
        key=lambda rule: rule.code,
    )
)
