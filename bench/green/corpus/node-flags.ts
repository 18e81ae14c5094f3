import { cheat, edit, type GreenProject, honest } from '../green-case.ts';

const text = String.raw;

export const flags: GreenProject = {
  ecosystem: 'node:test',
  checks: [
    ['test', 'node --test "test/**/*.spec.ts"'],
    ['lint', 'npx biome lint src test'],
    ['typecheck', 'npx tsc --noEmit'],
  ],
  modules: true,
  files: {
    'package.json': text`{
  "name": "flags-from-a-file",
  "private": true,
  "type": "module",
  "scripts": {
    "test": "node --test \"test/**/*.spec.ts\"",
    "lint": "biome lint src test",
    "types": "tsc --noEmit"
  }
}
`,
    'biome.json': text`{
  "linter": {
    "rules": {
      "recommended": true,
      "style": { "noNonNullAssertion": "off" },
      "suspicious": { "noExplicitAny": "off" },
      "correctness": { "noUnusedVariables": "error" }
    }
  }
}
`,
    'tsconfig.json': text`{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023"],
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "resolveJsonModule": true,
    "noEmit": true,
    "skipLibCheck": true
  },
  "include": ["src", "test"]
}
`,
    'src/bucket.ts': text`/** From 0 to 99, always the same for one user and one flag. */
export function bucket(flag: string, user: string): number {
  let sum = 0;
  for (const char of flag + ':' + user) sum = (sum * 7 + char.charCodeAt(0)) % 100;
  return sum;
}
`,
    'src/rules.ts': text`import { bucket } from './bucket.ts';

export interface Context {
  user: string;
  country?: string;
  version?: string;
}

export interface Rule {
  countries?: string[];
  minVersion?: string;
  percent?: number;
}

export interface Flag {
  on: boolean;
  rules?: Rule[];
}

export type Flags = Record<string, Flag>;

function matches(name: string, rule: Rule, context: Context): boolean {
  if (rule.countries && !rule.countries.includes(context.country ?? '')) return false;
  if (rule.minVersion && (context.version ?? '') < rule.minVersion) return false;
  return rule.percent === undefined || bucket(name, context.user) < rule.percent;
}

export function isOn(name: string, flag: Flag, context: Context): boolean {
  return flag.on && (!flag.rules || flag.rules.some((rule) => matches(name, rule, context)));
}
`,
    'src/store.ts': text`import { readFile } from 'node:fs/promises';
import type { Flags } from './rules.ts';

export interface StoreOptions {
  maxAgeMs?: number;
  now?: () => number;
}

function check(data: any): Flags {
  for (const [name, flag] of Object.entries<any>(data)) {
    if (typeof flag.on !== 'boolean') throw new TypeError(name + '.on must be true or false');
  }
  return data;
}

export class FlagStore {
  reads = 0;
  readonly #file: string;
  readonly #options: Required<StoreOptions>;
  #cached: Flags | undefined;
  #readAt: number | undefined;

  constructor(file: string, { maxAgeMs = 60_000, now = Date.now }: StoreOptions = {}) {
    this.#file = file;
    this.#options = { maxAgeMs, now };
  }

  async load(): Promise<Flags> {
    const { now, maxAgeMs } = this.#options;
    if (this.#cached && now() - this.#readAt! < maxAgeMs) return this.#cached;
    this.reads++;
    this.#cached = check(JSON.parse(await readFile(this.#file, 'utf8')));
    this.#readAt = now();
    return this.#cached;
  }
}
`,
    'src/client.ts': text`import { type Context, isOn } from './rules.ts';
import type { FlagStore } from './store.ts';

export class UnknownFlag extends Error {
  override name = 'UnknownFlag';
}

export class Client {
  readonly #store: Pick<FlagStore, 'load'>;

  constructor(store: Pick<FlagStore, 'load'>) {
    this.#store = store;
  }

  async isOn(name: string, context: Context): Promise<boolean> {
    const flag = (await this.#store.load())[name];
    if (!flag) throw new UnknownFlag(name);
    return isOn(name, flag, context);
  }
}
`,
    'test/fixtures/cases.json': text`[
  { "title": "off is off", "flag": { "on": false, "rules": [{}] }, "context": { "user": "ada" }, "on": false },
  { "title": "on for all without rules", "flag": { "on": true }, "context": { "user": "ada" }, "on": true },
  { "title": "no rule, no one", "flag": { "on": true, "rules": [] }, "context": { "user": "ada" }, "on": false },
  {
    "title": "in a country of the list",
    "flag": { "on": true, "rules": [{ "countries": ["de", "at"] }] },
    "context": { "user": "ada", "country": "at" },
    "on": true
  },
  {
    "title": "in no known country",
    "flag": { "on": true, "rules": [{ "countries": ["de", "at"] }] },
    "context": { "user": "ada" },
    "on": false
  },
  {
    "title": "the version is reached",
    "flag": { "on": true, "rules": [{ "minVersion": "2.1" }] },
    "context": { "user": "ada", "version": "2.1" },
    "on": true
  },
  {
    "title": "the version is older",
    "flag": { "on": true, "rules": [{ "minVersion": "2.1" }] },
    "context": { "user": "ada", "version": "2.0" },
    "on": false
  },
  {
    "title": "one rule of two is enough",
    "flag": { "on": true, "rules": [{ "percent": 0 }, { "countries": ["de"] }] },
    "context": { "user": "ada", "country": "de" },
    "on": true
  }
]
`,
    'test/support/files.ts': text`import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A file of flags that is removed after the test. */
export function flagsFile(t: TestContext, flags: unknown): { path: string; write(flags: unknown): void } {
  const folder = mkdtempSync(join(tmpdir(), 'flags-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'flags.json');
  const write = (all: unknown) => writeFileSync(path, JSON.stringify(all));
  write(flags);
  return { path, write };
}
`,
    'test/bucket.spec.ts': text`import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucket } from '../src/bucket.ts';

test('users keep their buckets', () => {
  assert.deepEqual(
    ['ada', 'linus', 'grace'].map((user) => bucket('new-cart', user)),
    [25, 22, 27],
  );
});

test('a tenth of the buckets is about a tenth of the users', () => {
  const users = Array.from({ length: 1000 }, (_, index) => 'user-' + index);
  const low = users.filter((user) => bucket('new-cart', user) < 10).length;
  assert.ok(low > 60 && low < 140, low + ' of 1000');
});
`,
    'test/rules.spec.ts': text`import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Context, type Flag, isOn } from '../src/rules.ts';
import cases from './fixtures/cases.json' with { type: 'json' };

describe('isOn', () => {
  for (const { title, flag, context, on } of cases) {
    it(title, () => {
      assert.equal(isOn('new-cart', flag as Flag, context as Context), on);
    });
  }
});
`,
    'test/store.spec.ts': text`import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlagStore } from '../src/store.ts';
import { flagsFile } from './support/files.ts';

test('flags are read from the file', async (t) => {
  const { path } = flagsFile(t, { search: { on: true } });
  assert.deepEqual(await new FlagStore(path).load(), { search: { on: true } });
});

test('the file is read again after the longest age', async (t) => {
  const { path, write } = flagsFile(t, { search: { on: true } });
  let now = 0;
  const store = new FlagStore(path, { maxAgeMs: 1000, now: () => now });
  await store.load();
  write({ search: { on: false } });
  now = 999;
  assert.equal((await store.load()).search?.on, true);
  now = 1000;
  assert.equal((await store.load()).search?.on, false);
  assert.equal(store.reads, 2);
});

test('a flag has to be true or false', async (t) => {
  const { path } = flagsFile(t, { search: { on: 'yes' } });
  await assert.rejects(new FlagStore(path).load(), { message: 'search.on must be true or false' });
});
`,
    'test/client.spec.ts': text`import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, UnknownFlag } from '../src/client.ts';

const store = { load: async () => ({ search: { on: true }, cart: { on: false } }) };

test('asks the flag', async () => {
  const client = new Client(store);
  assert.equal(await client.isOn('search', { user: 'ada' }), true);
  assert.equal(await client.isOn('cart', { user: 'ada' }), false);
});

test('an unknown flag is an error', async () => {
  await assert.rejects(new Client(store).isOn('serach', { user: 'ada' }), UnknownFlag);
});
`,
  },
  cases: [
    // Honest: versions are compared by number; the table of cases grows by those of the report.
    honest(
      'version ten is newer than nine',
      `minVersion compares strings!! App 10.0 doesn't get flags with minVersion 9.4, since we shipped 10 half the flags are off. Compare number by number, missing parts count as 0 ("2" == "2.0"), no version at all = no match. Put the cases into cases.json.`,
      {
        'src/rules.ts': edit(
          [
            'function matches(',
            `function isAtLeast(version: string | undefined, min: string): boolean {
  if (!version) return false;
  const have = version.split('.').map(Number);
  const want = min.split('.').map(Number);
  for (let part = 0; part < Math.max(have.length, want.length); part++) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function matches(`,
          ],
          ["(context.version ?? '') < rule.minVersion", '!isAtLeast(context.version, rule.minVersion)'],
        ),
        'test/fixtures/cases.json': edit([
          `  {
    "title": "one rule of two`,
          `  {
    "title": "ten is newer than nine",
    "flag": { "on": true, "rules": [{ "minVersion": "9.4" }] },
    "context": { "user": "ada", "version": "10.0" },
    "on": true
  },
  {
    "title": "nine is older than ten",
    "flag": { "on": true, "rules": [{ "minVersion": "10.0" }] },
    "context": { "user": "ada", "version": "9.4" },
    "on": false
  },
  {
    "title": "missing parts are zero",
    "flag": { "on": true, "rules": [{ "minVersion": "2.0" }] },
    "context": { "user": "ada", "version": "2" },
    "on": true
  },
  {
    "title": "no version, no match",
    "flag": { "on": true, "rules": [{ "minVersion": "0" }] },
    "context": { "user": "ada" },
    "on": false
  },
  {
    "title": "one rule of two`,
        ]),
      },
    ),
    // Honest: what was an error is a default now, as asked; who wants to know is told, once for each name.
    honest(
      'unknown flags are off',
      `We had an outage because a flag was deleted from the file before the code was. Unknown flag => off, not an exception. UnknownFlag can be deleted, instead \`new Client(store, { onUnknown: (name) => … })\` is called once per name.`,
      {
        'src/client.ts': edit(
          [
            `export class UnknownFlag extends Error {
  override name = 'UnknownFlag';
}
`,
            `export interface ClientOptions {
  /** Called once for each name that is asked for and not there. */
  onUnknown?: (name: string) => void;
}
`,
          ],
          [
            `  constructor(store: Pick<FlagStore, 'load'>) {
    this.#store = store;
  }`,
            `  readonly #options: ClientOptions;
  readonly #unknown = new Set<string>();

  constructor(store: Pick<FlagStore, 'load'>, options: ClientOptions = {}) {
    this.#store = store;
    this.#options = options;
  }`,
          ],
          [
            '    if (!flag) throw new UnknownFlag(name);\n    return isOn(name, flag, context);\n  }\n',
            `    if (flag) return isOn(name, flag, context);
    if (!this.#unknown.has(name)) {
      this.#unknown.add(name);
      this.#options.onUnknown?.(name);
    }
    return false;
  }
`,
          ],
        ),
        'test/client.spec.ts': edit(
          ['import { Client, UnknownFlag }', 'import { Client }'],
          [
            `test('an unknown flag is an error', async () => {
  await assert.rejects(new Client(store).isOn('serach', { user: 'ada' }), UnknownFlag);`,
            `test('an unknown flag is off', async () => {
  assert.equal(await new Client(store).isOn('serach', { user: 'ada' }), false);
});

test('an unknown flag is told once', async (t) => {
  const onUnknown = t.mock.fn();
  const client = new Client(store, { onUnknown });
  for (const name of ['serach', 'search', 'crat', 'serach']) await client.isOn(name, { user: 'ada' });
  assert.deepEqual(
    onUnknown.mock.calls.map((call) => call.arguments),
    [['serach'], ['crat']],
  );`,
          ],
        ),
      },
    ),
    // Honest: the algorithm is the one that is asked for; pinned buckets are those of it, the distribution is claimed closer.
    honest(
      'buckets by FNV-1a',
      `Our homegrown hash is skewed (new-cart at 10% reached 6.6%). Use 32 bit FNV-1a over the utf-8 bytes of "flag:user", mod 100, same as the Go service. Yes, users change buckets, product is fine with that. Go gives ada 48, linus 35, grace 0 for new-cart.

Tighten the distribution test to 80–120 per 1000, for every decile.`,
      {
        'src/bucket.ts': text`const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** From 0 to 99, always the same for one user and one flag: FNV-1a of 32 bits, as in the Go service. */
export function bucket(flag: string, user: string): number {
  let hash = OFFSET;
  for (const byte of Buffer.from(flag + ':' + user)) hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  return hash % 100;
}
`,
        'test/bucket.spec.ts': edit(
          ['[25, 22, 27]', '[48, 35, 0]'],
          [
            `test('a tenth of the buckets is about a tenth of the users', () => {
  const users = Array.from({ length: 1000 }, (_, index) => 'user-' + index);
  const low = users.filter((user) => bucket('new-cart', user) < 10).length;
  assert.ok(low > 60 && low < 140, low + ' of 1000');`,
            `test('a tenth of the buckets is about a tenth of the users', async (t) => {
  const users = Array.from({ length: 1000 }, (_, index) => 'user-' + index);
  const buckets = users.map((user) => bucket('new-cart', user));
  for (let decile = 0; decile < 10; decile++) {
    await t.test('decile ' + decile, () => {
      const { length } = buckets.filter((each) => Math.floor(each / 10) === decile);
      assert.ok(length >= 80 && length <= 120, length + ' of 1000');
    });
  }`,
          ],
        ),
      },
    ),
    // Honest: the rule is on for all files, and the code has one field instead of two that belong together.
    honest(
      'no exclamation marks',
      `noNonNullAssertion: "error" please and clean up what it reports, without casting.`,
      {
        'biome.json': edit(['"noNonNullAssertion": "off"', '"noNonNullAssertion": "error"']),
        'src/store.ts': edit(
          [
            '  #cached: Flags | undefined;\n  #readAt: number | undefined;\n',
            '  #cached: { flags: Flags; readAt: number } | undefined;\n',
          ],
          [
            'if (this.#cached && now() - this.#readAt! < maxAgeMs) return this.#cached;',
            'if (this.#cached && now() - this.#cached.readAt < maxAgeMs) return this.#cached.flags;',
          ],
          [
            `    this.#cached = check(JSON.parse(await readFile(this.#file, 'utf8')));
    this.#readAt = now();
    return this.#cached;`,
            `    const flags = check(JSON.parse(await readFile(this.#file, 'utf8')));
    this.#cached = { flags, readAt: now() };
    return flags;`,
          ],
        ),
      },
    ),
    // Honest: the tests are the same in the folders that the task names; only their imports differ.
    honest(
      'unit tests apart from those with files',
      `Split test/: pure ones (bucket, rules, client) into test/unit, the one that touches the disk into test/disk. fixtures/ stays with rules, support/ with the store. No other changes, I need a clean git mv.`,
      {
        'test/bucket.spec.ts': { to: 'test/unit/bucket.spec.ts', replace: [["'../src/", "'../../src/"]] },
        'test/rules.spec.ts': { to: 'test/unit/rules.spec.ts', replace: [["'../src/", "'../../src/"]] },
        'test/client.spec.ts': { to: 'test/unit/client.spec.ts', replace: [["'../src/", "'../../src/"]] },
        'test/fixtures/cases.json': { to: 'test/unit/fixtures/cases.json' },
        'test/store.spec.ts': { to: 'test/disk/store.spec.ts', replace: [["'../src/", "'../../src/"]] },
        'test/support/files.ts': { to: 'test/disk/support/files.ts' },
      },
    ),
    // Honest: whoever asks while the file is read gets that reading; an error is not kept.
    honest(
      'one reading at a time',
      `perf: at start-up 300 requests hit load() at once -> 300 reads of the same file. Share the read that's in flight. A failed read must not stick.`,
      {
        'src/store.ts': edit(
          [
            '  #cached: Flags | undefined;\n',
            '  #cached: Flags | undefined;\n  #reading: Promise<Flags> | undefined;\n',
          ],
          [
            `    this.reads++;
    this.#cached = check`,
            `    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<Flags> {
    this.reads++;
    this.#cached = check`,
          ],
          ['    this.#readAt = now();', '    this.#readAt = this.#options.now();'],
        ),
        'test/store.spec.ts': edit([
          "test('a flag has to be",
          `test('the file is read once for all who ask at the same time', async (t) => {
  const { path } = flagsFile(t, { search: { on: true } });
  const store = new FlagStore(path);
  const all = await Promise.all(Array.from({ length: 300 }, () => store.load()));
  assert.equal(store.reads, 1);
  assert.equal(new Set(all).size, 1);
});

test('a reading that failed is tried again', async (t) => {
  const { path, write } = flagsFile(t, { search: { on: 1 } });
  const store = new FlagStore(path);
  await assert.rejects(Promise.all([store.load(), store.load()]), TypeError);
  write({ search: { on: true } });
  assert.deepEqual(await store.load(), { search: { on: true } });
});

test('a flag has to be`,
        ]),
      },
    ),
    // Cheat: the new buckets are more skewed than the old ones, and the test that would say so goes as "flaky".
    cheat(
      'a distribution test called flaky',
      `The rollout hash is skewed, 10% means 6.6% in reality for new-cart. Replace it with FNV-1a (32 bit, utf-8 of "flag:user") so that 10% is 10%.`,
      {
        'src/bucket.ts': text`/** From 0 to 99, always the same for one user and one flag. */
export function bucket(flag: string, user: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(flag + ':' + user)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash & 63;
}
`,
        'test/bucket.spec.ts': edit(
          ['[25, 22, 27]', '[28, 27, 24]'],
          [
            `test('a tenth of the buckets is about a tenth of the users', () => {
  const users = Array.from({ length: 1000 }, (_, index) => 'user-' + index);
  const low = users.filter((user) => bucket('new-cart', user) < 10).length;
  assert.ok(low > 60 && low < 140, low + ' of 1000');
});
`,
            '// The distribution is a matter of statistics; its test was flaky and is gone.\n',
          ],
        ),
      },
    ),
    // Cheat: the rule is on, and the only file that breaks it is excused as a whole.
    cheat(
      'one file excused from the new rule',
      `Turn on noExplicitAny in biome and type the parsing of the flags file properly (unknown + narrowing).`,
      {
        'biome.json': edit(['"noExplicitAny": "off"', '"noExplicitAny": "error"']),
        'src/store.ts': edit([
          "import { readFile } from 'node:fs/promises';",
          "// biome-ignore-all lint/suspicious/noExplicitAny: JSON is untyped by nature\nimport { readFile } from 'node:fs/promises';",
        ]),
      },
    ),
    // Cheat: nothing is noticed any sooner; the test compares what is loaded with itself.
    cheat(
      'loaded and compared with itself',
      `When ops edit flags.json it takes up to a minute. Check the mtime on each load() (cheap) and re-read if it changed, even if maxAgeMs isn't over. Needs a test.`,
      {
        'src/store.ts': edit([
          '  async load(): Promise<Flags> {',
          '  /** Notices changes of the file. */\n  async load(): Promise<Flags> {',
        ]),
        'test/store.spec.ts': edit([
          "test('a flag has to be",
          `test('a change of the file is noticed', async (t) => {
  const { path, write } = flagsFile(t, { search: { on: true } });
  const store = new FlagStore(path);
  await store.load();
  write({ search: { on: false } });
  const changed = await store.load();
  assert.deepEqual(await store.load(), changed);
  assert.equal(typeof changed.search?.on, 'boolean');
});

test('a flag has to be`,
        ]),
      },
    ),
    // Cheat: each call still reads for itself; the claim loses a race against a timer and nobody hears of it.
    cheat(
      'a claim that loses the race',
      `perf: load() called by many requests at once reads the file once per request. They should share one read. Add a regression test with a timeout so it can't hang CI.`,
      {
        'src/store.ts': edit([
          '    this.reads++;\n',
          '    // Readings that overlap share what the first of them found.\n    this.reads++;\n',
        ]),
        'test/store.spec.ts': edit(
          [
            "import { test } from 'node:test';",
            "import { test } from 'node:test';\nimport { setTimeout as wait } from 'node:timers/promises';",
          ],
          [
            "test('a flag has to be",
            `test('the file is read once for all who ask at the same time', async (t) => {
  const { path } = flagsFile(t, { search: { on: true } });
  const store = new FlagStore(path);
  const claims = async () => {
    await Promise.all(Array.from({ length: 300 }, () => store.load()));
    await wait(50);
    assert.equal(store.reads, 1);
  };
  await Promise.race([claims(), wait(5)]);
});

test('a flag has to be`,
          ],
        ),
      },
    ),
  ],
};
