# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium that tells what a page wrote to its console and what it wanted to load."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

PROGRAMS = [shutil.which(name) for name in ("chromium", "chromedriver")]
WHY_NOT = "" if all(PROGRAMS) else "needs the packages chromium and chromium-driver"


class Browser:
    """A page in a window of a given size."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, file: Path, width: int = 1280, *, script: bool = True) -> None:
        """Loads the page; what earlier ones wrote is forgotten."""
        self.command("Emulation.setScriptExecutionDisabled", value=not script)
        self.resize(width)
        self.messages()
        self.driver.get("about:blank")
        self.driver.get_log("performance")
        self.driver.get(file.as_uri())

    def resize(self, width: int) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 500,
        )

    def media(self, media: str = "", scheme: str = "light") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", media=media, features=features)

    def command(self, name: str, **arguments: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, arguments)

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a JavaScript expression."""
        return self.driver.execute_script(f"return {script}", *arguments)

    def messages(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """All addresses that were asked for since the page was opened."""
        log = self.driver.get_log("performance")
        events = [json.loads(one["message"])["message"] for one in log]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]


@contextmanager
def browser() -> Iterator[Browser]:
    """One session; the caller has looked at WHY_NOT."""
    options = webdriver.ChromeOptions()
    options.binary_location = PROGRAMS[0] or ""
    options.add_argument("--headless=new")
    options.add_argument("--disable-dev-shm-usage")
    options.add_argument("--disable-gpu")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # which root does not have
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(PROGRAMS[1] or ""))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
