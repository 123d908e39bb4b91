// Networks that make a picture of a code: the twin of lib/live/layers.py.
import { FAR, inflated } from "./table.js";

const ACTIVATE = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

// One layer: rows of weights, each with its bias at the end.
class Layer {
  constructor({ size, step, powers, activation }, codes) {
    const [out, n] = size, table = new Float64Array(out * n);
    for (let i = 0; i < table.length; i++) table[i] = codes(i) * step * 2 ** (powers[Math.floor(i / n)] ?? 0);
    Object.assign(this, { table, n, activate: ACTIVATE[activation], out: new Float64Array(out) });
  }
  run(x) {
    const { table, n, activate, out } = this, last = n - 1;
    for (let row = 0, i = 0; row < out.length; row++) {
      let sum = 0;
      for (let k = 0; k < last; k++) sum += table[i++] * x[k];
      out[row] = activate(sum + table[i++]);
    }
    return out;
  }
}

// The greys of a code; ink is 1. The array is used again for the next one.
export class Decoder {
  constructor(layers) { this.layers = layers; }
  decode(z) { return this.layers.reduce((x, layer) => layer.run(x), z); }
}

// All decoders of a figure: zigzag integers, the high bytes of all before the low ones.
export async function decodersOf(bytes, specs) {
  if (!specs?.length) return [];
  const planes = await inflated(bytes), n = planes.length / 4;
  let from = 0;
  const layer = (spec) => {
    const start = from, code = (i) => { const k = start + i, z = (planes[k] << 24) | (planes[n + k] << 16) | (planes[2 * n + k] << 8) | planes[3 * n + k]; return (z >>> 1) ^ -(z & 1); };
    from += spec.size[0] * spec.size[1];
    return new Layer(spec, code);
  };
  return specs.map((spec) => new Decoder(spec.layers.map(layer)));
}

// The code that a mark's channel holds.
export const codeOf = (channel, [low, size]) => Float64Array.from(channel, (c) => low + (c + FAR) * size);
