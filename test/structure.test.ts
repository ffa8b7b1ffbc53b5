import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The source tree obeys its own rules; a failure names the file, the line and the remedy. */
const ROOT = resolve(import.meta.dirname, '..', 'src');
const MAX_FILE_LINES = 300;

/** Imports go down only. `devices` and `screen` stand beside the ladder with rules of their own. */
const LADDER = [
  ['base'],
  ['settings'],
  ['pass'],
  ['trust'],
  ['policy'],
  ['journal'],
  ['sticker', 'register'],
  ['door'],
  ['kiosk'],
  ['main.ts', 'simulate.ts', 'simulation', 'commands', 'cli.ts'],
];
const rung = (room: string): number => LADDER.findIndex((rooms) => rooms.includes(room));

const PURE = ['pass', 'policy', 'door'];
const PURE_FILES = ['screen/view.ts', 'screen/phrases.ts'];
const PURE_NODE = new Set(['node:crypto', 'node:zlib']);

/** Who owns each npm package: the only files, or folder, that may import it. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  serialport: /^devices\/(scanner|printer)\//,
  '@serialport/bindings-cpp': /^devices\/(scanner|printer)\//,
  '@serialport/stream': /^devices\/(scanner|printer)\//,
  '@serialport/parser-readline': /^devices\/scanner\//,
  onoff: /^devices\/signal\/gpio-lines\.ts$/,
  'node-thermal-printer': /^devices\/printer\/encode\.ts$/,
  koffi: /^devices\/supervisor\//,
  'better-sqlite3': /^(journal|trust|register)\/|^kiosk\/data-folder\.ts$/,
  jose: /^(sticker|trust|register|commands|simulation)\//,
  zod: /^(settings|trust|policy)\//,
  'certlogic-js': /^policy\/certlogic\.ts$/,
  yaml: /^settings\//,
  uqr: /^(sticker|simulation)\//,
  '@resvg/resvg-js': /^sticker\//,
  preact: /^(screen|simulation)\/web\//,
};

/** Words that belong to one owner each, with what to use instead. */
const BANNED: readonly { word: RegExp; owners: RegExp; remedy: string }[] = [
  {
    word: /\bDate\.now\(|\bnew Date\(\)/,
    owners: /^devices\/clock\/|^commands\/now\.ts$|^screen\/web\/wall-clock\.ts$/,
    remedy: 'take a Clock or a time as a parameter',
  },
  {
    word: /\bset(Timeout|Interval|Immediate)\(/,
    owners: /^base\/timers\.ts$|\/web\//,
    remedy: 'take Timers (base/timers.ts) as a parameter',
  },
  {
    word: /\bprocess\.env\b/,
    owners: /^(main|simulate)\.ts$/,
    remedy: 'read the environment in a composition root and pass it in',
  },
  { word: /\bconsole\./, owners: /^$/, remedy: 'use the kiosk log, or print/tell in a command' },
  { word: /\bMath\.random\(/, owners: /^$/, remedy: 'use node:crypto randomInt or randomBytes' },
  { word: /\benum\s+[A-Z]/, owners: /^$/, remedy: 'use a union of string literals' },
  { word: /\bexport default\b/, owners: /^$/, remedy: 'export by name' },
  { word: /: any\b|\bas any\b|as unknown as/, owners: /^$/, remedy: 'give it its type' },
  { word: /Object\.assign\(/, owners: /^$/, remedy: 'spread a value of ours; never merge parsed JSON' },
];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly target: string | null }[];
}

const IMPORT =
  /(?:^|[\s;])(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)|new URL\('(\.[^']+)', import\.meta\.url\)/g;

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) =>
    item.isDirectory() ? walk(join(folder, item.name)) : /\.tsx?$/.test(item.name) ? [join(folder, item.name)] : [],
  );
}

const sources: readonly Source[] = walk(ROOT).map((file) => {
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(IMPORT)].map((match) => {
    const from = match[1] ?? match[2] ?? match[3] ?? '';
    const target = from.startsWith('.') ? relative(ROOT, resolve(dirname(file), from)).replace(/\.js$/, '.ts') : null;
    return { from, target };
  });
  return { path: relative(ROOT, file), text, imports };
});

const roomOf = (path: string): string => path.split('/')[0] ?? path;

describe('the source tree', () => {
  it('has no import that goes up the ladder', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ target }) => {
        if (target === null || rung(roomOf(path)) < 0 || rung(roomOf(target)) < 0) return [];
        if (rung(roomOf(target)) <= rung(roomOf(path))) return [];
        return [`${path} imports ${target}: move the shared part down or pass it in as a parameter`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('has devices that know only base and their own folder', () => {
    const wrong = sources
      .filter(({ path }) => path.startsWith('devices/'))
      .flatMap(({ path, imports }) => {
        const own = path.split('/').slice(0, 2).join('/');
        return imports.flatMap(({ target }) =>
          target === null || target.startsWith('base/') || target.startsWith(`${own}/`)
            ? []
            : [`${path} imports ${target}: a device may know base and its own folder alone`],
        );
      });
    expect(wrong).toEqual([]);
  });

  it('lets the kiosk see device interfaces and no driver', () => {
    const wrong = sources
      .filter(({ path }) => path.startsWith('kiosk/') || path.startsWith('door/') || path.startsWith('journal/'))
      .flatMap(({ path, imports }) =>
        imports.flatMap(({ target }) => {
          const [room, device, file] = (target ?? '').split('/');
          if (room !== 'devices' || file === `${device}.ts`) return [];
          return [
            `${path} imports ${target}: name the interface devices/${device}/${device}.ts, main.ts wires the driver`,
          ];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('lets the screen reach the kiosk through door/commands alone', () => {
    const allowed = /^(base|screen|door\/(commands|public-state)\.ts|policy\/reasons\.ts)/;
    const wrong = sources
      .filter(({ path }) => path.startsWith('screen/'))
      .flatMap(({ path, imports }) =>
        imports.flatMap(({ target }) =>
          target === null || allowed.test(target) || /\.css$/.test(target)
            ? []
            : [`${path} imports ${target}: ask through door/commands`],
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('keeps the pure folders free of the machine', () => {
    const wrong = sources
      .filter(({ path }) => PURE.includes(roomOf(path)) || PURE_FILES.includes(path))
      .flatMap(({ path, imports }) =>
        imports.flatMap(({ from }) =>
          from.startsWith('node:') && !PURE_NODE.has(from) ? [`${path} imports ${from}: pass it in as a value`] : [],
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('has one owner for each package', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap(({ from }) => {
        if (from.startsWith('.') || from.startsWith('node:')) return [];
        const name = from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/');
        const owner = OWNERS[name];
        if (owner?.test(path)) return [];
        return [
          `${path} imports ${from}: ${owner === undefined ? 'give it an owner in this test and a line in the README' : `only ${owner} may`}`,
        ];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('uses no word that belongs to another file', () => {
    const wrong = sources.flatMap(({ path, text }) =>
      BANNED.filter(({ owners }) => !owners.test(path)).flatMap(({ word, remedy }) =>
        text
          .split('\n')
          .flatMap((line, index) => (word.test(line) ? [`${path}:${index + 1}: ${line.trim()}: ${remedy}`] : [])),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      if (done.has(path)) return;
      for (const { target } of byPath.get(path)?.imports ?? []) if (target !== null) visit(target, [...trail, path]);
      done.add(path);
    };
    for (const { path } of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('has no file that nobody imports', () => {
    // Entries of programs, and the clock that tests alone wind.
    const entries =
      /^(cli\.ts|.*\.d\.ts|.*\/web\/(page|owner|register|simulator)\.tsx|journal\/verifier\/web\/(verifier|outage)\.ts|devices\/clock\/simulated-time\.ts)$/;
    const used = new Set(
      sources.flatMap(({ imports }) => imports.flatMap(({ target }) => (target === null ? [] : [target]))),
    );
    const dead = sources.map(({ path }) => path).filter((path) => !used.has(path) && !entries.test(path));
    expect(dead).toEqual([]);
  });

  it('has no file too long to read in one go', () => {
    const long = sources.flatMap(({ path, text }) => {
      const lines = text.split('\n').length;
      return lines > MAX_FILE_LINES ? [`${path} has ${lines} lines: split it by concept`] : [];
    });
    expect(long).toEqual([]);
  });
});
