"""The two pictures of the guide, from a fresh demo: `python -m tests.browser.pictures`, after the pages have changed;
with a folder, from the demo that is in it (`.demo`, once `make demo` has filled it and is ended)."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import ARGS, ROOT

HERE = Path(__file__).parent
CALLS = 120
SIZE = {"width": 1280, "height": 860}
WHO, WORD = "karin", "dagvård"


@contextlib.contextmanager
def demo(data: str | None) -> Iterator[dict[str, Any]]:
    """What the demo says of itself when it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = "from portal.cli import main; main()"
    with tempfile.TemporaryDirectory() as fresh:
        folder = data or fresh
        process = subprocess.Popen(
            [sys.executable, "-c", command, "demo", "--json", f"--data={folder}", f"--port={port}", f"--calls={CALLS}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(60)


def sign_in(page: Page, told: dict[str, Any]) -> None:
    who = next(account for account in told["accounts"] if account["username"] == WHO)
    page.goto(f"{told['url']}/accounts/sign-in")
    page.get_by_label("Användarnamn").fill(WHO)
    page.get_by_label("Lösenord").fill(who["password"])
    page.get_by_role("button", name="Fortsätt", exact=True).click()
    page.get_by_label("Kod", exact=True).fill(pyotp.TOTP(who["totp_secret"]).now())
    with page.expect_navigation():
        page.get_by_role("button", name="Logga in").click()


def find(page: Page, url: str) -> None:
    page.goto(f"{url}/recordings/")
    page.locator("#words").fill(WORD)
    page.locator("#words").press("Enter")
    expect(page.locator("#results a").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=HERE / "find.png")


def call(page: Page) -> None:
    """One that plays, with its waves."""
    page.locator("#results tbody a, #results li a").first.click()
    page.get_by_label("Tjänstens kvalitet").check()
    page.get_by_role("button", name="Öppna inspelningen").click()
    expect(page.locator("[data-elapsed]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    time.sleep(1)  # the waves are drawn when their peaks have come
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=HERE / "call.png")


def main() -> None:
    with demo(next(iter(sys.argv[1:]), None)) as told, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGS)
        page = browser.new_context(
            ignore_https_errors=True, locale="sv-FI", viewport=SIZE, color_scheme="light"
        ).new_page()
        sign_in(page, told)
        find(page, told["url"])
        call(page)
        browser.close()


if __name__ == "__main__":
    main()
