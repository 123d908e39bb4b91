// The widget script: one classic file, for a page that is opened from a
// folder may not load modules.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

await build({
  entryPoints: [fileURLToPath(new URL('live/index.js', import.meta.url))],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  target: 'es2022',
  logLevel: 'warning',
});
