// A panel that is dragged: two controls follow the pointer, or one of several handles does, up and down.
// The sliders stay the keyboard's way.
import { valueAt } from "./axes.js";
import { html } from "./shapes.js";
import { LEVELS } from "./table.js";

export class Pad {
  constructor(panel) {
    this.panel = panel;
    this.el = html("div", panel.spec.handles ? "live-pad handles" : "live-pad", panel.el);
    this.el.addEventListener("pointerdown", (e) => {
      if (e.button) return;
      this.el.setPointerCapture(e.pointerId);
      this.held = this.nearest(e.clientX);
      this.follow(e);
    });
    this.el.addEventListener("pointermove", (e) => this.el.hasPointerCapture(e.pointerId) && this.follow(e));
    this.el.addEventListener("mousedown", (e) => e.preventDefault()); // a slider keeps its focus
  }

  layout({ left, top, w, h }) {
    for (const [k, v] of Object.entries({ left, top, width: w, height: h })) this.el.style[k] = v + "px";
  }

  // where the pointer stands when the next frame is drawn
  follow(e) {
    this.at = [e.clientX, e.clientY];
    this.frame ??= requestAnimationFrame(() => { this.frame = undefined; this.move(); });
  }

  move() {
    const box = this.el.getBoundingClientRect(), { figure, spec } = this.panel, [x, y] = this.at;
    const shares = [(x - box.left) / box.width, (box.bottom - y) / box.height];
    const values = ["x", "y"].map((name, i) => valueAt(spec.axes[name], shares[i] * LEVELS));
    if (spec.handles) figure.drag([spec.drag[this.held]], [values[1]]);
    else figure.drag(spec.drag, values);
  }

  // the handle that a pointer takes hold of
  nearest(clientX) {
    const box = this.el.getBoundingClientRect(), { axes, handles } = this.panel.spec;
    const x = valueAt(axes.x, ((clientX - box.left) / box.width) * LEVELS);
    const far = (handles ?? []).map((place) => Math.abs(place - x));
    return far.indexOf(Math.min(...far));
  }
}
