// One pair of axes and its marks: SVG, and a canvas below it for images and clouds.
import { code, ticks } from "./axes.js";
import { codeOf } from "./decoder.js";
import { Pad } from "./pad.js";
import { f1, html, markers, node, path, runs } from "./shapes.js";
import { INF, LEVELS, MINUS_INF, NAN, SHADES } from "./table.js";

const LANE = 20, FEW = 12, CLOUD = 2000, NEAR = 3;
let serial = 0;

export class Panel {
  constructor(figure, spec, host) {
    Object.assign(this, { figure, spec });
    this.el = html("div", "live-panel", host);
    this.canvas = html("canvas", "", this.el);
    this.svg = node("svg", {}, this.el);
    this.frame = node("g", {}, this.svg);
    const id = `live-clip-${++serial}`;
    this.clip = node("rect", {}, node("clipPath", { id }, this.svg));
    this.inside = node("g", { "clip-path": `url(#${id})` }, this.svg);
    this.above = node("g", {}, this.svg);
    this.marks = spec.marks.map((mark) => ({ ...mark, made: {} }));
    this.overImage = spec.marks.some((m) => m.kind === "image" || m.kind === "decoded");
    if (spec.drag?.length) this.pad = new Pad(this);
  }

  // one element for each part of a mark, made once
  part(mark, name, className, free) {
    return (mark.made[name] ??= node(name === "text" ? "g" : "path", { class: `role-${mark.role} ${className}` }, free ? this.above : this.inside));
  }

  gutter(height) {
    if (this.spec.picture) return 0;
    return 14 + 7 * Math.max(1, ...ticks(this.spec.axes.y, height, 38).map(([, text]) => text.length));
  }

  layout(width, left, lane, side) {
    const { axes: { x: ax, y: ay }, picture } = this.spec, right = 14, top = 24 + (lane ? LANE : 0), bottom = picture ? 24 : 38;
    let w = Math.max(60, Math.floor(width - left - right)), h = Math.round(Math.min(280, Math.max(170, w * 0.62)));
    if (picture) {
      const [rows, columns] = picture, pixel = Math.min(w / columns, side / rows);
      w = Math.round(columns * pixel); h = Math.round(rows * pixel);
    } else if (this.spec.equal) {
      const ratio = (ay[1] - ay[0]) / (ax[1] - ax[0]);
      w = Math.min(w, 360 / Math.max(1, ratio)); h = Math.round(w * ratio);
    }
    Object.assign(this, { left, top, w, h, W: left + w + right, H: top + h + bottom, lane: top - LANE / 2 - 2 });
    for (const [k, v] of [["width", this.W], ["height", this.H]]) { this.el.style[k] = v + "px"; this.svg.setAttribute(k, v); this.canvas.style[k] = v + "px"; }
    for (const [k, v] of Object.entries({ x: left, y: top, width: w, height: h })) this.clip.setAttribute(k, v);
    this.dpr = devicePixelRatio || 1;
    this.canvas.width = this.W * this.dpr; this.canvas.height = this.H * this.dpr;
    this.pad?.layout(this);
    this.axes();
  }

  X(c) { return this.left + (c / LEVELS) * this.w; }
  Y(c) { return this.top + this.h - (c / LEVELS) * this.h; }

  axes() {
    const { spec, frame: g, left, top, w, h } = this, { x: ax, y: ay } = spec.axes;
    g.replaceChildren();
    const text = (x, y, anchor, words, className = "") => { node("text", { x, y, "text-anchor": anchor, class: className }, g).textContent = words; };
    text(spec.picture ? left : 0, 12, "start", spec.y);
    if (spec.picture) {
      text(left + w / 2, top + h + 17, "middle", spec.x);
      node("path", { class: "grid paper", d: `M${left - 0.5} ${top - 0.5}h${w + 1}v${h + 1}h${-w - 1}z` }, g);
      return;
    }
    for (const [v, words] of ticks(ay, h, 38)) {
      const y = Math.round(this.Y(code(ay, v))) + 0.5;
      node("path", { class: "grid", d: `M${left} ${y}h${w}` }, g);
      text(left - 6, y + 4, "end", words);
    }
    const places = spec.names ? spec.names.map((name, i) => [i, name]) : ticks(ax, w, 72);
    for (const [v, words] of places) {
      const x = Math.round(this.X(code(ax, v))) + 0.5;
      if (!spec.names) node("path", { class: "grid", d: `M${x} ${top}v${h}` }, g);
      text(x, top + h + 17, "middle", words);
    }
    node("path", { class: "axis", d: `M${left + 0.5} ${top}v${h + 0.5}h${w}` }, g);
    text(left + w / 2, top + h + 34, "middle", spec.x);
    if (!spec.lane) return;
    node("path", { class: "axis", d: `M${left} ${top - 3.5}h${w}`, "stroke-dasharray": "1 3" }, g);
    text(left - 6, this.lane + 4, "end", "∞", "infinity");
  }

  draw(at) {
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    ctx.clearRect(0, 0, this.W, this.H);
    this.shown = []; this.edge = [];
    for (const mark of this.marks) {
      const c = {};
      for (const [name, place] of Object.entries(mark.channels)) c[name] = this.figure.table.channel(place, at);
      DRAW[mark.kind](this, mark, c, ctx, at);
    }
  }

  // places where a channel has one value for all samples
  spread(channel, n) { return channel.length === n ? channel : new Int16Array(n).fill(channel[0]); }
}

const DRAW = {
  line(panel, mark, c) {
    const n = Math.max(c.x.length, c.y.length), x = panel.spread(c.x, n), y = panel.spread(c.y, n), { lines, dots, open } = runs(x, y);
    const at = (k) => [panel.X(x[k]), y[k] === INF ? panel.lane : panel.Y(y[k])], high = (run) => y[run[0]] === INF;
    const draw = (some) => some.map((run) => path(run.map(at))).join("");
    panel.part(mark, "line", "stroke").setAttribute("d", draw(lines.filter((r) => !high(r))));
    panel.part(mark, "high", "stroke", true).setAttribute("d", draw(lines.filter(high)));
    panel.part(mark, "open", "open", true).setAttribute("d", markers("disc", open.map(at), 3));
    panel.part(mark, "dots", "mark", true).setAttribute("d", markers("disc", dots.map(at), 3.5));
  },

  area(panel, mark, c) {
    const n = Math.max(c.x.length, c.y.length, c.base.length), x = panel.spread(c.x, n), y = panel.spread(c.y, n), base = panel.spread(c.base, n);
    let d = "";
    for (const run of runs(x, y).lines) {
      const top = run.map((k) => [panel.X(x[k]), y[k] === INF ? panel.top : panel.Y(y[k])]);
      const under = run.map((k) => [panel.X(x[k]), panel.Y(base[k])]).reverse();
      d += path([...top, ...under]) + "z";
    }
    panel.part(mark, "fill", "fill soft").setAttribute("d", d);
    DRAW.line(panel, mark, c);
  },

  points(panel, mark, c, ctx) {
    const n = Math.max(c.x.length, c.y.length), x = panel.spread(c.x, n), y = panel.spread(c.y, n), few = n <= FEW, r = mark.size / 2;
    const inside = [], rings = [], off = { triangle: [], down: [], left: [], right: [] };
    for (let k = 0; k < n; k++) {
      if (x[k] === NAN || y[k] === NAN) continue;
      const px = panel.X(x[k]), py = y[k] === INF ? panel.lane : panel.Y(y[k]), high = y[k] > LEVELS && y[k] !== INF, low = y[k] < 0;
      if (few && (high || low)) off[high ? "triangle" : "down"].push(beside(panel, Math.min(Math.max(px, panel.left), panel.left + panel.w), high ? panel.top + 6 : panel.top + panel.h - 6, true));
      else if (few && (x[k] < 0 || x[k] > LEVELS)) off[x[k] < 0 ? "left" : "right"].push(beside(panel, x[k] < 0 ? panel.left + 6 : panel.left + panel.w - 6, py, false));
      else if (few) { // points that coincide become rings round each other
        const rank = panel.shown.filter(([a, b]) => Math.hypot(a - px, b - py) <= NEAR).length;
        panel.shown.push([px, py]);
        if (rank) rings.push(markers(mark.role, [[px, py]], r + 3 * rank)); else inside.push([px, py]);
      } else inside.push([px, py]);
    }
    const d = markers(mark.role, inside, r);
    if (n > CLOUD) return cloud(panel, mark, d, ctx);
    panel.part(mark, "dots", few ? "mark" : panel.overImage ? "cloud halo" : "cloud", few).setAttribute("d", d);
    if (!few) return;
    panel.part(mark, "rings", "ring", true).setAttribute("d", rings.join(""));
    panel.part(mark, "off", "open", true).setAttribute("d", Object.entries(off).map(([side, points]) => markers(side, points, 5)).join(""));
  },

  bars(panel, mark, c) {
    const n = Math.max(c.x.length, c.y.length), x = panel.spread(c.x, n), y = panel.spread(c.y, n), base = panel.spread(c.base, n);
    const [i, groups] = mark.rank, [low, high] = panel.spec.axes.x, w = (mark.width / groups / (high - low)) * LEVELS;
    const inset = (w / LEVELS) * panel.w > 8 ? 1 : 0;
    let d = "", tall = "";
    for (let k = 0; k < n; k++) {
      if (y[k] === NAN || y[k] === MINUS_INF) continue;
      const from = panel.X(x[k] + (i - groups / 2) * w) + inset, to = panel.X(x[k] + (i + 1 - groups / 2) * w) - inset, b = panel.Y(base[k]);
      const bar = (top) => `M${f1(from)} ${f1(b)}V${f1(top)}H${f1(to)}V${f1(b)}z`;
      if (y[k] === INF) tall += bar(panel.lane - 5); else d += bar(panel.Y(y[k]));
    }
    panel.part(mark, "fill", "bar").setAttribute("d", d);
    panel.part(mark, "high", "bar", true).setAttribute("d", tall);
  },

  arrows(panel, mark, c) {
    const n = Math.max(...Object.values(c).map((v) => v.length)), [x, y, u, v] = ["x", "y", "to_x", "to_y"].map((k) => panel.spread(c[k], n));
    let shafts = "", heads = "";
    for (let k = 0; k < n; k++) {
      if ([x[k], y[k], u[k], v[k]].includes(NAN)) continue;
      const px = panel.X(x[k]), py = panel.Y(y[k]), dx = panel.X(u[k]) - px, dy = panel.Y(v[k]) - py, length = Math.hypot(dx, dy);
      if (length < 0.5) continue;
      const s = Math.min(6, length * 0.6) / length, bx = px + dx * (1 - s), by = py + dy * (1 - s), ox = -dy * s * 0.42, oy = dx * s * 0.42;
      shafts += `M${f1(px)} ${f1(py)}L${f1(bx)} ${f1(by)}`;
      heads += `M${f1(px + dx)} ${f1(py + dy)}L${f1(bx + ox)} ${f1(by + oy)}L${f1(bx - ox)} ${f1(by - oy)}z`;
    }
    panel.part(mark, "shaft", "stroke thin whole").setAttribute("d", shafts);
    panel.part(mark, "head", "fill").setAttribute("d", heads);
  },

  image(panel, mark, c, ctx) {
    const [rows, columns] = mark.shape, ramp = panel.figure.ramp(mark.map), pixels = new ImageData(columns, rows);
    for (let row = 0, i = 0; row < rows; row++) for (let k = 0; k < columns; k++, i++) {
      if (c.z[i] === NAN) continue;
      pixels.data.set(ramp[Math.max(0, Math.min(SHADES, c.z[i]))], ((rows - 1 - row) * columns + k) * 4);
    }
    paint(panel, mark, pixels, ctx);
  },

  decoded(panel, mark, c, ctx) { // row 0 at the top; ink is 1, and dark
    const { figure, spec } = panel, [rows, columns] = spec.picture, pixels = new ImageData(columns, rows);
    const greys = figure.decoders[mark.decoder].decode(codeOf(c.z, mark.scale)), bytes = pixels.data; // which clamps
    for (let i = 0, k = 0; k < greys.length; i += 4, k++) {
      bytes[i] = bytes[i + 1] = bytes[i + 2] = 255 * (1 - greys[k]);
      bytes[i + 3] = 255;
    }
    paint(panel, mark, pixels, ctx);
  },

  rule(panel, mark, c) {
    const x = c.x[0], y = c.y[0], { left, top, w, h } = panel, off = (v) => v === NAN || v < 0 || v > LEVELS;
    panel.part(mark, "line", "stroke thin").setAttribute("d", (off(x) ? "" : `M${f1(panel.X(x))} ${top}v${h}`) + (off(y) ? "" : `M${left} ${f1(panel.Y(y))}h${w}`));
  },

  label(panel, mark, c, ctx, at) {
    const group = panel.part(mark, "text", "words", true), words = panel.figure.table.word(mark.text, at);
    group.replaceChildren();
    words.forEach((text, k) => {
      const x = c.x[Math.min(k, c.x.length - 1)], y = c.y[Math.min(k, c.y.length - 1)], right = x > 0.7 * LEVELS;
      if (x === NAN || y === NAN) return;
      const px = panel.X(x) + (right ? -6 : 6), py = (y === INF ? panel.lane : panel.Y(y)) - 6;
      node("text", { x: f1(px), y: f1(py), "text-anchor": right ? "end" : "start", class: "halo" }, group).textContent = text;
    });
  },
};

// pixels, as large as the panel
function paint(panel, mark, pixels, ctx) {
  const small = (mark.small ??= html("canvas"));
  small.width = pixels.width; small.height = pixels.height;
  small.getContext("2d").putImageData(pixels, 0, 0);
  ctx.imageSmoothingEnabled = mark.map === "p-q";
  ctx.drawImage(small, panel.left, panel.top, panel.w, panel.h);
}

// arrowheads at one place of the edge stand side by side, towards the middle
function beside(panel, x, y, across) {
  const rank = panel.edge.filter(([a, b]) => Math.hypot(a - x, b - y) <= NEAR).length, shift = (v, middle) => v + 12 * rank * (v < middle ? 1 : -1);
  panel.edge.push([x, y]);
  return across ? [shift(x, panel.left + panel.w / 2), y] : [x, shift(y, panel.top + panel.h / 2)];
}

// more points than SVG carries well: on the canvas, which knows no clip path
function cloud(panel, mark, d, ctx) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(panel.left, panel.top, panel.w, panel.h);
  ctx.clip();
  ctx.globalAlpha = 0.75;
  ctx.fillStyle = panel.figure.colour(mark.role);
  ctx.fill(new Path2D(d));
  ctx.restore();
}
