"""Finds the browsers of the tests.

`python -m lib.site.book.browsers` installs those that are missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lib.site.book.keys import ROOT

OWN = ROOT / ".venv" / "browsers"  # downloaded, where no package has one
NAMES = {
    "chromium": [
        "chromium",
        "google-chrome",
        "google-chrome-stable",
        "chromium-browser",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
    ],
    "firefox": [
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        "C:/Program Files/Mozilla Firefox/firefox.exe",
    ],
}
DEBIAN = {"chromium": "chromium", "firefox": "firefox-esr"}


def chromium() -> Path:
    """Chromium's or Chrome's program."""
    return found("chromium")


def firefox() -> Path:
    """Firefox's program: the ordinary one, not a patched build."""
    return found("firefox")


def found(name: str) -> Path:
    """The program of a browser, or an error: a test never does without.

    Raises:
        FileNotFoundError: If there is none that starts.
    """
    if path := look_for(name):
        return path
    raise FileNotFoundError(
        f"no {name} on this machine: `python -m lib.site.book.browsers` "
        f"installs one, or set {name.upper()} to its path"
    )


def look_for(name: str) -> Path | None:
    """The first program of that name that starts."""
    chosen = os.environ.get(name.upper())
    for candidate in [chosen] if chosen else candidates(name):
        path = shutil.which(candidate)
        if path and starts(path):
            return Path(path)
    return None


def candidates(name: str) -> list[str]:
    """Names on the PATH, usual places, what was downloaded earlier."""
    own = {"chrome", "chrome.exe", "firefox", "firefox.exe", "Chromium"}
    downloaded = [str(p) for p in OWN.rglob("*") if p.name in own]
    return NAMES[name] + [
        path
        for path in sorted(downloaded)
        if os.path.isfile(path) and (name == "firefox") == ("fire" in path)
    ]


def starts(path: str) -> bool:
    """Whether it is a browser, and no stub that asks to install one."""
    if os.name == "nt":  # there `--version` opens a window
        return True
    try:
        command = [path, "--version"]
        done = subprocess.run(command, capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def install(name: str) -> None:
    """From Debian's packages, else from the browser's own makers."""
    print(f"Installing {name}", flush=True)
    if is_debian() and (sudo := administrator()) is not None:
        # a machine image comes without lists, or with lists out of date
        succeeds([*sudo, "apt-get", "-qq", "update"])
        command = ["apt-get", "-qq", "install", "-y", DEBIAN[name]]
        if succeeds([*sudo, *command]):
            return
    if name == "chromium":
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
    else:
        modules = ROOT / "lib" / "site" / "node_modules"
        tool = modules / "@puppeteer" / "browsers" / "lib" / "cjs"
        node = shutil.which("node") or str(
            Path(sys.executable).with_name("node")
        )
        command = [node, str(tool / "main-cli.js"), "install"]
        command += ["firefox@stable", "--path", str(OWN)]
    succeeds(command)


def is_debian() -> bool:
    """Debian itself: Ubuntu's packages of the two only point to snaps."""
    try:
        return "\nID=debian" in "\n" + Path("/etc/os-release").read_text()
    except OSError:
        return False


def administrator() -> list[str] | None:
    """What to put before a command to install packages, if anything can."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def succeeds(command: list[str]) -> bool:
    """Whether a program ended well."""
    environment = os.environ | {
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_BROWSERS_PATH": str(OWN),
    }
    try:
        return not subprocess.run(command, env=environment).returncode
    except OSError:
        return False


def main() -> None:
    """Install what is missing; end with an error if something still is."""
    for name in NAMES:
        if not look_for(name):
            install(name)
    for name in NAMES:
        try:
            print(f"{name}: {found(name)}")
        except FileNotFoundError as error:
            raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
