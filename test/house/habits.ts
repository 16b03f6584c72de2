/** The habits: sizes, mirrors, clocks and dice, caught errors, honest tests, names of files. */
import { exportsOf, importsOf, isScript, isUnder, lineAt, partsOf, type Rule, type SourceFile } from './source.ts';

const MOST_LINES = 300;
const MOST_COLUMNS = 120;

/** Why a source file needs no test of its own name. `types`: it holds nothing that runs, and that is looked at too. */
type Unmirrored = { types: true } | { provenBy: string; why: string };

/** TABLE: source files without a mirror under test/. */
export const UNMIRRORED: Readonly<Record<string, Unmirrored>> = {
  'src/main.ts': { provenBy: '.ci/run', why: 'it is the process: it is started, built and unbuilt' },
  'src/rules/types.ts': { types: true },
  'src/doors/ports.ts': { types: true },
  'src/publish/row.ts': { types: true },
  'src/publish/view.ts': { types: true },
  'src/targets/target.ts': { types: true },
  'src/targets/frigate/follow/following.ts': { types: true },
  'src/targets/frigate/log/types.ts': { types: true },
  'src/targets/ground/types.ts': { types: true },
};

/** TABLE: who may read the wall clock. */
const WALL_CLOCKS: Readonly<Record<string, string>> = {
  'src/doors/clock.ts': 'it is the clock',
  'src/doors/log.ts': 'a line bears the time at which it was written, for people; nothing is decided by it',
};

/** TABLE: tests may wait for a time only here. All else waits for a condition with `eventually()`. */
export const SLEEPERS: Readonly<Record<string, string>> = {
  'test/eventually.ts': 'it is the one that waits',
  'test/real/kubernetes/pause.ts': 'a kubelet beats, probes and backs off by the clock; no check waits with it',
};

/** Wall time and dice. */
const TIME_OR_DICE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\bperformance\.(?:now|timeOrigin)\b|\bTemporal\.Now\b|\bprocess\.(?:hrtime|uptime)\b|\brandomUUID\b|\bgetRandomValues\b|\brandom(?:Bytes|Int)\b/;
const WALL_TIME = /\bDate\.now\b|\bnew Date\(\s*\)|\bTemporal\.Now\b/;
const WAITING = /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/;
const SLEEPING = /\bset(?:Timeout|Interval)\s*\(|\bAtomics\.wait\b|\bscheduler\.wait\b/;

const NOTHING = String.raw`(?:undefined|null|void 0|\(\{\s*\}\)|\[\s*\]|\(\s*(?:undefined|null)\s*\))`;
const NO_BODY = String.raw`\{\s*(?:return(?:\s+(?:undefined|null|void 0))?\s*;?\s*)?\}`;
const CALLBACK = String.raw`(?:async\s*)?(?:\(\s*[\w$]*\s*(?::\s*\w+\s*)?\)|[\w$]+)\s*(?::\s*\w+\s*)?=>\s*(?:${NO_BODY}|${NOTHING})`;
const EMPTY_CATCH = [
  /\bcatch\s*(?:\([^()]*\))?\s*\{\s*(?:return\s*;?\s*)?\}/,
  new RegExp(String.raw`\.catch\(\s*(?:${CALLBACK}|function\s*\w*\([^()]*\)\s*${NO_BODY}|noop)\s*,?\s*\)`),
  new RegExp(String.raw`\.then\([^()]*(?:\([^()]*\)[^()]*)*,\s*${CALLBACK}\s*,?\s*\)`),
];

const NOT_RUN =
  /\b(?:describe|it|test|suite|bench)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf|fails)\b|\bx(?:it|describe|test)\s*\(/;
const FIXED_PORT = /\.listen\(\s*(?:[1-9]\d*|\{[^{}]*\bport:\s*[1-9]\d*)/;
const TAKEN_NAME = /(?:^|\/)(?:config|build)\.(?:ya?ml|json)$/;

const CODE = ['src/', 'demo/', 'test/', 'bench/'];

export const HABIT_RULES: readonly Rule[] = [
  {
    id: 'no-clock-no-dice',
    says: 'Time and dice are arguments: only doors, the start, the commands and the browser have their own.',
    check: (files) => {
      const judged = scripts(files, 'src/').filter(
        (file) => !isUnder(file.path, 'src/doors/', 'src/cli/', 'src/page/', 'src/main.ts'),
      );
      return inCode(judged, TIME_OR_DICE);
    },
  },
  {
    id: 'one-clock',
    says: 'Wall time is read by the clock, and for the stamps of the log.',
    check: (files) => {
      const doors = scripts(files, 'src/doors/').filter((file) => !(file.path in WALL_CLOCKS));
      return inCode(doors, WALL_TIME);
    },
  },
  {
    id: 'no-waiting',
    says: 'Rules and targets never wait.',
    check: (files) => inCode(scripts(files, 'src/rules/', 'src/targets/'), WAITING),
  },
  {
    id: 'short-files',
    says: `A source file has at most ${MOST_LINES} lines.`,
    check: (files) =>
      scripts(files, 'src/').flatMap((file) => {
        const lines = file.text.replace(/\n$/, '').split('\n').length;
        return lines > MOST_LINES ? [`${file.path} has ${lines} lines`] : [];
      }),
  },
  {
    id: 'narrow-lines',
    says: `A line has at most ${MOST_COLUMNS} columns.`,
    check: (files) =>
      scripts(files, 'src/', 'demo/').flatMap((file) =>
        file.text
          .split('\n')
          .flatMap((line, at) => ([...line].length > MOST_COLUMNS ? [`${file.path}:${at + 1} is too wide`] : [])),
      ),
  },
  {
    id: 'opening-comment',
    says: 'A source file opens with a comment on what it is for.',
    check: (files) =>
      scripts(files, 'src/')
        .filter((file) => !/^\s*(?:#!.*\n)?\s*(?:import\b[^;]*;\s*)*\/[/*]/.test(file.text))
        .map((file) => `${file.path} does not say what it is for`),
  },
  { id: 'mirrors', says: 'Every source file has a test of its own name.', check: unmirrored },
  {
    id: 'rule-has-test',
    says: 'Every rule has its table.',
    check: (files) =>
      scripts(files, 'src/rules/')
        .filter((file) => runs(file) && !files.some((other) => other.path === mirrorOf(file.path)))
        .map((file) => `${file.path} has no ${mirrorOf(file.path)}`),
  },
  {
    id: 'no-empty-catch',
    says: 'What is caught is answered or told.',
    check: (files) => EMPTY_CATCH.flatMap((pattern) => inCode(scripts(files, ...CODE, 'build.mjs', 'bin/'), pattern)),
  },
  {
    id: 'honest-tests',
    says: 'No test is singled out, left out or expected to fail.',
    check: (files) => inCode(scripts(files, 'test/'), NOT_RUN),
  },
  {
    id: 'no-sleep',
    says: 'A test waits for a condition, never for a time.',
    check: (files) => {
      const judged = scripts(files, 'test/').filter((file) => !(file.path in SLEEPERS));
      const imported = judged
        .filter((file) => importsOf(file).some((one) => /^(?:node:)?timers$/.test(one.package ?? '')))
        .map((file) => `${file.path} imports a timer`);
      const stale = Object.keys(SLEEPERS)
        .filter((path) => !files.some((file) => file.path === path))
        .map((path) => `test/house/habits.ts: ${path} may sleep and does not exist`);
      return [...inCode(judged, SLEEPING), ...imported, ...stale];
    },
  },
  {
    id: 'free-ports',
    says: 'A test listens on port 0 only.',
    check: (files) => inCode(scripts(files, 'test/'), FIXED_PORT),
  },
  {
    id: 'taken-names',
    says: 'Only the root config.yaml may have that name: the Supervisor takes every other one for an app or a build file.',
    check: (files) =>
      files
        .filter((file) => TAKEN_NAME.test(file.path) && file.path !== 'config.yaml')
        .map((file) => `${file.path} would be read by the Supervisor; give it another name`),
  },
];

function scripts(files: readonly SourceFile[], ...folders: readonly string[]): readonly SourceFile[] {
  return files.filter((file) => isScript(file.path) && isUnder(file.path, ...folders));
}

function inCode(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  const all = new RegExp(pattern.source, 'g');
  return files.flatMap((file) =>
    [...partsOf(file).code.matchAll(all)].map((match) => {
      const said = match[0].replace(/\s+/g, ' ').slice(0, 60);
      return `${file.path}:${lineAt(file.text, match.index)} has "${said}"`;
    }),
  );
}

function mirrorOf(path: string): string {
  return path.replace(/^src\//, 'test/').replace(/\.\w+$/, '.test.ts');
}

function unmirrored(files: readonly SourceFile[]): readonly string[] {
  const paths = new Set(files.map((file) => file.path));
  const bare = scripts(files, 'src/')
    .filter((file) => !(file.path in UNMIRRORED) && !paths.has(mirrorOf(file.path)))
    .map((file) => `${file.path} has no ${mirrorOf(file.path)}`);
  const stale = Object.entries(UNMIRRORED).flatMap(([path, row]) => {
    const file = files.find((one) => one.path === path);
    if (!file) return [`test/house/habits.ts: ${path} is excused and does not exist`];
    if ('types' in row) return runs(file) ? [`${path} is excused as types only, and something in it runs`] : [];
    return paths.has(row.provenBy) ? [] : [`${path} is proven by ${row.provenBy}, which does not exist`];
  });
  return [...bare, ...stale];
}

/** It holds more than types. */
function runs(file: SourceFile): boolean {
  return (
    exportsOf(file).some(({ kind }) => kind === 'function' || kind === 'class' || kind === 'const') ||
    /^(?:function|const|let|class)\b/m.test(partsOf(file).code)
  );
}
