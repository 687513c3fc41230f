"""The severity that a finding has in its layer: that of its rule, or what the schema or the role of the layer says."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from spanproof.checks.rule import Rule
from spanproof.schema.keywords import Role, Setting
from spanproof.schema.node import Node, Place, SchemaError
from spanproof.schema.schema import Schema

OF_ROLE: Mapping[Role, Mapping[str, Setting]] = MappingProxyType(
    {
        "mentions": {},
        # A tokeniser cuts words into parts (do|n't, Silva|'s) and characters into code points (❤|️), and takes blanks
        # for tokens.
        "tokens": {"SP107": "off", "SP108": "off", "SP109": "off"},
        # What a text is cut into may take the blanks and line ends between its parts along.
        "sentences": {"SP107": "off"},
        "zones": {"SP107": "off"},
    }
)
"""What a role says of the severity of rules, by their code."""


@dataclass(frozen=True)
class Severities:
    """What layers make of the findings of rules: for each layer the settings by code, inner layers first."""

    layers: tuple[tuple[Place, Mapping[str, Setting]], ...]

    @classmethod
    def of(cls, schema: Schema, rules: Sequence[Rule]) -> "Severities":
        """Return those of a schema.

        Args:
            schema: the schema.
            rules: the rules that there are.

        Raises:
            SchemaError: a layer changes the severity of a rule that doesn't exist, isn't about layers, or says what may
                never be waived.
        """
        layers = []
        for node, policy in schema.having(Node.policy):
            for code, setting in policy.severity.items():
                _demand_changeable(node, code, setting, {rule.code: rule for rule in rules})
            layers.append((node.place, {**OF_ROLE[policy.role], **policy.severity}))
        return cls(tuple(sorted(layers, key=lambda layer: -len(layer[0]))))

    def setting(self, rule: Rule, place: Place) -> Setting:
        """Return the severity of what a rule finds at a place, or ``off``."""
        for layer, settings in self.layers:
            if rule.code in settings and place[: len(layer)] == layer:
                return settings[rule.code]
        return rule.severity


def _demand_changeable(node: Node, code: str, setting: Setting, rules: Mapping[str, Rule]) -> None:
    """Raise SchemaError if no layer can make this of the findings of a rule."""
    where = f"{node.name}: policy gives {code} the severity {setting!r}"
    if code not in rules:
        # A rule of another package may not be installed here.
        if code.startswith("SP"):
            near = ", ".join(difflib.get_close_matches(code, [*rules], 3)) or "one that `spanproof rules` lists"
            raise SchemaError(f"{where}, but there is no such rule; expected the code of a rule: {near}")
    elif rules[code].needs is None or rules[code].about == "publication":
        raise SchemaError(f"{where}, but {rules[code].name} isn't about layers; expected a waiver in waivers.json")
    elif setting in ("off", "info") and not rules[code].waivable:
        raise SchemaError(f"{where}, but {rules[code].name} may never be waived; expected a rule that may")
