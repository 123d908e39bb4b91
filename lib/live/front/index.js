// A live figure: reads its controls, looks the state up, draws. anywidget's front end.
import { decodersOf } from "./decoder.js";
import { download } from "./export.js";
import { legend, plotted } from "./legend.js";
import { Panel } from "./panel.js";
import { html } from "./shapes.js";
import { SHADES, Table } from "./table.js";

const QUIET = 400; // ms without a step before the numbers are read out
const VIRIDIS = "440154 482173 433e85 38598c 2d708e 25858e 1e9b8a 2ab07f 52c569 86d549 c2df23 fde725".split(" ");
const GREY = ["ffffff", "000000"];

function channels(colour) {
  const ctx = html("canvas").getContext("2d");
  ctx.fillStyle = colour;
  return [1, 3, 5].map((i) => parseInt(ctx.fillStyle.slice(i, i + 2), 16));
}

class Figure {
  constructor(model, el, table, decoders, controls) {
    Object.assign(this, { spec: model.get("spec"), table, decoders, controls, ramps: {} });
    const root = (this.root = html("div", "live", el));
    root.dataset.name = this.spec.name;
    this.key = html("ul", "live-key", root);
    this.picture = html("div", "live-panels", root);
    this.picture.setAttribute("role", "img");
    this.picture.setAttribute("aria-label", this.spec.alt);
    this.spoken = html("div", "aside", root);
    this.spoken.setAttribute("aria-live", "polite");
    Object.assign(this, legend(this.key, this.spec, table.words), { shades: {} });
    this.panels = this.spec.panels.map((p) => new Panel(this, p, this.picture));
    this.more(html("div", "live-more", root));
  }

  more(bar) {
    this.details = html("details", "", bar);
    html("summary", "", this.details, "Plotted numbers");
    const scroll = html("div", "scroll", this.details);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `Plotted numbers: ${this.spec.name.replaceAll("_", " ")}`);
    this.fill = () => this.details.open && plotted(scroll, this, this.controls.index());
    this.details.addEventListener("toggle", this.fill);
    const button = html("button", "", bar, "Download SVG");
    button.type = "button";
    button.addEventListener("click", () => download(this));
  }

  style(name) { return getComputedStyle(this.root).getPropertyValue(name).trim(); }
  colour(role) { return this.style(`--role-${role}`); }
  ground() { return getComputedStyle(this.key).getPropertyValue("background-color").replace("rgba(0, 0, 0, 0)", "") || this.style("--ground"); }
  inkStyle() { return `fill:${this.style("color")};font:12px system-ui,sans-serif`; }

  // SHADES + 1 colours of an image
  ramp(map) { return (this.shades[map] ??= map === "p-q" ? this.between() : blend((map === "grey" ? GREY : VIRIDIS).map((h) => [...channels("#" + h), 255]))); }
  between() { // from q's colour through clear to p's
    const [q, p] = ["q", "p"].map((role) => channels(this.colour(role)));
    return Array.from({ length: SHADES + 1 }, (_, i) => { const t = (2 * i) / SHADES - 1; return [...(t < 0 ? q : p), Math.abs(t) * 150]; });
  }

  layout(width) {
    const n = this.panels.length, across = Math.max(1, Math.min(n, Math.floor((width + 16) / 300))), each = Math.min((width - 16 * (across - 1)) / across, n > 1 ? 520 : 640);
    const lane = this.panels.some((p) => p.spec.lane), left = Math.max(...this.panels.map((p) => p.gutter(200)));
    // panels that share a row share their margins, so that their axes align;
    // a picture below its pad is smaller, so that a phone shows both
    for (const p of this.panels) p.layout(each, left, across > 1 ? lane : p.spec.lane, across > 1 ? 280 : 224);
    this.width = width;
    this.draw();
  }

  theme() {
    this.shades = {};
    for (const [el, map] of this.ramps) {
      const stops = this.ramp(map).filter((_, i) => i % 16 === 0).map((c) => `rgb(${c[0]} ${c[1]} ${c[2]} / ${c[3] / 255})`);
      el.style.background = `linear-gradient(90deg, ${stops})`;
    }
    if (this.width) this.draw();
  }

  // two controls move, and one picture is drawn
  drag(which, values) {
    this.held = true;
    which.forEach((i, k) => this.controls.put(i, values[k]));
    this.held = false;
    if (String(this.controls.index()) !== this.root.dataset.at) this.draw();
  }

  draw() {
    const start = performance.now(), at = this.controls.index();
    for (const p of this.panels) p.draw(at);
    for (const [name, el] of Object.entries(this.numbers)) el.textContent = this.table.word(`number ${name}`, at);
    this.root.dataset.at = at;
    this.root.dataset.ms = (performance.now() - start).toFixed(2);
    this.said ??= this.text(at); // what one hears first is the label
    clearTimeout(this.later);
    this.later = setTimeout(() => this.say(at), QUIET);
  }

  text(at) {
    return this.spec.numbers.map(([name, unit]) => `${name} ${this.table.word(`number ${name}`, at).replace("∞", "infinite")} ${unit}`.trim()).join("; ");
  }

  say(at) {
    const text = this.text(at);
    if (this.said !== text) this.spoken.textContent = text;
    this.said = text;
    this.fill();
  }
}

function blend(stops) {
  return Array.from({ length: SHADES + 1 }, (_, i) => {
    const t = (i / SHADES) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(t));
    return stops[k].map((v, c) => v + (t - k) * (stops[k + 1][c] - v));
  });
}

// The widgets' own models: their index on the grid is all that a figure needs.
async function bind(model) {
  const found = await Promise.all(model.get("controls").map((ref) => (typeof ref === "string" ? model.widget_manager.get_model(ref.replace("IPY_MODEL_", "")) : ref)));
  const index = (c) => c.get("index") ?? (c.get("step") ? Math.round((c.get("value") - c.get("min")) / c.get("step")) : +c.get("value"));
  // the value of a slider's grid that is nearest, free of binary dust as in Python
  const put = (i, v) => {
    const c = found[i], [min, max, step] = ["min", "max", "step"].map((k) => c.get(k));
    c.set("value", +(min + Math.round((Math.min(Math.max(v, min), max) - min) / step) * step).toFixed(10));
    c.save_changes();
  };
  const each = (what, listener) => { for (const c of found) { c[what]("change:value", listener); c[what]("change:index", listener); } };
  return { found, put, index: () => found.map(index), on: (f) => each("on", f), off: (f) => each("off", f) };
}

// ipywidgets leaves slider handles, readouts and groups of buttons without a name.
async function name(controls, names) {
  for (let tries = 0; tries < 40; tries++) {
    let missing = 0;
    for (const [i, control] of controls.entries()) for (const view of Object.values(control.views ?? {})) {
      const el = (await view).el, row = el.closest(".widget-hbox") ?? el, label = (some, text) => some.forEach((e) => e.setAttribute("aria-label", text));
      if (el.matches(".widget-toggle-buttons, .widget-radio")) { el.setAttribute("role", "group"); label([el], names[i]); }
      label(row.querySelectorAll(".noUi-handle"), names[i]);
      for (const e of row.querySelectorAll(".widget-readout")) { e.setAttribute("role", "textbox"); label([e], `${names[i]}, value`); }
      row.querySelectorAll(".widget-play button").forEach((b, k) => label([b], `${["Play or pause", "Stop", "Repeat"][k]}: ${names[i]}`));
      if (!el.isConnected) missing++;
    }
    if (!missing && tries > 2) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function render({ model, el }) {
  const controls = await bind(model), table = await Table.of(model.get("data"));
  const decoders = await decodersOf(model.get("decoders"), model.get("spec").decoders);
  const figure = new Figure(model, el, table, decoders, controls);
  const moved = () => figure.width && !figure.held && figure.draw();
  controls.on(moved);
  const size = new ResizeObserver(([entry]) => { const w = Math.floor(entry.contentRect.width); if (w && w !== figure.width) figure.layout(w); });
  size.observe(figure.root);
  const theme = new MutationObserver(() => figure.theme());
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  figure.theme();
  name(controls.found, figure.spec.controls);
  return () => { size.disconnect(); theme.disconnect(); controls.off(moved); clearTimeout(figure.later); };
}
export default { render };
