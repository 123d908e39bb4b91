// The present picture as one SVG file that stands alone.
import { node } from "./shapes.js";

const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "paint-order", "text-anchor"];

function copied(svg) {
  const copy = svg.cloneNode(true), from = [svg, ...svg.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    to[i].setAttribute("style", LOOK.map((k) => `${k}:${style.getPropertyValue(k)}`).join(";"));
  });
  return copy;
}

// The legend's entries as one row of swatches and words for each.
function legendRows(figure, out, width) {
  let x = 0, y = 0;
  for (const item of figure.key.children) {
    const words = [...item.children].map((e) => [...e.childNodes].map((n) => n.textContent).join("")).filter(Boolean).join(" "), mark = item.querySelector("svg"), w = 34 + 7.2 * words.length;
    if (x && x + w > width) { x = 0; y += 20; }
    const group = node("g", { transform: `translate(${x} ${y})` }, out);
    if (mark) group.append(copied(mark));
    node("text", { x: mark ? 30 : 0, y: 11, style: figure.inkStyle() }, group).textContent = words;
    x += w;
  }
  return y + 26;
}

export function asSvg(figure) {
  const boxes = figure.panels.map((p) => p.el.getBoundingClientRect()), host = figure.picture.getBoundingClientRect();
  const out = node("svg", { xmlns: "http://www.w3.org/2000/svg", role: "img" });
  node("title", {}, out).textContent = figure.spec.alt;
  const ground = node("rect", { width: "100%", height: "100%", fill: figure.ground() }, out);
  const inner = node("g", { transform: "translate(8 8)" }, out), width = Math.max(...boxes.map((b) => b.right - host.left));
  const top = legendRows(figure, inner, width);
  figure.panels.forEach((panel, i) => {
    const place = { x: boxes[i].left - host.left, y: top + boxes[i].top - host.top, width: panel.W, height: panel.H };
    if (panel.overImage) node("image", { ...place, href: panel.canvas.toDataURL() }, inner);
    const svg = copied(panel.svg);
    for (const [k, v] of Object.entries(place)) svg.setAttribute(k, v);
    inner.append(svg);
  });
  const size = [width + 16, top + Math.max(...boxes.map((b) => b.bottom - host.top)) + 16].map(Math.ceil);
  out.setAttribute("width", size[0]); out.setAttribute("height", size[1]); out.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
  ground.setAttribute("width", size[0]);
  return new XMLSerializer().serializeToString(out);
}

export function download(figure) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asSvg(figure)], { type: "image/svg+xml" }));
  link.download = figure.spec.name.replaceAll("_", "-") + ".svg";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
