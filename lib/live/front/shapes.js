// Elements, markers, and how a line breaks (the twin of codes.runs in Python).
import { GAP, INF, MINUS_INF, NAN } from "./table.js";

const SVG = "http://www.w3.org/2000/svg";
export function node(name, attributes = {}, parent) {
  const n = document.createElementNS(SVG, name);
  for (const [k, v] of Object.entries(attributes)) n.setAttribute(k, v);
  return parent ? parent.appendChild(n) : n;
}
export function html(name, className, parent, text) {
  const n = document.createElement(name);
  if (className) n.className = className;
  if (text !== undefined) n.textContent = text;
  return parent ? parent.appendChild(n) : n;
}

export const f1 = (v) => Math.round(v * 10) / 10;
const MARKER = { q: "triangle", reverse_kl: "triangle", tv: "down", m: "square", js: "square", critic: "diamond", w1: "diamond" };
export function markers(role, points, r) {
  const s = r * 1.1, k = r * 0.89, t = r * 1.2, draw = {
    triangle: (x, y) => `M${x} ${f1(y - s)}l${f1(s)} ${f1(1.8 * s)}h${f1(-2 * s)}z`,
    down: (x, y) => `M${x} ${f1(y + s)}l${f1(s)} ${f1(-1.8 * s)}h${f1(-2 * s)}z`,
    left: (x, y) => `M${f1(x - s)} ${y}l${f1(1.8 * s)} ${f1(-s)}v${f1(2 * s)}z`,
    right: (x, y) => `M${f1(x + s)} ${y}l${f1(-1.8 * s)} ${f1(-s)}v${f1(2 * s)}z`,
    square: (x, y) => `M${f1(x - k)} ${f1(y - k)}h${f1(2 * k)}v${f1(2 * k)}h${f1(-2 * k)}z`,
    diamond: (x, y) => `M${x} ${f1(y - t)}l${f1(t)} ${f1(t)}l${f1(-t)} ${f1(t)}l${f1(-t)} ${f1(-t)}z`,
    disc: (x, y) => `M${f1(x - r)} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  }[MARKER[role] ?? (role in { left: 1, right: 1, down: 1, triangle: 1 } ? role : "disc")];
  let d = "";
  for (const [x, y] of points) d += draw(f1(x), f1(y));
  return d;
}

// {lines, dots, open}: indices of samples. See lib/live/codes.py.
export function runs(x, y) {
  const all = [], dots = [], open = [], n = y.length;
  let last = 0;
  for (let k = 0; k < n; k++) {
    if (x[k] === GAP && y[k] !== NAN) continue;
    const hidden = x[k] === GAP || x[k] === NAN || y[k] === NAN || y[k] === MINUS_INF;
    const state = hidden ? 0 : y[k] === INF ? 2 : 1;
    if (state && state !== last) all.push([]);
    if (state) all.at(-1).push(k);
    last = state;
  }
  for (const run of all) for (const k of new Set([run[0], run.at(-1)])) {
    const left = k > 0 && x[k - 1] === GAP, right = k + 1 < n && x[k + 1] === GAP;
    const cut = (left && y[k - 1] === NAN) || (right && y[k + 1] === NAN);
    if (run.length === 1 || (cut && left && right)) dots.push(k);
    else if (cut) open.push(k);
  }
  return { lines: all.filter((r) => r.length > 1), dots, open };
}

export const path = (points) => "M" + points.map(([x, y]) => f1(x) + " " + f1(y)).join("L");
