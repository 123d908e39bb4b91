import threading
import urllib.request

import pytest

from lib.site.book.serve import FIRST, serve, server


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "live.js").write_text("1")
    return tmp_path


def test_the_next_free_port_is_taken(folder):
    with server(folder) as first, server(folder) as second:
        assert FIRST <= first.server_port < second.server_port
        assert first.server_address[0] == "127.0.0.1"


def test_a_chosen_port_in_use_is_refused(folder):
    with (
        server(folder) as first,
        pytest.raises(SystemExit, match=f"port {first.server_port}: in use"),
    ):
        server(folder, first.server_port)


def test_files_come_with_their_type_and_are_asked_for_again(folder):
    with server(folder) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{http.server_port}/live.js"
        with urllib.request.urlopen(address) as answer:
            headers = answer.headers
        http.shutdown()
        thread.join()
    assert headers["Content-Type"] == "text/javascript"
    assert headers["Cache-Control"] == "no-cache"


def test_without_a_built_book_it_says_what_to_do(tmp_path):
    with pytest.raises(SystemExit, match="make book"):
        serve(tmp_path)


@pytest.mark.parametrize("port", ["abc", "-1", "70000"])
def test_a_port_that_is_none_is_refused(tmp_path, monkeypatch, port):
    (tmp_path / "_build" / "html").mkdir(parents=True)
    (tmp_path / "_build" / "html" / "index.html").write_text("")
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"PORT={port}"):
        serve(tmp_path)
