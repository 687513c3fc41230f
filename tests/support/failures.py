"""What every refusal of a command keeps to: an exit code, a sentence that helps, and no trace of Python."""

import re
from collections.abc import Sequence

from click.testing import CliRunner, Result

from spanproof.cli import main

PYTHON = re.compile(
    r"Traceback|\[Errno|<class|object at 0x|NoneType|\bNone\b|Error\(|\bdict\b|\bstr\b(?!ing)|b'|\bself\b|'\\w+' object"
)
"""What no message says to somebody who doesn't know Python."""


def demand_refusal(arguments: Sequence[object], code: int, words: str, env: dict[str, str] | None = None) -> Result:
    """Run a command in this process and demand that it is refused as commands are.

    Args:
        arguments: the command.
        code: the exit code that is demanded.
        words: a regular expression of what one line of the output says.
        env: variables of the environment.
    """
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    lines = result.output.splitlines()
    assert result.exit_code == code, result.output
    assert any(re.search(words, line) for line in lines), result.output
    told = [line for line in lines if PYTHON.search(line)]
    assert not told, told
    return result
