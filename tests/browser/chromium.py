"""Where a Chromium is on this machine, and how it is started."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
OPTIONS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-gpu"]
MISSING = "No Chromium here. Install one (Debian: apt install chromium), or name one in CHROMIUM=/path/to/chromium."


def find() -> str | None:
    if given := os.environ.get("CHROMIUM"):
        return shutil.which(given)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in PLACES if Path(place).exists()), None)
