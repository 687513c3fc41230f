"""Every command can be found, is told of, and tells of itself."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from spanproof.cli import main
from spanproof.cli.commands import Commands


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        elif not command.hidden:
            yield (*words, name), command


EVERY = dict(commands(main))


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_has_an_example_and_the_exit_codes(words: tuple[str, ...]) -> None:
    page = CliRunner().invoke(main, [*words, "--help"]).output
    lines = [line.strip() for line in page.splitlines()]
    assert any(line.startswith(f"spanproof {' '.join(words)}") for line in lines)
    assert "Exit codes: 0" in page
    assert EVERY[words].name == words[-1]


def test_a_group_lists_its_commands_and_hides_those_of_processes() -> None:
    for words in ((), ("bench",), ("labelstudio",)):
        listed = CliRunner().invoke(main, [*words, "--help"]).output
        listed = listed.partition("Commands:")[2]
        below = {command[len(words)] for command in EVERY if command[: len(words)] == words}
        assert below == {line.split()[0] for line in listed.splitlines() if line[:2] == "  " and line[2:3].strip()}


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["prove"])
    assert result.exit_code == 2
    assert "No such command 'prove'" in result.output


def test_commands_added_as_they_are_come_before_those_of_places() -> None:
    group = Commands("group", places={"far": ("rules:rules", "List the rules.")})
    group.add_command(click.Command("near", help="Stand here."))
    page = CliRunner().invoke(group, ["--help"]).output
    assert page.index("near  Stand here.") < page.index("far   List the rules.")
