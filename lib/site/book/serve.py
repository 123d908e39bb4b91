"""Serves the built website to this machine only."""

import errno
import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lib.site.book.keys import ROOT

FIRST = 8000


class Handler(SimpleHTTPRequestHandler):
    """Quiet, never out of date, and sure of the types of files."""

    # what a machine's own table says of .js may keep scripts from running
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }

    def end_headers(self) -> None:
        """Have the browser ask again: the book may have been rebuilt."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Refuses a port that another program listens on."""

    allow_reuse_address = os.name == "posix"  # elsewhere it means sharing
    daemon_threads = True


def server(folder: Path, port: int | None = None) -> ThreadingHTTPServer:
    """A server on `port`, or on the first free one from 8000 on."""
    handler = partial(Handler, directory=str(folder))
    for number in range(FIRST, FIRST + 100) if port is None else [port]:
        try:
            return Server(("127.0.0.1", number), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    where = "8000 to 8099" if port is None else port
    raise SystemExit(f"port {where}: in use; choose another with PORT=...")


def serve(root: Path = ROOT) -> None:
    """Serve until Ctrl-C."""
    folder = root / "_build" / "html"
    if not (folder / "index.html").is_file():
        raise SystemExit("There is no built book yet: run `make book` first.")
    port = os.environ.get("PORT") or None
    if port and not (port.isdigit() and int(port) < 1 << 16):
        raise SystemExit(f"PORT={port}: a port is a number up to 65535")
    with server(folder, port and int(port)) as http:
        address = f"http://127.0.0.1:{http.server_port}/"
        print(f"The book is at {address} (Ctrl-C ends)", flush=True)
        try:
            http.serve_forever()
        except KeyboardInterrupt:
            print(file=sys.stderr)


if __name__ == "__main__":
    serve()
