"""A server of the built site: on loopback, under a sub-path, gzipped."""

import gzip
import mimetypes
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

PREFIX = "/some/sub/"
KINDS = {".js": "text/javascript", ".woff2": "font/woff2", ".css": "text/css"}
SMALL_ALREADY = (".woff2", ".woff", ".png", ".jpg", ".webp", ".gz")


@cache
def squeezed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


class Server:
    """Serves a folder; `changed` replaces files of it, or adds some.

    What a page weighs is what this server sends for it, as an ordinary
    web server would: texts gzipped, fonts and pictures as they are.
    """

    def __init__(self, folder: Path, changed: dict[str, str] | None = None):
        self.folder = folder
        self.changed = {k: v.encode() for k, v in (changed or {}).items()}
        handler = type("Handler", (Handler,), {"site": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever)

    def __enter__(self) -> "Server":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}{PREFIX}"

    def url(self, page: str) -> str:
        return f"{self.base}{page}.html"

    def read(self, path: str) -> bytes | None:
        """The file at a path below the sub-path, if there is one."""
        path = path + "index.html" if not path or path[-1] == "/" else path
        file = self.folder / path
        if path in self.changed:
            return self.changed[path]
        inside = self.folder in file.resolve().parents and file.is_file()
        return file.read_bytes() if inside else None

    def path(self, url: str) -> str:
        """The path below the sub-path, of an address of this server."""
        return unquote(urlsplit(url).path).removeprefix(PREFIX)

    def weight(self, url: str) -> int:
        """The bytes of a file on the wire."""
        path = self.path(url)
        body = self.read(path) or b""
        return len(body if path.endswith(SMALL_ALREADY) else squeezed(body))


class Handler(BaseHTTPRequestHandler):
    """Answers for one `Server`, which it knows as `site`."""

    site: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.site.path(self.path)
        known = urlsplit(self.path).path.startswith(PREFIX)
        body = self.site.read(path) if known else None
        self.send_response(404 if body is None else 200)
        body = body or b""
        kind = KINDS.get(Path(path).suffix) or mimetypes.guess_type(path)[0]
        self.send_header("Content-Type", kind or "text/html")
        if not path.endswith(SMALL_ALREADY):
            self.send_header("Content-Encoding", "gzip")
            body = squeezed(body)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Say nothing."""
