import pytest

from lib.site.book import browsers
from lib.site.book.browsers import chromium, firefox


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with the programs that one puts there, and no other."""
    monkeypatch.setenv("PATH", f"{tmp_path}")
    monkeypatch.setattr(browsers, "OWN", tmp_path / "downloaded")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("FIREFOX", raising=False)
    usual = {name: [name] for name in browsers.NAMES}
    monkeypatch.setattr(browsers, "NAMES", usual)
    return tmp_path


def program(path, status=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_a_missing_browser_is_an_error_that_says_what_to_do(machine):
    with pytest.raises(FileNotFoundError, match=r"lib\.site\.book\.browsers"):
        firefox()


def test_a_stub_that_cannot_start_is_passed_over(machine):
    program(machine / "chromium", status=1)
    own = program(machine / "downloaded" / "chromium-1" / "chrome")
    assert chromium() == own


def test_a_chosen_program_is_taken_or_refused(machine, monkeypatch):
    program(machine / "firefox")
    other = program(machine / "else" / "nightly")
    monkeypatch.setenv("FIREFOX", str(other))
    assert firefox() == other
    other.unlink()
    with pytest.raises(FileNotFoundError, match="FIREFOX"):
        firefox()


def test_what_is_missing_is_installed_and_the_rest_is_not(
    machine, monkeypatch
):
    program(machine / "chromium")
    asked = []

    def succeeds(command):
        asked.append(command)
        return bool(program(machine / "firefox"))

    monkeypatch.setattr(browsers, "succeeds", succeeds)
    monkeypatch.setattr(browsers, "is_debian", lambda: True)
    monkeypatch.setattr(browsers, "administrator", lambda: ["sudo"])
    browsers.main()
    assert [command[1] for command in asked] == ["apt-get", "apt-get"]
    assert asked[-1][-1] == "firefox-esr"


def test_without_packages_the_makers_are_asked(machine, monkeypatch):
    asked = []
    monkeypatch.setattr(browsers, "succeeds", asked.append)
    monkeypatch.setattr(browsers, "is_debian", lambda: False)
    with pytest.raises(SystemExit, match="no chromium"):
        browsers.main()
    assert "playwright" in asked[0]
    assert "firefox@stable" in asked[1]
