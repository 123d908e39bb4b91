// Ticks, and numbers as text. An axis is [low, high, log].
import { FAR, GAP, INF, LEVELS, MINUS_INF, NAN } from "./table.js";

const minus = (text) => text.replace("-", "−");
const superscript = (n) => [...String(n)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
export const fixed = (v, digits) => minus(v.toFixed(digits));

// Where a value lies, in units of the axis.
export function code([low, high, log], v) {
  const f = log ? Math.log10 : (a) => a;
  return ((f(v) - f(low)) / (f(high) - f(low))) * LEVELS;
}

// The value that lies there: the inverse of `code`.
export function valueAt([low, high, log], c) {
  return log ? low * (high / low) ** (c / LEVELS) : low + (c / LEVELS) * (high - low);
}

// [value, text] of each tick, about `wanted` pixels apart.
export function ticks([low, high, log], pixels, wanted) {
  return log ? logTicks(low, high, pixels) : evenTicks(low, high, pixels, wanted);
}

function evenTicks(low, high, pixels, wanted) {
  const rough = (high - low) / Math.max(2, pixels / wanted), ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((m) => m * ten >= rough * 0.999) * ten, out = [];
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  for (let k = Math.ceil(low / step - 1e-6); k * step <= high + step * 1e-6; k++) out.push([k * step, fixed(k * step + 0, digits)]);
  return out;
}

function logTicks(low, high, pixels) {
  const a = Math.ceil(Math.log10(low) - 1e-9), b = Math.floor(Math.log10(high) + 1e-9);
  if (b - a >= 2) {
    const every = Math.ceil((b - a + 1) / Math.max(2, pixels / 34)), out = [];
    for (let k = a; k <= b; k++) if (k % every === 0) out.push([10 ** k, "10" + superscript(k)]);
    return out;
  }
  const out = []; // under two decades: 1, 2, 5 of each
  for (let k = a - 1; k <= b; k++) for (const m of [1, 2, 5]) {
    const v = m * 10 ** k;
    if (v >= low * 0.999 && v <= high * 1.001) out.push([v, minus(String(+v.toPrecision(2)))]);
  }
  return out;
}

// A code as the value that was plotted, to the resolution of the axis.
export function value([low, high, log], c) {
  if (c === NAN || c === GAP) return "";
  if (c === INF) return "∞";
  if (c === MINUS_INF) return log ? "0" : "−∞";
  const far = c >= FAR ? "> " : c <= -FAR ? "< " : "";
  const v = valueAt([low, high, log], c);
  if (log) return far + minus(v.toPrecision(3));
  const digits = Math.max(0, Math.ceil(-Math.log10((high - low) / LEVELS)));
  return far + fixed(Math.abs(v) < 0.5 / 10 ** digits ? 0 : v, digits);
}
