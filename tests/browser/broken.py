"""Copies of a good built page, each broken in one way.

They are what the checks of the site are tested with: a check that does not
complain of its broken page is blind.
"""

import base64
import json
import re
import struct
import zlib

STATE = re.compile(
    r'(<script type="application/vnd\.jupyter\.widget-state\+json">)(.*?)'
    r"(</script>)",
    re.DOTALL,
)


def with_script(page: str, script: str) -> str:
    """A page that runs a script before all of its own."""
    return page.replace("<head>", f"<head><script>{script}</script>", 1)


def with_body(page: str, html: str) -> str:
    """A page with something more at the end of its text."""
    before, end, after = page.rpartition("</article>")
    assert end, "the page holds no article"
    return before + html + end + after


def with_other_numbers(page: str) -> str:
    """A page whose first figure stores one wrong digit in each number."""

    def change(found: re.Match) -> str:
        stored = json.loads(found[2])
        for model in stored["state"].values():
            for buffer in model.get("buffers", []):
                if buffer["path"] == ["data"]:
                    packed = base64.b64decode(buffer["data"])
                    buffer["data"] = base64.b64encode(other(packed)).decode()
        return found[1] + json.dumps(stored) + found[3]

    text, times = STATE.subn(change, page)
    assert times == 1, "the page stores no widgets as it used to"
    return text


def other(packed: bytes) -> bytes:
    """A figure's packed data with other texts for the numbers it shows."""
    data = zlib.decompress(packed)
    end = 4 + 2 * struct.unpack_from("<I", data)[0]
    words = json.loads(data[end:])
    for name, (*_, shown) in words.items():
        if name.startswith("number "):
            shown[:] = [re.sub(r"\d$|∞", "?", text) for text in shown]
    return zlib.compress(data[:end] + json.dumps(words).encode())
