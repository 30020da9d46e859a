// Bundles the program into dist/: one entry per process, so that a runner never loads React and the door loads nothing.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}dist`;
await mkdir(out, { recursive: true });

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // Not the names: whoever reports a stack wants to read it, and keeping them apart costs each start a call for every function.
  minifySyntax: true,
  minifyWhitespace: true,
};
const result = await build({
  ...common,
  entryPoints: { program: 'src/cli/program.ts' },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  external: ['node-pty'],
  alias: { 'react-devtools-core': './scripts/no-devtools.mjs' },
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
});
// The door last, when what it opens on is there. One file that shares no chunk: every file more is a later first frame.
await build({
  ...common,
  entryPoints: { oompa: 'src/cli/main.ts' },
  plugins: [
    {
      name: 'door',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/program\.ts$/ }, () => ({ path: './program.js', external: true })),
    },
  ],
});

// Chunks of earlier builds stay for a day: a program that runs may still load them.
const kept = new Set(Object.keys(result.metafile.outputs).map((path) => path.replace(/^dist\//, '')));
const dayMs = 86_400_000;
for (const file of await readdir(`${out}/chunks`).catch(() => [])) {
  const path = `${out}/chunks/${file}`;
  if (!kept.has(`chunks/${file}`) && Date.now() - (await stat(path)).mtimeMs > dayMs) await rm(path);
}
await writeFile(`${out}/.built`, '');
