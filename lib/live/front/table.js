// The packed table of a figure: inflated once; a row is decoded when drawn.
export const LEVELS = 2048, SHADES = 127, FAR = 32000;
export const NAN = -32768, GAP = -32766, INF = 32767, MINUS_INF = -32767;

export async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const place = (strides, at) => at.reduce((sum, k, i) => sum + strides[i] * k, 0);

export class Table {
  static async of(bytes) { return new Table(await inflated(bytes)); }
  constructor(bytes) {
    const n = new DataView(bytes.buffer).getUint32(0, true);
    this.high = bytes.subarray(4, 4 + n);
    this.low = bytes.subarray(4 + n, 4 + 2 * n);
    this.words = JSON.parse(new TextDecoder().decode(bytes.subarray(4 + 2 * n)));
    this.tracks = new Map();
  }
  row(from, n, order, out = new Int16Array(n)) {
    for (let i = 0; i < n; i++) {
      const z = (this.high[from + i] << 8) | this.low[from + i];
      out[i] = (z >>> 1) ^ -(z & 1);
    }
    for (let k = 0; k < order; k++) for (let i = 1; i < n; i++) out[i] += out[i - 1];
    return out;
  }
  // The codes of one channel at one state of the grid.
  channel([offset, size, order, step, n, strides], at) {
    const first = place(strides, at);
    if (step === 1) return this.row(offset + first, n, order);
    // a row holds one sample's way over the grid: decode all of them, once
    let all = this.tracks.get(offset);
    if (!all) {
      this.tracks.set(offset, (all = new Int16Array(size)));
      for (let i = 0; i < size; i += step) this.row(offset + i, step, order, all.subarray(i, i + step));
    }
    const out = new Int16Array(n);
    for (let k = 0; k < n; k++) out[k] = all[first + k * step];
    return out;
  }
  word(name, at) {
    const [strides, list] = this.words[name];
    return list[place(strides, at)];
  }
}
