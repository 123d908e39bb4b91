// TeX in, one JSON object a line: {tex, display, page}; {html} or {error}
// out, one JSON object a line. {css: true} asks for the whole style sheet.
// The packages are JupyterLab's, so a formula that converts here converts
// there; its two that turn errors into red text are left out.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const { mathjax } = load('mathjax-full/js/mathjax.js');
const { TeX } = load('mathjax-full/js/input/tex.js');
const { AllPackages } = load('mathjax-full/js/input/tex/AllPackages.js');
const { CHTML } = load('mathjax-full/js/output/chtml.js');
const { liteAdaptor } = load('mathjax-full/js/adaptors/liteAdaptor.js');
const { RegisterHTMLHandler } = load('mathjax-full/js/handlers/html.js');
const { AssistiveMmlHandler } = load('mathjax-full/js/a11y/assistive-mml.js');

const packages = AllPackages.filter(name => name !== 'noerrors' && name !== 'noundefined');
const formatError = (_, error) => { throw error; };
const adaptor = liteAdaptor();
// MathML that is not seen but read out stands beside each formula
AssistiveMmlHandler(RegisterHTMLHandler(adaptor));

const font = { fontURL: 'mathjax', adaptiveCSS: false, matchFontHeight: false };
const output = new CHTML(font);
const blank = () => mathjax.document('', { InputJax: new TeX({ packages, formatError }), OutputJax: output });
let [page, document] = ['', blank()];

function answer(question) {
  if (question.css) return { css: adaptor.textContent(output.styleSheet(document)) };
  // what one page defines, another does not know
  if (question.page !== page) [page, document] = [question.page, blank()];
  const { tex, display } = question;
  try {
    return { html: adaptor.outerHTML(document.convert(tex, { display, containerWidth: 1280 })) };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\n');
