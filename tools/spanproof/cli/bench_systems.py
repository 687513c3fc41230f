"""``spanproof bench systems`` and ``install``."""

import sys

import click

from spanproof.cli.options import say
from spanproof.systems import environments
from spanproof.systems.registry import systems
from spanproof.systems.system import MissingSystemError, System


@click.command("systems")
def listing() -> None:
    """List the known systems: version, licence, what they predict, or what is missing and how to install it.

    A family, such as transformers:MODEL, runs any model; name it after the colon.

    \b
    spanproof bench systems

    Exit codes: 0 listed.
    """
    registry = systems()
    width = max(len(system.signature) for system in registry.known.values())
    for system in registry.known.values():
        click.echo(f"{system.signature:{width}}  {_description(system)}")
    for family in registry.families.values():
        click.echo(f"{f'{family.name}:{family.argument}':{width}}  {family.about}")
    for problem in registry.problems:
        say(problem)


def _description(system: System) -> str:
    missing = environments.missing(system)
    if missing:
        return f"missing: {missing}"
    weights = f", weights {system.weights}" if system.weights else ""
    layers = ", ".join(
        f"{layer} ({len(labels)} label{'s'[: len(labels) != 1]})" for layer, labels in system.predicts.items()
    )
    return f"{system.licence}{weights}; {layers}"


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SYSTEM...")
def install(names: tuple[str, ...]) -> None:
    """Install what systems need: for each, an environment in the cache that builds on the present one.

    \b
    spanproof bench install spacy-sm flair

    Exit codes: 0 all are installed, 1 some couldn't be.
    """
    failed = False
    for name in dict.fromkeys(names):
        try:
            say(f"{name}: {environments.install(systems().find(name), say)}")
        except MissingSystemError as error:
            say(str(error))
            failed = True
    sys.exit(1 if failed else 0)
