// Piles of earth that are moved by hand, unit by unit. anywidget's front end.
// What a plan is, and what it costs, has its twin in lib/live/piles.py.
import { html } from "./shapes.js";

const TALL = 190, UNIT = 26, QUIET = 400; // px, px, ms

// the pile that each unit comes from: 0 0 0 1 1 2 ... for piles of 3, 2, 1
export const homesOf = (p) => p.flatMap((count, i) => Array(count).fill(i));

// plan[i][j] units of pile i are at place j
export function planOf(p, places) {
  const plan = p.map(() => p.map(() => 0));
  homesOf(p).forEach((i, k) => plan[i][places[k]]++);
  return plan;
}

// places of the units of a plan, in the order of homesOf
export const placesOf = (plan) => plan.flatMap((row) => row.flatMap((count, j) => Array(count).fill(j)));

export const workOf = (p, places) => homesOf(p).reduce((sum, i, k) => sum + Math.abs(i - places[k]), 0);

export const countsOf = (p, places) => p.map((_, j) => places.filter((at) => at === j).length);

// units that lie where none is wanted
export const surplusOf = (p, q, places) => countsOf(p, places).reduce((sum, n, j) => sum + Math.max(0, n - q[j]), 0);

class Piles {
  constructor(model, el) {
    const { p, q, alt } = model.get("spec");
    Object.assign(this, { model, p, q, homes: homesOf(p), plans: model.get("spec").plans, next: 0 });
    const root = html("div", "live piles", el);
    this.line(root);
    const both = html("div", "piles-both", root);
    this.heap(html("div", "piles-heap", both), alt);
    this.matrix(both);
    this.spoken = html("div", "aside", root);
    this.spoken.setAttribute("aria-live", "polite");
    this.buttons(html("div", "live-more", root));
    this.show();
  }

  get places() { return this.model.get("places"); }

  line(root) {
    const key = html("ul", "live-key", root);
    const number = (name) => html("b", "", html("li", "", key, `${name} `));
    this.numbers = Object.fromEntries(["work of this plan", "least work", "units out of place"].map((name) => [name, number(name)]));
  }

  // a column for each place: what is wanted there, and the units that lie there
  heap(host, alt) {
    host.setAttribute("role", "group");
    host.setAttribute("aria-label", alt);
    this.host = host;
    this.most = Math.max(...this.q, ...this.p);
    this.columns = this.p.map((_, j) => {
      const column = html("div", "piles-column", host), pit = html("div", "piles-pit", column);
      const wanted = html("div", "piles-wanted role-q", pit);
      wanted.style.height = `calc(${this.q[j]} * var(--unit))`;
      html("div", "piles-name", column, `place ${j + 1}`);
      return html("div", "piles-units", pit);
    });
    this.units = this.homes.map((home, k) => this.unit(home, k));
  }

  unit(home, k) {
    const el = html("div", "piles-unit role-p", this.host, String(home + 1)), last = this.p.length - 1;
    for (const [name, value] of Object.entries({ role: "slider", tabindex: 0, "aria-label": `unit ${k + 1}, from pile ${home + 1}`, "aria-valuemin": 1, "aria-valuemax": last + 1 })) el.setAttribute(name, value);
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -last, End: last };
    el.addEventListener("keydown", (e) => {
      if (!(e.key in steps)) return;
      e.preventDefault();
      this.move(k, Math.min(last, Math.max(0, this.places[k] + steps[e.key])));
    });
    this.draggable(el, k);
    return el;
  }

  draggable(el, k) {
    let from;
    const over = (e) => {
      const far = this.columns.map((c) => { const box = c.getBoundingClientRect(); return Math.abs(e.clientX - (box.left + box.right) / 2); });
      return far.indexOf(Math.min(...far));
    };
    const drop = (e) => {
      if (!from) return;
      from = undefined;
      el.classList.remove("held");
      el.style.transform = "";
      if (e.type === "pointerup") this.move(k, over(e));
    };
    el.addEventListener("pointerdown", (e) => {
      if (e.button) return;
      el.setPointerCapture(e.pointerId);
      from = [e.clientX, e.clientY];
      el.classList.add("held");
    });
    el.addEventListener("pointermove", (e) => { if (from) el.style.transform = `translate(${e.clientX - from[0]}px, ${e.clientY - from[1]}px)`; });
    el.addEventListener("pointerup", drop);
    el.addEventListener("pointercancel", drop);
  }

  matrix(host) {
    const table = html("table", "piles-plan", html("div", "scroll", host));
    html("caption", "", table, "The plan: units from a pile to a place");
    const head = html("tr", "", html("thead", "", table));
    html("td", "", head);
    const name = (row, scope, text) => html("th", "", row, text).setAttribute("scope", scope);
    this.p.forEach((_, j) => name(head, "col", `to ${j + 1}`));
    name(head, "col", "has");
    const body = html("tbody", "", table);
    this.cells = this.p.map((count, i) => {
      const row = html("tr", "", body);
      name(row, "row", `from ${i + 1}`);
      const cells = this.p.map(() => html("td", "", row));
      html("td", "piles-sum", row, String(count));
      return cells;
    });
    const row = html("tr", "", body);
    name(row, "row", "there / wanted");
    this.sums = this.q.map(() => html("td", "piles-sum", row));
    html("td", "", row);
  }

  buttons(bar) {
    const button = (text, places) => {
      const el = html("button", "", bar, text);
      el.type = "button";
      el.addEventListener("click", () => this.put(places()));
    };
    button("Start again", () => [...this.homes]);
    if (this.plans.length) button("Show an optimal plan", () => placesOf(this.plans[this.next++ % this.plans.length]));
  }

  move(k, place) { this.put(this.places.map((at, i) => (i === k ? place : at))); }

  put(places) {
    if (String(places) === String(this.places)) return;
    this.model.set("places", places);
    this.model.save_changes();
  }

  show() {
    const { p, q, places } = this, plan = planOf(p, places), counts = countsOf(p, places);
    const tall = Math.min(UNIT, TALL / Math.max(...counts, this.most));
    this.host.style.setProperty("--unit", `${tall}px`);
    const held = this.units.indexOf(document.activeElement);
    this.units.forEach((el, k) => {
      el.setAttribute("aria-valuenow", places[k] + 1);
      el.setAttribute("aria-valuetext", `at place ${places[k] + 1}`);
    });
    // units of one pile lie together, whatever the order of their moves
    this.columns.forEach((column, j) => column.append(...this.units.filter((_, k) => places[k] === j)));
    if (held >= 0) this.units[held].focus();
    this.cells.forEach((row, i) => row.forEach((cell, j) => {
      cell.textContent = plan[i][j] || "·";
      cell.className = plan[i][j] ? (i === j ? "stays" : "moves") : "";
    }));
    this.sums.forEach((cell, j) => { cell.textContent = `${counts[j]} / ${q[j]}`; cell.classList.toggle("right", counts[j] === q[j]); });
    this.count();
  }

  count() {
    const { p, q, places } = this, work = workOf(p, places), surplus = surplusOf(p, q, places), least = this.model.get("spec").least;
    const done = surplus > 0 ? "" : work === least ? " ✓ no plan is cheaper" : ` ${work - least} more than needed`;
    const [a, b, c] = Object.values(this.numbers);
    [a.textContent, b.textContent, c.textContent] = [`${work}${done}`, String(least), String(surplus)];
    clearTimeout(this.later);
    const text = `work ${work}${done}; least work ${least}; ${surplus} units out of place`;
    this.later = setTimeout(() => { if (this.said && this.said !== text) this.spoken.textContent = text; this.said = text; }, QUIET);
  }
}

function render({ model, el }) {
  const piles = new Piles(model, el), moved = () => piles.show();
  model.on("change:places", moved);
  return () => { model.off("change:places", moved); clearTimeout(piles.later); };
}
export default { render };
