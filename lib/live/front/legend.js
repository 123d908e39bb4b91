// The legend with its live numbers, and the folded table of what is plotted.
import { fixed, value } from "./axes.js";
import { codeOf } from "./decoder.js";
import { html, markers, node } from "./shapes.js";

function swatch(mark) {
  const svg = node("svg", { width: 24, height: 12, "aria-hidden": "true" }), role = `role-${mark.role}`;
  if (mark.kind === "points") node("path", { class: `${role} mark`, d: markers(mark.role, [[12, 6]], 4) }, svg);
  else if (mark.kind === "bars") node("path", { class: `${role} bar`, d: "M3 1H21V11H3z" }, svg);
  else {
    if (mark.kind === "area") node("path", { class: `${role} fill soft`, d: "M0 6H24V12H0z" }, svg);
    node("path", { class: `${role} stroke`, d: "M0 6H24" }, svg);
  }
  return svg;
}

// Returns the elements of the numbers, by name, and those of the colour ramps.
export function legend(list, spec, words) {
  const numbers = {}, ramps = [], units = new Map(spec.numbers), rest = new Set(units.keys()), seen = new Set();
  const number = (item, name) => {
    const box = html("span", "value", item), unit = units.get(name), longest = Math.max(...words[`number ${name}`][1].map((t) => t.length));
    numbers[name] = html("b", "", box);
    numbers[name].dataset.number = name;
    if (unit) html("i", "", box, " " + unit);
    // the widest text keeps its place, so that nothing jumps while a slider moves
    box.style.minWidth = longest + (unit ? unit.length + 1 : 0) + "ch";
    rest.delete(name);
  };
  for (const mark of spec.panels.flatMap((p) => p.marks)) {
    if (!mark.label || seen.has(mark.label)) continue;
    seen.add(mark.label);
    const item = html("li", "", list);
    if (mark.kind !== "image" && mark.kind !== "decoded") item.append(swatch(mark));
    html("span", "", item, mark.label);
    if (mark.kind === "image") {
      html("i", "", item, fixed(mark.zlim[0], 2));
      ramps.push([html("span", "ramp", item), mark.map]);
      html("i", "", item, fixed(mark.zlim[1], 2));
    }
    if (rest.has(mark.label)) number(item, mark.label);
  }
  for (const name of rest) { const item = html("li", "", list); html("span", "", item, name); number(item, name); }
  return { numbers, ramps };
}

const ROWS = 25;

// of a picture: the code that it is decoded from
function coordinates(host, mark, channel) {
  const table = html("table", "", host);
  html("caption", "", table, mark.label || "code of the picture");
  const head = html("tr", "", html("thead", "", table)), body = html("tbody", "", table);
  for (const words of ["coordinate", "value"]) html("th", "", head, words).scope = "col";
  codeOf(channel, mark.scale).forEach((v, k) => {
    const row = html("tr", "", body);
    html("td", "", row, String(k + 1));
    html("td", "", row, fixed(Math.abs(v) < 5e-4 ? 0 : v, 3));
  });
}

export function plotted(host, figure, at) {
  host.replaceChildren();
  for (const panel of figure.panels) for (const mark of panel.marks) {
    if (mark.kind === "image" || mark.kind === "label") continue;
    if (mark.kind === "decoded") { coordinates(host, mark, figure.table.channel(mark.channels.z, at)); continue; }
    const names = ["x", "y", "to_x", "to_y"].filter((k) => k in mark.channels), columns = names.map((k) => figure.table.channel(mark.channels[k], at));
    const n = Math.max(...columns.map((c) => c.length)), every = Math.ceil(n / ROWS), table = html("table", "", host);
    html("caption", "", table, `${mark.label || mark.kind}${every > 1 ? `, one in ${every}` : ""}`);
    const head = html("tr", "", html("thead", "", table)), body = html("tbody", "", table);
    for (const k of names) html("th", "", head, { x: panel.spec.x || "x", y: panel.spec.y || "y" }[k] ?? k.replace("_", " ")).scope = "col";
    for (let k = 0; k < n; k += every) {
      const row = html("tr", "", body);
      names.forEach((name, i) => {
        const c = columns[i][Math.min(k, columns[i].length - 1)], axis = panel.spec.axes[name.endsWith("x") ? "x" : "y"];
        html("td", "", row, name === "x" && panel.spec.names ? panel.spec.names[k] : value(axis, c));
      });
    }
  }
}
