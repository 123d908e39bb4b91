"""What the scripts of the stored runs write in a test, and where."""

import functools

import pytest

from lib import stored


@pytest.fixture
def save_in(tmp_path, monkeypatch):
    """A function of a script: it stores its runs in the folder returned."""

    def redirected(script):
        save = functools.partial(stored.save_run, folder=tmp_path)
        monkeypatch.setattr(script, "save_run", save)
        return tmp_path

    return redirected
