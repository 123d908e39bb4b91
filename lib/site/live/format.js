// Numbers beside sliders: d3-format's notation, as ipywidgets uses it.
const PATTERN = /^,?(?:\.(\d+))?(~?)([dfeg%]?)$/;
const WRITE = {
  d: v => Math.round(v).toFixed(0),
  f: (v, n = 6) => v.toFixed(n),
  e: (v, n = 6) => v.toExponential(n),
  g: (v, n = 6) => v.toPrecision(Math.max(1, n)),
  '%': (v, n = 6) => (100 * v).toFixed(n),
};

// "1.500" to "1.5", "2.00e+3" to "2e+3"
const trim = text => text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');

const group = text => text.replace(/^-?\d+/, whole => whole.replace(/\B(?=(\d{3})+$)/g, ','));

export function format(value, notation = '') {
  const parts = PATTERN.exec(notation ?? '');
  if (!parts) throw new Error(`a number's format "${notation}" is not known to this page`);
  const digits = parts[1] === undefined ? undefined : +parts[1];
  const type = parts[3];
  let text = type ? WRITE[type](value, digits) : digits ? value.toPrecision(digits) : String(value);
  if (parts[2] || (!type && digits)) text = trim(text);
  if (notation?.startsWith(',')) text = group(text);
  if (type === '%') text += '%';
  return text.replace(/-/g, '−');
}
