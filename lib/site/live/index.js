// Draws the widgets that a page's notebook stored, without a kernel.
// JupyterLab and Binder show the same cell with real ipywidgets.
import figure from '../../live/front/index.js';
import piles from '../../live/front/piles.js';
import * as controls from './controls.js';
import { read } from './models.js';

const { make } = controls;
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

// boxes keep the classes that the notebook gave them
const box = className => async (model, later) => {
  const classes = [className, ...(model.get('_dom_classes') ?? [])].join(' ');
  const children = model.get('children').map(child => view(model.follow(child), later));
  return make('div', { className: classes }, ...(await Promise.all(children)));
};

// other people's anywidgets bring their module and style with them
const modules = new Map();
async function stored(model) {
  const text = model.get('_esm');
  if (!modules.has(text)) {
    if (model.get('_css')) document.head.append(make('style', { textContent: model.get('_css') }));
    const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    modules.set(text, import(address).finally(() => URL.revokeObjectURL(address)));
  }
  const { default: found } = await modules.get(text);
  return typeof found === 'function' ? found() : found;
}

const OURS = { 'lib.live.figure.Canvas': figure, 'lib.live.piles.Piles': piles };

async function anywidget(model, later) {
  const widget = OURS[model.get('_anywidget_id')] ?? (await stored(model));
  const el = make('div', { className: 'live-any' });
  const { signal } = new AbortController();
  await widget.initialize?.({ model, signal });
  // a figure measures its place: it is drawn when it is on the page
  later.push(() => widget.render({ model, el, signal }));
  return el;
}

const VIEWS = {
  FloatSliderModel: controls.number,
  IntSliderModel: controls.number,
  SelectionSliderModel: controls.selection,
  DropdownModel: controls.dropdown,
  RadioButtonsModel: controls.radios,
  ToggleButtonsModel: controls.toggles,
  CheckboxModel: controls.checkbox,
  PlayModel: controls.play,
  LabelModel: controls.label,
  HTMLModel: controls.html,
  VBoxModel: box('live-v'),
  HBoxModel: box('live-h'),
  AnyModel: anywidget,
};

async function view(model, later) {
  const known = VIEWS[model.name];
  if (!known) throw new Error(`this page cannot show a ${model.name.replace(/Model$/, '')}`);
  return known(model, later);
}

// the figure in place of the tag that stands for it; whether that succeeded
async function replace(tag, models) {
  const place = tag.closest('.live-place');
  let shown = tag;
  try {
    const model = models.get(JSON.parse(tag.textContent).model_id);
    if (!model) throw new Error('its state was not stored with the page');
    const later = [];
    shown = await view(model, later);
    tag.replaceWith(shown);
    for (const draw of later) await draw();
    return true;
  } catch (error) {
    const words = `This figure cannot be drawn: ${error.message}.`;
    shown.replaceWith(make('p', { className: 'live-error', role: 'alert', textContent: words }));
    console.error(words, error);
    return false;
  } finally {
    place?.classList.add('drawn');
  }
}

// figures draw when they know their width: in the next frame
const painted = () => new Promise(done => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, 1000); // a hidden page has no frames
});

async function start() {
  let done = true;
  try {
    const models = read(document.querySelector(STATE)?.textContent ?? '{"state":{}}');
    for (const tag of document.querySelectorAll(VIEW)) done = (await replace(tag, models)) && done;
  } catch (error) {
    console.error(`This page's widgets cannot be read: ${error.message}.`, error);
    done = false;
  }
  await painted();
  document.documentElement.dataset.widgets = done ? 'ready' : 'failed';
}

start();
