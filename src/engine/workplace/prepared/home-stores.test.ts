// fear: checks do not find what a setup downloads into the home, such as Go's modules, or an agent finds it (R-PROJ-3).
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { probeOverlay } from '../../../sessions/isolation/probe-overlay.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { leave } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { homePathOf } from '../sessions/session-files.ts';
import { entriesInUse } from './entries-in-use.ts';
import { giveEntry } from './give-entry.ts';
import { storesFor } from './home-layer.ts';
import { type Prepared, preparedProject } from './prepared-project.fixture.ts';

const shared = sharedDatabase();
// Without isolation, setups use the home of the user.
const isSeparate = (await probeIsolation()).level === 'files';
const place = mkdtempSync(join(tmpdir(), 'moose-stores-'));
const { isPossible } = await probeOverlay(place);
rmSync(place, { recursive: true });

/** Like `go mod download`: folders that nobody may write. */
const npm = `echo > deps; mod="$HOME/go/pkg/mod/a@v1"; test ! -e "$mod" || chmod 755 "$mod"
  mkdir -p "$mod" && cat package-lock.json > "$mod/lock" && chmod 555 "$mod"`;

const script = `cat "$HOME/go/pkg/mod/a@v1/lock" >> made.txt; echo '{"a": 1}' > package-lock.json; echo says success`;
const prepareFor =
  (line: string) =>
  async ({ homePath }: { homePath: string }) => ({
    argv: ['sh', '-c', line] as [string, ...string[]],
    env: { PATH: process.env.PATH ?? '', HOME: homePath },
  });
const agent = {
  ...scriptedAgent(script, { writesCode: true }),
  prepare: prepareFor(script),
};
const given = { npm, agents: [agent], settings: { isolation: 'auto' as const } };

async function throughAgent({ work }: Prepared) {
  await leave(work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
  const applied = await applying({ ...work });
  expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  if (applied.end === 'done') await leave(work, 'applying', applied.result);
}

test.runIf(isSeparate)(
  'R-PROJ-3: an agent finds it in its first cycle, and in every later work order',
  async () => {
    const first = await preparedProject(shared(), given);
    expect(await preparing({ ...first.work })).toMatchObject({ result: { way: 'setup' } });
    await throughAgent(first);
    expect(await first.read('made.txt')).toBe('{}\n');
    const second = await first.another(given);
    expect(await preparing({ ...second.work })).toMatchObject({ result: { way: 'cache' } });
    await throughAgent(second);
    expect(await second.read('made.txt')).toBe('{}\n');
  },
);

test.runIf(isSeparate)(
  'R-PROJ-3: in a later cycle it finds what the setup has made of the changed lock file',
  async () => {
    const at = await preparedProject(shared(), given);
    await preparing({ ...at.work });
    await throughAgent(at);
    at.work.run.cycle = 1;
    await throughAgent(at);
    expect(await at.read('made.txt')).toBe('{}\n{"a": 1}\n');
  },
);

test.runIf(isSeparate)('nothing is put behind a link that an agent has left in its home', async () => {
  const at = await preparedProject(shared(), given);
  await preparing({ ...at.work });
  const [home, outside] = [homePathOf(at.work, agent.name), join(at.work.settings.dataDirectory, 'outside')];
  for (const path of [home, outside]) mkdirSync(path, { recursive: true });
  symlinkSync(outside, join(home, 'go'));
  await throughAgent(at);
  expect(() => readFileSync(join(outside, 'pkg/mod/a@v1/lock'))).toThrow('ENOENT');
});

/** A second work order of a project whose first one has filled the cache, with the store in its homes. */
async function second(script: string, more: Parameters<typeof preparedProject>[1] = {}) {
  const agents = [{ ...agent, prepare: prepareFor(script) }];
  const first = await preparedProject(shared(), { ...given, ...more });
  await preparing({ ...first.work });
  const at = await first.another({ ...given, agents });
  expect(await preparing({ ...at.work })).toMatchObject({ result: { way: 'cache' } });
  const cache = join(at.work.settings.dataDirectory, 'prepared', at.work.project.id);
  const [name = ''] = readdirSync(cache).filter((each) => !each.startsWith('.'));
  const storeOf = (home: string) => join(homePathOf(at.work, home), 'go/pkg/mod');
  return { first, at, entry: join(cache, name), storeOf };
}

test.runIf(isPossible)(
  'R-PROJ-3: sessions see it below their homes: nothing is copied, and what they write changes no entry',
  async () => {
    const { at, entry, storeOf } = await second(
      `mod="$HOME/go/pkg/mod"; cat "$mod/a@v1/lock" > made.txt; chmod 755 "$mod/a@v1"; rm -r "$HOME/go"
       mkdir -p "$mod"; echo mine > "$mod/own"; echo says success`,
    );
    expect(existsSync(storeOf('checks'))).toBe(false);
    await throughAgent(at);
    expect(await at.read('made.txt')).toBe('{}\n');
    expect(readdirSync(join(entry, 'home/go/pkg/mod'), { recursive: true })).toEqual(['a@v1', 'a@v1/lock']);
    expect(readFileSync(join(storeOf(agent.name), 'own'), 'utf8')).toBe('mine\n');
  },
);

test.runIf(isPossible)('an entry that is gone is noticed, and its rest in the homes with it', async () => {
  const { at, entry, storeOf } = await second(
    'echo mine > "$HOME/go/pkg/mod/own"; echo > made.txt; echo says success',
  );
  await throughAgent(at);
  expect(existsSync(storeOf(agent.name))).toBe(true);
  rmSync(entry, { recursive: true });
  const { dataDirectory } = at.work.settings;
  const gone = { code: 'PREPARED_ENTRY_GONE', category: 'transient' };
  await expect(storesFor(at.work, homePathOf(at.work, 'checks'))).rejects.toMatchObject(gone);
  expect(existsSync(storeOf(agent.name))).toBe(false);
  expect(await storesFor(at.work, homePathOf(at.work, 'checks'))).toBeUndefined();
  expect(await entriesInUse(dataDirectory, new Date(0))).toEqual(new Set());
});

test.runIf(isPossible)('a home is complete again where sessions cannot see an entry any more', async () => {
  const { at, entry, storeOf } = await second(script);
  expect(await entriesInUse(at.work.settings.dataDirectory, new Date(0))).toEqual(new Set([entry]));
  const asked = { key: basename(entry), copied: null, isAlone: false };
  expect(await giveEntry(at.work, asked, await at.path('.'))).toBe('copy');
  expect(readFileSync(join(storeOf('checks'), 'a@v1/lock'), 'utf8')).toBe('{}\n');
  expect(await storesFor(at.work, homePathOf(at.work, 'checks'))).toBeUndefined();
});

test.runIf(isPossible)('files that contain their place are the home’s own', async () => {
  const placed = `${npm}; mkdir -p "$HOME/.local/bin" && echo "$HOME" > "$HOME/.local/bin/tool"`;
  const { at, storeOf } = await second('cat "$HOME/go/pkg/mod/a@v1/lock" > made.txt; echo says success', {
    npm: placed,
  });
  const tool = join(homePathOf(at.work, 'checks'), '.local/bin/tool');
  expect(readFileSync(tool, 'utf8')).toBe(`${homePathOf(at.work, 'checks')}\n`);
  expect(existsSync(storeOf('checks'))).toBe(false);
  await throughAgent(at);
  expect(await at.read('made.txt')).toBe('{}\n');
});

test.runIf(isPossible)('a setup for a change of the lock file works on what its home shows', async () => {
  const { at } = await second(script);
  await throughAgent(at);
  at.work.run.cycle = 1;
  await throughAgent(at);
  expect(await at.read('made.txt')).toBe('{}\n{"a": 1}\n');
});
