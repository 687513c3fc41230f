"""Commands that only read take addresses, too: what is there is fetched before the command begins."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from spanproof.cli.options import QUIET, end_on_sigterm, progress_of, refuse, say
from spanproof.formats.addresses import AddressError, fetching_folder, is_address, remote_at


class CorpusPath(click.Path):
    """A path; or an address, which stays as it is written until it is fetched."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a path, or the words of an address."""
        if isinstance(value, str) and is_address(value) and not Path(value).exists():
            return value
        return super().convert(value, param, ctx)


CORPUS = CorpusPath(path_type=Path)


def fetching(
    *parameters: str, refused: Mapping[str, str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a command read what is at addresses: it is given the paths of temporary files, which go when it has ended.

    Args:
        parameters: those that may be addresses.
        refused: parameters that can't be used with an address, and what they are in words.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def with_fetched(**values: Any) -> None:
            arguments = [one for name in parameters for one in _several(values[name])]
            addresses = list(dict.fromkeys(one for one in arguments if isinstance(one, str) and is_address(one)))
            if not addresses:
                return command(**values)
            click.get_current_context().meta[QUIET] = values.get("quiet", False)
            for name, words in (refused or {}).items():
                if values[name]:
                    refuse(
                        f"{words} can't be combined with the address {addresses[0]}; expected a copy on this machine"
                    )
            end_on_sigterm()
            with fetching_folder() as folder:
                paths = {address: _fetched(address, folder) for address in addresses}
                for name in parameters:
                    value = values[name]
                    new = tuple(paths.get(one, one) for one in _several(value))
                    values[name] = new if isinstance(value, tuple) else new[0]
                return command(**values)

        return with_fetched

    return decorate


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _fetched(address: str, folder: Path) -> Path:
    """Return the path of what was fetched from an address; refuse what can't be."""
    try:
        remote = remote_at(address)
        number, size = len(remote.files), remote.size
        of = "" if size is None else f", {size:,} bytes"
        say(f"{remote.address}: fetching {number:,} {'file' if number == 1 else 'files'}{of}")
        with progress_of("fetching", lambda: size, "bytes") as advance:
            return remote.fetch(folder, advance)
    except AddressError as error:
        refuse(str(error))
