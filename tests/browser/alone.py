"""One live figure on a page of its own, with the site's own script."""

import json

from anywidget import AnyWidget
from ipywidgets.embed import dependency_state

from lib.live.figure import Canvas, Live
from lib.site.bundle import ensure_bundle
from lib.site.state import VIEW, slim_state

STATE = "application/vnd.jupyter.widget-state+json"
FILLER = "<p>Words above and below, so that there is a way to scroll.</p>"


def alone(figure: Live | AnyWidget) -> str:
    """The page, as the site would have it without its theme."""
    state = dependency_state([figure], drop_defaults=False)
    stored = {"state": slim_state(state, [figure.model_id])}
    view = {"version_major": 2, "model_id": figure.model_id}
    return (
        "<!doctype html><html lang=en data-theme=light><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'><title>A figure"
        f"</title><style>{Canvas._css}</style>{FILLER * 9}<article>"
        f"<script type='{VIEW}'>{json.dumps(view)}</script></article>"
        f"<script type='{STATE}'>{json.dumps(stored)}</script>{FILLER * 30}"
        f"<script>{ensure_bundle().read_text('utf8')}</script></html>"
    )
