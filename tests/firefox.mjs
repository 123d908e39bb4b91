// Drives one page of the built site in the system's own Firefox and tells, as
// JSON, what it saw there. The test in Python judges.
//
//   node firefox.mjs '{"program", "url", "base", "widths", "figures"}'
//
// "figures" is what Python expects: names, controls, and the states to visit.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../lib/site/package.json', import.meta.url));
const puppeteer = require('puppeteer-core');
const asked = JSON.parse(process.argv[2]);
const RANGES = ['FloatSlider', 'IntSlider', 'SelectionSlider', 'Play'];

// the element that takes the keys of a figure's control, by its visible label
function find(figure, { label, kind }) {
  const box = document.querySelectorAll('.live-box:has(.live)')[figure];
  for (const row of box.querySelectorAll('.live-row')) {
    const name = row.querySelector('legend, label');
    if (name.textContent.trim() !== label) continue;
    const wanted = kind === 'Checkbox' ? 'input' : 'input[type=range], select, input:checked';
    return row.querySelector(wanted);
  }
  throw new Error(`no control is labelled ${label} (${kind})`);
}

function read(figure) {
  const box = document.querySelectorAll('.live-box:has(.live)')[figure];
  const live = box.querySelector('.live');
  const shown = [...box.querySelectorAll('b[data-number]')];
  return {
    name: live.dataset.name,
    at: live.dataset.at.split(',').map(Number),
    ms: +live.dataset.ms,
    numbers: Object.fromEntries(shown.map(b => [b.dataset.number, b.textContent])),
    picture: [...box.querySelectorAll('.live [role=img] path')].map(p => p.getAttribute('d')).join(),
  };
}

function keys({ kind, values }, here, to) {
  if (kind === 'Checkbox') return here === to ? [] : [' '];
  const ends = RANGES.includes(kind) || kind === 'Dropdown';
  if (ends && to === 0) return ['Home'];
  if (ends && to === values.length - 1) return ['End'];
  const [on, back] = RANGES.includes(kind) ? ['ArrowRight', 'ArrowLeft'] : ['ArrowDown', 'ArrowUp'];
  return Array(Math.abs(to - here)).fill(to > here ? on : back);
}

async function move(page, figure, expected, to) {
  for (const [n, control] of expected.controls.entries()) {
    const { at } = await page.evaluate(read, figure);
    if (at[n] === to[n]) continue;
    const element = await page.evaluateHandle(find, figure, control);
    await element.focus();
    for (const key of keys(control, at[n], to[n])) await page.keyboard.press(key);
  }
}

async function watch(page) {
  const seen = { outside: [], errors: [] };
  await page.setRequestInterception(true);
  page.on('request', request => {
    const inside = [asked.base, 'data:', 'blob:'].some(start => request.url().startsWith(start));
    if (!inside) seen.outside.push(request.url());
    return inside ? request.continue() : request.abort();
  });
  page.on('response', response => {
    if (response.status() >= 400) seen.errors.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', error => seen.errors.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') seen.errors.push(message.text());
  });
  return seen;
}

async function visit(browser, width) {
  const page = await browser.newPage();
  await page.setViewport({ width, height: 900 });
  const seen = await watch(page);
  await page.goto(asked.url, { waitUntil: 'load' });
  await page.waitForFunction(() => document.documentElement.dataset.widgets, { timeout: 20000 }).catch(() => 0);
  const ready = await page.evaluate(() => document.documentElement.dataset.widgets ?? 'not drawn');
  const figures = [];
  for (const [n, expected] of ready === 'ready' ? asked.figures.entries() : []) {
    const start = await page.evaluate(read, n), states = [];
    for (const { at } of expected.states) {
      await move(page, n, expected, at);
      states.push({ ...(await page.evaluate(read, n)), wanted: at });
    }
    figures.push({ start, states });
  }
  const overflow = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  await page.close();
  return { width, ready, overflow, figures, ...seen };
}

const browser = await puppeteer.launch({ browser: 'firefox', executablePath: asked.program, headless: true });
try {
  const visits = [];
  for (const width of asked.widths) visits.push(await visit(browser, width));
  console.log(JSON.stringify({ version: await browser.version(), visits }));
} finally {
  await browser.close();
}
