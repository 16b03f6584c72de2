// Builds dist/main.js: one minified file with everything in it, a small start in front of it, and a compile cache.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

// TABLE: what of a package is left out of the bundle, because every process would carry it in memory and none uses it.
// Figures are megabytes of an idle process, measured with `npm run bench`. A row whose place is gone stops the build.
const EDITS = [
  {
    file: 'mqtt-packet/writeToStream.js',
    why: 'It makes 65,536 buffers in advance, one for every number that a packet may hold: 11 MB.',
    edit: (text) =>
      replaced(
        replaced(text, 'let writeNumber = writeNumberCached\n', 'let writeNumber = writeNumberGenerated\n'),
        'let toGenerate = true\n',
        'let toGenerate = false\n',
      ),
  },
  {
    file: '@kubernetes/client-node/dist/index.js',
    why: 'Of the client the door uses four names; the rest brings shells, copies and port forwarding along: 1 MB.',
    edit: () =>
      "export * from './config.js'; export * from './gen/http/http.js'; export { loadYaml } from './yaml.js';\n",
  },
  {
    file: '@kubernetes/client-node/dist/gen/index.js',
    why: 'Two names are used; the rest is a class for every kind of object that Kubernetes knows: 2 MB.',
    edit: () => "export * from './configuration.js'; export * from './servers.js';\n",
  },
  {
    file: '@kubernetes/client-node/dist/yaml.js',
    why: 'A kubeconfig is read as it is; turning it into those classes is what would need them.',
    edit: () =>
      "import { load } from 'js-yaml';\n" +
      'export function loadYaml(text) {\n' +
      "  const tree = load(text);\n  if (!tree) throw new Error('Failed to load YAML');\n  return tree;\n}\n",
  },
  {
    file: 'zod/v4/locales/index.js',
    why: 'Its sentences in fifty languages: 1 MB.',
    edit: () => "export { default as en } from './en.js';\n",
  },
];

// TABLE: what V8 is told before anything large is read. On the command line the same flags would save 9 MB less:
// Node's own compiled code holds only for the flags that the process was started with.
const FLAGS = [
  // New objects get 1 MB in place of up to 48: a look makes little, and a rare collection more is not felt.
  '--semi-space-growth-factor=1',
  // Under load the factor alone lets it grow nevertheless: see `npm run bench -- cluster`.
  '--max-semi-space-size=1',
  // The quickest compiler and the simplest one; the one between them does nearly as well without their code in memory.
  '--no-opt',
  '--no-sparkplug',
  // The HTTP parser is WebAssembly. Optimizing it takes 12 MB once, which malloc keeps for ever.
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
];

const done = new Set();
const edits = {
  name: 'edits',
  setup(plugins) {
    for (const { file, edit } of EDITS) {
      const filter = new RegExp(`/node_modules/${file.replaceAll(/[.]/g, '\\.')}$`);
      plugins.onLoad({ filter }, ({ path }) => {
        done.add(file);
        return { contents: edit(readFileSync(path, 'utf8')), loader: 'js' };
      });
    }
  },
};

rmSync(at('dist'), { recursive: true, force: true });
await build({
  entryPoints: [at('src/main.ts')],
  outfile: at('dist/warden.js'),
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  legalComments: 'linked',
  logLevel: 'warning',
  plugins: [edits],
  // Packages written for CommonJS ask for these three.
  banner: {
    js: [
      "import { createRequire as requireFrom } from 'node:module';",
      "import { fileURLToPath as toPath } from 'node:url';",
      'const require = requireFrom(import.meta.url);',
      'const __filename = toPath(import.meta.url);',
      "const __dirname = toPath(new URL('.', import.meta.url));",
    ].join('\n'),
  },
});
const missed = EDITS.filter(({ file }) => !done.has(file)).map(({ file }) => file);
if (missed.length > 0) throw new Error(`The bundle no longer holds ${missed.join(', ')}: see EDITS in build.mjs.`);

// Flags and cache must be there before the large file is read, so a small one comes first.
writeFileSync(
  at('dist/main.js'),
  "import { enableCompileCache } from 'node:module';\n" +
    "import { fileURLToPath } from 'node:url';\n" +
    "import { setFlagsFromString } from 'node:v8';\n" +
    `for (const flag of ${JSON.stringify(FLAGS)}) setFlagsFromString(flag);\n` +
    // Portable: the folder may be built in one place and started in another.
    "enableCompileCache({ directory: fileURLToPath(new URL('cache', import.meta.url)), portable: true });\n" +
    "await import('./warden.js');\n",
);
const version = execFileSync(process.execPath, [at('dist/main.js'), '--version'], { encoding: 'utf8' }).trim();
const size = (statSync(at('dist/warden.js')).size / 1024 / 1024).toFixed(1);
const kept = cached();
process.stdout.write(`dist/main.js: version ${version}, ${size} MB, ${(kept / 1024 / 1024).toFixed(1)} MB compiled\n`);

/** Bytes in the cache that this start has left. Node writes them for their owner alone; anyone may start the bundle. */
function cached() {
  const folder = at('dist/cache');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (files.length === 0) throw new Error(`${folder} is empty: the first start has left no compiled code.`);
  for (const { parentPath, name } of files) chmodSync(join(parentPath, name), 0o644);
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`${JSON.stringify(from)} is not there any more: see EDITS in build.mjs.`);
  return text.replace(from, to);
}
