// The widgets' models as the notebook stored them (widget state, version 2),
// with the part of the Backbone interface that figures and controls use.
export class Model {
  #listeners = {};

  constructor(id, { model_name, state, buffers = [] }, models) {
    this.id = id;
    this.name = model_name;
    this.state = { ...state };
    this.models = models;
    this.widget_manager = { get_model: async other => models.get(other) };
    for (const { path, data } of buffers) {
      const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
      const place = path.slice(0, -1).reduce((o, key) => o[key], this.state);
      place[path.at(-1)] = new DataView(bytes.buffer);
    }
  }

  get(key) {
    return this.state[key];
  }

  set(key, value) {
    if (Object.is(this.state[key], value)) return;
    this.state[key] = value;
    this.#fire(`change:${key}`, value);
    this.#fire('change');
  }

  on(event, listener) {
    (this.#listeners[event] ??= []).push(listener);
  }

  off(event, listener) {
    if (!event) this.#listeners = {};
    else this.#listeners[event] = (this.#listeners[event] ?? []).filter(l => listener && l !== listener);
  }

  #fire(event, value) {
    for (const listener of [...(this.#listeners[event] ?? [])]) listener(this, value);
  }

  // there is no kernel to tell
  save_changes() {}
  send() {}

  // the model that a reference in the state means
  follow(reference) {
    const found = this.models.get(String(reference).replace('IPY_MODEL_', ''));
    if (!found) throw new Error(`${this.name} refers to a widget that this page does not hold`);
    return found;
  }
}

export function read(text) {
  const models = new Map();
  for (const [id, stored] of Object.entries(JSON.parse(text).state)) models.set(id, new Model(id, stored, models));
  for (const model of models.values()) link(model);
  return models;
}

// jslink and jsdlink: the target follows its source, and the other way round
function link(model) {
  if (!/^(Directional)?LinkModel$/.test(model.name)) return;
  const [source, from] = model.get('source');
  const [target, to] = model.get('target');
  const [a, b] = [model.follow(source), model.follow(target)];
  a.on(`change:${from}`, () => b.set(to, a.get(from)));
  b.set(to, a.get(from));
  if (model.name === 'LinkModel') b.on(`change:${to}`, () => a.set(from, b.get(to)));
  (a.partners ??= []).push(b);
  (b.partners ??= []).push(a);
}
