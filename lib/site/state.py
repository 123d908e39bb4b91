"""What of a page's stored widgets its readers need.

A notebook stores every widget that it ever made, with layout, style, and for
each of our figures its module and style sheet. The site has those once.
"""

import json

from docutils import nodes

VIEW = "application/vnd.jupyter.widget-view+json"
OURS = "lib.live."
# keys that only a kernel or ipywidgets' own front end reads
DROPPED = {
    "behavior",
    "button_style",
    "icons",
    "layout",
    "style",
    "tabbable",
    "tooltip",
    "tooltips",
}
PRIVATE = {"_anywidget_id", "_css", "_dom_classes", "_esm", "_options_labels"}


def references(value: object) -> list[str]:
    """The models that a value of the state refers to."""
    if isinstance(value, str):
        prefix, _, model = value.partition("IPY_MODEL_")
        return [model] if model and not prefix else []
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    return []


def slim_model(model: dict) -> dict:
    """One model with the keys that our own runtime reads."""
    state = model["state"]
    ours = str(state.get("_anywidget_id", "")).startswith(OURS)
    gone = DROPPED | ({"_esm", "_css"} if ours else set())
    kept = {
        key: value
        for key, value in state.items()
        if key not in gone
        and value is not None
        and (not key.startswith("_") or key in PRIVATE)
    }
    slim = {"model_name": model["model_name"], "state": kept}
    if model.get("buffers"):
        slim["buffers"] = model["buffers"]
    return slim


def slim_state(state: dict, views: list[str]) -> dict:
    """The models that the `views` show or are tied to, slimmed.

    Args:
        state: The notebook's widget state: model by id.
        views: Ids of the models that the page shows.

    Returns:
        A part of `state`, smaller; empty without views.
    """
    kept, waiting = {}, [view for view in views if view in state]
    links = {i: m for i, m in state.items() if "Link" in m["model_name"]}
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = slim_model(state[name])
            found = references(kept[name]["state"])
            waiting += [other for other in found if other in state]
        if not waiting:
            loose = [name for name in links if name not in kept]
            waiting = [name for name in loose if _tied(links[name], kept)]
    return {name: kept[name] for name in state if name in kept}


def _tied(link: dict, kept: dict) -> bool:
    """Whether a link moves something that is kept."""
    ends = references([link["state"]["source"], link["state"]["target"]])
    return any(end in kept for end in ends)


def views_of(document: nodes.document) -> list[str]:
    """Ids of the models that a page shows."""
    found = []
    for bundle in document.findall(nodes.container):
        if bundle.get("mime_type") == VIEW and bundle.children:
            found.append(shown_by(bundle))
    return found


def shown_by(bundle: nodes.container) -> str:
    """The model that a view's tag names."""
    script = bundle.children[0].astext()
    inner = script[script.index(">") + 1 : script.rindex("</script>")]
    return json.loads(inner)["model_id"]


def slim_page(app, document: nodes.document) -> None:
    """Replace what MyST-NB stored for a page by what its views need."""
    stored = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {})
    _, script = stored.pop("js_files", {}).get("ipywidgets_state", ("", None))
    views = views_of(document)
    if script and views:
        # MyST-NB wrote "<" before "/" and "!" as an escape: still JSON
        state = slim_state(json.loads(script["body"])["state"], views)
        text = json.dumps({"state": state}, separators=(",", ":"))
        stored["widgets"] = text.replace("<", "\\u003c")


def register(app) -> None:
    """Slim each page when it is read."""
    app.connect("doctree-read", slim_page)
