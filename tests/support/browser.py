"""Headless Chromium for tests of pages: no network, and what went wrong in the page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")


@dataclass(frozen=True)
class Seen:
    """What a page did: the addresses that it asked for, the messages and errors of its console."""

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="pages are tested with playwright")
    if CHROMIUM is None:
        missing = "there is no chromium to test pages in; on Debian: apt install chromium"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, file: Path, **options: Any) -> Iterator[tuple[Any, Seen]]:
    """A page of a file, in a context of its own; nothing but files can be reached."""
    context, seen = browser.new_context(offline=True, **options), Seen()
    context.set_default_timeout(10_000)
    page = context.new_page()

    def route(request: Any) -> None:
        seen.asked.append(request.request.url)
        if request.request.url.startswith("file://"):
            request.continue_()
        else:
            request.abort()

    page.route("**/*", route)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("dialog", lambda dialog: (seen.said.append(dialog.message), dialog.dismiss()))
    page.goto(file.as_uri())
    try:
        yield page, seen
    finally:
        context.close()
