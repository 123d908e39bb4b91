// The book's controls as native form elements: labels, keyboard, touch and
// focus are the browser's own.
import { format } from './format.js';

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

let serial = 0;
const unique = () => `live-${++serial}`;

// a control's name: its own, or that of the slider it is tied to
const nameOf = model =>
  model.get('description') || model.partners?.map(p => p.get('description')).find(Boolean) || '';

function follow(model, keys, show) {
  for (const key of keys) model.on(`change:${key}`, show);
  show();
}

function row(model, control, ...more) {
  control.id ||= unique();
  control.disabled = !!model.get('disabled');
  const label = make('label', { htmlFor: control.id, textContent: nameOf(model) });
  return make('div', { className: 'live-row' }, label, control, ...more);
}

// min, max and step are the range's; read, write and text are the model's
function range(model, { min, max, step, read, write, text, widest }) {
  const input = make('input', { type: 'range', min, max, step, id: unique() });
  const output = make('output');
  output.htmlFor = input.id;
  output.style.minWidth = `${widest}ch`;
  // "release" sliders wait for the end of a drag
  const event = model.get('continuous_update') === false ? 'change' : 'input';
  input.addEventListener(event, () => write(+input.value));
  follow(model, ['value', 'index'], () => {
    input.value = read();
    output.textContent = text();
    input.setAttribute('aria-valuetext', text());
  });
  if (model.get('readout') === false) output.hidden = true;
  return row(model, input, output);
}

// the value of the grid nearest to what the browser reports: min + k * step,
// rounded to ten decimals as the table in Python is
function onGrid(value, min, step) {
  const k = Math.round((value - min) / step);
  return +(min + k * step).toFixed(10);
}

export function number(model) {
  const [min, max] = [model.get('min'), model.get('max')];
  const step = model.get('step') || 1;
  const say = value => format(value, model.get('readout_format'));
  return range(model, {
    min, max, step,
    read: () => model.get('value'),
    write: value => model.set('value', onGrid(value, min, step)),
    text: () => say(model.get('value')),
    widest: Math.max(...[min, max, min + step].map(v => say(v).length)),
  });
}

const optionsOf = model => model.get('_options_labels');

export function selection(model) {
  const options = optionsOf(model);
  return range(model, {
    min: 0, max: options.length - 1, step: 1,
    read: () => model.get('index'),
    write: value => model.set('index', value),
    text: () => options[model.get('index')],
    widest: Math.max(...options.map(o => o.length)),
  });
}

export function dropdown(model) {
  const options = optionsOf(model).map((text, i) => make('option', { value: i, textContent: text }));
  const select = make('select', {}, ...options);
  select.addEventListener('change', () => model.set('index', select.selectedIndex));
  follow(model, ['index'], () => { select.selectedIndex = model.get('index') ?? -1; });
  return row(model, select);
}

function choices(model, className) {
  const name = unique();
  const radios = optionsOf(model).map((text, i) => {
    const input = make('input', { type: 'radio', name, disabled: !!model.get('disabled') });
    input.addEventListener('change', () => model.set('index', i));
    return [input, make('label', {}, input, make('span', { textContent: text }))];
  });
  follow(model, ['index'], () => radios.forEach(([input], i) => { input.checked = model.get('index') === i; }));
  const legend = make('legend', { textContent: nameOf(model) });
  const box = make('div', { className }, ...radios.map(([, label]) => label));
  return make('fieldset', { className: 'live-row' }, legend, box);
}

export const radios = model => choices(model, 'live-radios');
export const toggles = model => choices(model, 'live-radios live-toggles');

export function checkbox(model) {
  const input = make('input', { type: 'checkbox' });
  input.addEventListener('change', () => model.set('value', input.checked));
  follow(model, ['value'], () => { input.checked = !!model.get('value'); });
  return row(model, input);
}

// It never starts by itself, so it needs no exception for readers who asked
// for less motion.
export function play(model) {
  const button = make('button', { type: 'button', className: 'live-play' });
  button.disabled = !!model.get('disabled');
  let timer = 0;
  const show = () => {
    button.dataset.playing = !!timer;
    button.setAttribute('aria-label', `${timer ? 'Pause' : 'Play'} ${nameOf(model)}`.trim());
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    show();
  };
  const [min, max, step] = ['min', 'max', 'step'].map(key => model.get(key));
  const advance = () => {
    const next = model.get('value') + step;
    if (next <= max) model.set('value', next);
    else if (model.get('repeat')) model.set('value', min);
    else stop();
  };
  button.addEventListener('click', () => {
    if (timer) return stop();
    if (model.get('value') + step > max) model.set('value', min);
    timer = setInterval(advance, model.get('interval'));
    show();
  });
  show();
  return button;
}

export const label = model => {
  const element = make('span');
  follow(model, ['value'], () => { element.textContent = model.get('value'); });
  return element;
};

export const html = model => {
  const element = make('div');
  // written by the page's author, as the page itself is
  follow(model, ['value'], () => { element.innerHTML = model.get('value'); });
  return element;
};
