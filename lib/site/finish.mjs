// One style sheet with the rules that the built pages or their scripts can
// use, one for formulas, and one script. Fonts are cut to what is drawn and
// lie in the sheets: no request, no late jump, and they load from a folder.
// node finish.mjs OUT CACHE
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { PurgeCSS } from 'purgecss';
import subset from 'subset-font';

const [out, cache] = process.argv.slice(2);
const published = path.join(out, '_static');
const here = path.dirname(fileURLToPath(import.meta.url));
const read = file => fs.readFileSync(file, 'utf8');
const within = name => path.join(published, name);

// --- what there is
const SHEETS = [
  'basic.css',
  'styles/pydata-sphinx-theme.css',
  'pygments.css',
  'styles/sphinx-book-theme.css',
  'copybutton.css',
  ...fs.readdirSync(published).filter(name => /^mystnb.*css$/.test(name)),
  'sphinx-design.min.css',
  'exercise.css',
  'proof.css',
];
const SCRIPTS = [
  'documentation_options.js',
  'doctools.js',
  'sphinx_highlight.js',
  'clipboard.min.js',
  'copybutton.js',
  'design-tabs.js',
  'page.js',
  'scripts/sphinx-book-theme.js',
  'scripts/pydata-sphinx-theme.js',
];
const ICONS = 'vendor/fontawesome/webfonts/fa-solid-900.ttf';
const FONTS = path.join(
  path.dirname(createRequire(import.meta.url).resolve('mathjax-full/package.json')),
  'es5/output/chtml/fonts/woff-v2',
);

const pagesIn = folder => fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
  const place = path.join(folder, entry.name);
  if (entry.isDirectory()) return /^_(static|sources|images)$/.test(entry.name) ? [] : pagesIn(place);
  return entry.name.endsWith('.html') ? [place] : [];
});
const existing = names => names.map(within).filter(file => fs.existsSync(file));
const content = [...pagesIn(out), ...existing([...SCRIPTS, 'live.js', 'searchtools.js'])];

async function prune(raw) {
  const [{ css }] = await new PurgeCSS().purge({
    content,
    css: [{ raw }],
    variables: true,
    keyframes: true,
    fontFace: true,
    defaultExtractor: text => text.match(/[\w-/:]+(?<!:)/g) ?? [],
    safelist: { greedy: [/data-theme/, /data-mode/, /scrolled/, /:not/, /details-content/] },
  });
  return css;
}

// --- fonts
const unescape = text => text
  .replace(/\\([0-9A-Fa-f]{1,6}) ?/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
  .replace(/\\(.)/g, '$1');
const drawnBy = css => [...css.matchAll(/(?:content|--pst-icon-[a-z-]+):\s*"((?:\\.|[^"\\])*)"/g)]
  .map(found => unescape(found[1])).join('');
async function face(family, weight, file, characters) {
  const cut = await subset(fs.readFileSync(file), characters, { targetFormat: 'woff2' });
  return `@font-face{font-family:${family};font-weight:${weight};font-display:block;`
    + `src:url(data:font/woff2;base64,${cut.toString('base64')}) format("woff2")}`;
}

// MathJax writes the glyph of `mjx-c.mjx-c1D465.TEX-I` as the rule's content;
// a letter without a family of its own is drawn in the main font
async function mathFonts(css) {
  const letters = {};
  for (const [, selector, body] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const family = /\.TEX-([\w]+)/.exec(selector)?.[1] ?? '';
    for (const name of new Set(['', family])) letters[name] = (letters[name] ?? '') + drawnBy(body);
  }
  const faces = [];
  const find = /@font-face[^{]*\{\s*font-family:\s*([\w-]+);\s*src:\s*url\("?mathjax\/([\w-]+\.woff)"?\)[^}]*\}/g;
  for (const [, family, file] of css.matchAll(find)) {
    // the one without height, which keeps lines apart as they should be
    const wanted = family === 'MJXZERO' ? '\uEFFC' : letters[family.replace(/^MJXTEX-?/, '')];
    if (wanted) faces.push(await face(family, 'normal', path.join(FONTS, file), wanted));
  }
  return faces.join('') + css.replace(/@font-face[^{]*\{[^}]*\}/g, '');
}

// --- the sheets
const minified = async css => (await transform(css, { loader: 'css', minify: true, target: 'es2022' })).code;
const NAME = '"Book Icons"'; // a cut font may not keep the reserved name

const rules = [
  ...existing(SHEETS),
  path.join(here, '../live/live.css'),
  within('book.css'),
].map(file => read(file).replace(/@(import|charset)[^;]*;/g, '')).join('\n')
  .replace(/@font-face\s*\{[^}]*Font Awesome[^}]*\}/g, '')
  .replace(/(["']?)Font Awesome\\? 6\\? (Free|Brands|Pro)\1/g, NAME);
const kept = (await prune(rules)).replace(/url\((?!["']?data:)[^)]*\)/g, 'none');
const icons = await face(NAME, 900, within(ICONS), drawnBy(kept) + ' ');
const roles = read(path.join(cache, 'roles.css'));
fs.writeFileSync(within('site.css'), await minified(icons + roles + kept));

const formulas = await mathFonts(await prune(read(path.join(cache, 'mathjax.css'))));
fs.writeFileSync(within('math.css'), await minified(formulas));

// --- the script: classic ones, one after the other, in one scope as before
const joined = existing(SCRIPTS).map(file => read(file).replace(/^\/\/# sourceMappingURL.*$/gm, '')).join('\n;\n');
const { code } = await transform(joined, { minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none' });
fs.writeFileSync(within('book.js'), code);
