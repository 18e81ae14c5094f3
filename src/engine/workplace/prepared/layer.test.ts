// Sessions that see a cache entry below their worktree change neither the entry nor the change by their writes, and the
// next session sees the whole entry (R-PROJ-3).
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { shortId } from '../../../domain/ids.ts';
import { runGit } from '../../../git/run/run-git.ts';
import { gitIn } from '../../../git/scratch-repository.fixture.ts';
import { probeOverlay } from '../../../sessions/isolation/probe-overlay.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { claimedAgain, leave } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { entriesInUse } from './entries-in-use.ts';
import { giveEntry } from './give-entry.ts';
import { clearWhiteouts, lowerFor } from './layer.ts';
import { type Prepared, preparedProject } from './prepared-project.fixture.ts';
import { pruneJob } from './prune-job.ts';

const shared = sharedDatabase();
const isolated = { isolation: 'auto' as const };
const place = mkdtempSync(join(tmpdir(), 'moose-layer-'));
const { isPossible } = await probeOverlay(place);
rmSync(place, { recursive: true });

const agentThat = (script: string) => scriptedAgent(`${script}; echo says success`, { writesCode: true });
const brief = { proposal: null, brief: 'do it', model: null, attempts: 0 };
/** The content of an entry: a file to read, one to change, and one below a folder. */
const npm = 'mkdir -p deps/sub && date +%s%N > deps/made && echo a > deps/sub/file && echo b > deps/more';

type Given = Parameters<typeof preparedProject>[1];

/** A second work order of a project whose first one has filled the cache. */
async function second(script: string, given: Given = {}) {
  const agents = [agentThat(script)];
  const first = await preparedProject(shared(), { npm, settings: isolated, ...given });
  expect(await preparing(first.work)).toMatchObject({ result: { way: 'setup' } });
  const at = await first.another({ agents, settings: isolated });
  expect(await preparing({ ...at.work })).toMatchObject({ result: { way: 'cache' } });
  return { first, at };
}

async function throughAgent(at: Prepared) {
  await leave(at.work, 'preparing', {});
  await leave(at.work, 'generating', brief);
  const applied = await applying({ ...at.work });
  if (applied.end === 'done') await leave(at.work, 'applying', applied.result);
  return applied;
}

const entryOf = ({ work: { settings, project } }: Prepared) => {
  const folder = join(settings.dataDirectory, 'prepared', project.id);
  const [name = ''] = readdirSync(folder).filter((each) => !each.startsWith('.'));
  return join(folder, name);
};

const stateOf = (entry: string) =>
  readdirSync(join(entry, 'files'), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => {
      const path = join(each.parentPath, each.name);
      return `${path.slice(entry.length)} ${readFileSync(path, 'utf8')}`;
    })
    .sort();

test.runIf(isPossible)(
  'R-PROJ-3: an agent finds what was installed, and nothing is copied for it',
  async () => {
    const { first, at } = await second('cat deps/made deps/sub/file > made.txt');
    expect(existsSync(await at.path('deps'))).toBe(false);
    expect(await throughAgent(at)).toMatchObject({
      end: 'done',
      result: { outcome: 'changed', changedFiles: 1 },
    });
    expect(await at.read('made.txt')).toBe(`${await first.read('deps/made')}a\n`);
    expect(await verifying({ ...at.work })).toMatchObject({
      result: { isVerified: true, checks: [{ isPrepared: true }, { passed: true }] },
    });
  },
);

test.runIf(isPossible).each([
  ['changes files in place', 'echo evil >> deps/made; echo evil > deps/new; chmod 700 deps/more'],
  ['deletes all of it', 'rm -rf deps'],
  ['replaces it by a folder', 'rm -rf deps && mkdir deps && echo evil > deps/made'],
  ['replaces it by a file', 'rm -rf deps && echo evil > deps'],
  ['replaces it by a link', 'rm -rf deps && ln -s /etc deps'],
  ['moves it', 'mv deps other && rm -rf other'],
  ['makes hard links', 'ln deps/made deps/twin && echo evil >> deps/twin'],
  ['cleans as git does', 'git clean -ffdX'],
])('an agent that %s changes neither the entry nor what the checks find', async (_, script) => {
  const { first, at } = await second(`${script}; echo x > made.txt`);
  const entry = entryOf(first);
  const before = stateOf(entry);
  expect(await throughAgent(at)).toMatchObject({
    end: 'done',
    result: { outcome: 'changed', changedFiles: 1 },
  });
  expect(stateOf(entry)).toEqual(before);
  at.work.project.settings.checks?.push({
    kind: 'lint',
    command:
      'test "$(cat deps/sub/file deps/more)" = "$(printf "a\\nb")" && ! grep -q evil deps/made && ! test -e deps/new',
    source: 'given',
  });
  const again = await first.another({ settings: isolated });
  expect(await verifying({ ...at.work })).toMatchObject({ result: { isVerified: true } });
  expect(await preparing(again.work)).toMatchObject({ result: { way: 'cache' } });
  expect(stateOf(entry)).toEqual(before);
  expect(gitIn(await at.path('.'), 'status', '--porcelain')).toBe('');
});

const nested = {
  files: { '.gitignore': 'deps\n', 'web/a.txt': 'a\n', 'web/b.txt': 'b\n', 'api/c.txt': 'c\n' },
  npm: 'for each in web api; do mkdir -p $each/deps; echo x > $each/deps/made; done; mkdir deps; echo > deps/made',
};

test.runIf(isPossible).each([
  ['changed', 'echo new > web/a.txt', 'web/a.txt'],
  ['added', 'echo new > web/new.txt', 'web/new.txt'],
  ['deleted', 'rm web/a.txt', 'web/a.txt'],
])('a file beside what was installed is %s: that is the change', async (_, script, path) => {
  const { at } = await second(`test -f web/deps/made && ${script}`, nested);
  expect(await throughAgent(at)).toMatchObject({ result: { outcome: 'changed', changedFiles: 1 } });
  expect(gitIn(await at.path('.'), 'diff', '--name-only', 'HEAD^', 'HEAD')).toBe(path);
});

test.runIf(isPossible).each([
  ['deleted', 'rm -r web', 'test ! -e web/a.txt && test -f api/deps/made'],
  [
    'deleted and made again',
    'rm -r web; mkdir web; echo new > web/a.txt; echo b > web/b.txt',
    'test -f web/deps/made && test -f api/deps/made',
  ],
  ['moved', 'mv web site', 'test -f site/a.txt && test -f api/deps/made'],
])(
  'a folder with installed files is %s by the agent: the checks see the change and the rest',
  async (_, script, command) => {
    const { at } = await second(script, nested);
    at.work.project.settings.checks?.push({ kind: 'lint', command, source: 'given' });
    expect(await throughAgent(at)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
    const worktree = await at.path('.');
    expect(
      gitIn(worktree, 'ls-files')
        .split('\n')
        .filter((path) => path.includes('deps')),
    ).toEqual([]);
    expect(await verifying({ ...at.work })).toMatchObject({ result: { checks: [{}, {}, { passed: true }] } });
  },
);

test.runIf(isPossible)('files that contain their place are the worktree’s own', async () => {
  const placed = 'mkdir deps && printf "%s/deps" "$PWD" > deps/made && echo b > deps/more';
  const { at } = await second('cat deps/made deps/more > made.txt', { npm: placed });
  await throughAgent(at);
  expect(await at.read('made.txt')).toBe(`${(await at.path('')).replace(/\/$/, '')}/depsb\n`);
});

test.runIf(isPossible)(
  'Moose dies while the agent works: the next one adopts it, and commits what it made',
  async () => {
    const first = await preparedProject(shared(), { npm, settings: isolated });
    await preparing(first.work);
    const agents = [agentThat('sleep 0.5; cat deps/sub/file > made.txt; echo evil > deps/made')];
    const at = await first.another({ agents, settings: isolated, diesAt: 'agent:started' });
    const made = await at.path('made.txt');
    await preparing({ ...at.work });
    await leave(at.work, 'preparing', {});
    await leave(at.work, 'generating', brief);
    await expect(applying({ ...at.work })).rejects.toThrow('Moose died');
    const next = await claimedAgain(at.work);
    const applied = await applying(next);
    expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed', changedFiles: 1 } });
    expect(readFileSync(made, 'utf8')).toBe('a\n');
  },
);

test.runIf(isPossible)('an entry that a worktree uses is not removed, however much is kept', async () => {
  const { first, at } = await second('cat deps/made > made.txt');
  const { dataDirectory } = first.work.settings;
  const later = new Date(Date.now() + 3_600_000);
  const dayAgo = new Date(later.getTime() - 24 * 3_600_000);
  expect(await entriesInUse(dataDirectory, later)).toEqual(new Set());
  expect(await entriesInUse(dataDirectory, dayAgo)).toEqual(new Set([entryOf(first)]));
  const settings = { host: 'here', dataDirectory, preparedGbMax: 0, preparedKeptMs: 0 };
  const prune = pruneJob({ clock: { now: () => later } as never, settings });
  await prune.run(at.work.signal);
  expect(existsSync(join(entryOf(first), 'files/deps/made'))).toBe(true);
  rmSync(await at.path('.'), { recursive: true });
  await prune.run(at.work.signal);
  expect(readdirSync(join(dataDirectory, 'prepared', first.work.project.id))).toEqual([]);
});

test.runIf(isPossible)(
  'an entry that only work orders that wait for days use is removed when space is short',
  async () => {
    const { first, at } = await second('cat deps/made > made.txt');
    const { dataDirectory } = first.work.settings;
    const settings = { host: 'here', dataDirectory, preparedGbMax: 0, preparedKeptMs: 0 };
    const later = new Date(Date.now() + 72 * 3_600_000);
    await pruneJob({ clock: { now: () => later } as never, settings }).run(at.work.signal);
    expect(readdirSync(join(dataDirectory, 'prepared', first.work.project.id))).toEqual([]);
    await expect(lowerFor(at.work, await at.path('.'))).rejects.toMatchObject({
      code: 'PREPARED_ENTRY_GONE',
    });
    expect(await throughAgent(at)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  },
);

test.runIf(isPossible)(
  'where a change has a file in the place of what was installed, the setup must run',
  async () => {
    const first = await preparedProject(shared(), { npm, settings: isolated });
    await preparing(first.work);
    const next = await first.another({ settings: isolated });
    const worktree = await next.path('.');
    writeFileSync(join(worktree, 'deps'), 'not a folder\n');
    // Tracked, as in a change that has it there.
    await runGit(worktree, ['add', '--force', 'deps']);
    const asked = { key: basename(entryOf(first)), copied: null, isAlone: true };
    expect(await giveEntry(next.work, asked, worktree)).toBeNull();
    expect(readFileSync(join(worktree, 'deps'), 'utf8')).toBe('not a folder\n');
  },
);

test.runIf(isPossible)(
  'a damaged record of what sessions have seen stops the work order, and says what to do',
  async () => {
    const { at } = await second('cat deps/made > made.txt');
    const { order, settings } = at.work;
    const record = join(settings.dataDirectory, 'homes', shortId(order.id), 'layers.json');
    for (const text of ['{"mark', '{"tops": 1}']) {
      writeFileSync(record, text);
      await expect(clearWhiteouts(at.work, await at.path('.'))).rejects.toMatchObject({
        code: 'WORKTREE_RECORD_DAMAGED',
        message: expect.stringContaining(record),
      });
    }
  },
);

test.runIf(isPossible)(
  'several work orders that take a damaged entry at once all run the setup',
  async () => {
    const first = await preparedProject(shared(), { npm, settings: isolated });
    await preparing(first.work);
    const entry = entryOf(first);
    rmSync(join(entry, 'files/deps/made'));
    const all = await Promise.all([1, 2, 3].map(() => first.another({ settings: isolated })));
    const asked = { key: basename(entry), copied: null, isAlone: true };
    const worktrees = await Promise.all(all.map((at) => at.path('.')));
    const given = await Promise.all(all.map((at, n) => giveEntry(at.work, asked, worktrees[n] ?? '')));
    expect(given).toEqual([null, null, null]);
    expect(existsSync(entry)).toBe(false);
  },
);

test.runIf(isPossible)(
  'an entry that somebody deletes is noticed before a session starts without it',
  async () => {
    const { first, at } = await second('cat deps/made > made.txt');
    rmSync(entryOf(first), { recursive: true });
    const worktree = await at.path('.');
    const gone = { code: 'PREPARED_ENTRY_GONE', category: 'transient' };
    await expect(lowerFor(at.work, worktree)).rejects.toMatchObject(gone);
    expect(await lowerFor(at.work, worktree)).toBeUndefined();
    expect(await throughAgent(at)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
    expect(await at.read('made.txt')).toMatch(/^\d+\n$/);
  },
);

test.runIf(isPossible)('without isolation, and beside services, it is copied', async () => {
  const first = await preparedProject(shared(), { npm, settings: isolated });
  await preparing(first.work);
  const open = await first.another({ settings: { isolation: 'off' } });
  expect(await preparing(open.work)).toMatchObject({ result: { way: 'setup' } });
  const config = 'services:\n  web: { command: sleep 1000, ready: { command: "true" } }\n';
  first.repository.commit({ '.moose/config.yml': config });
  const beside = await first.another({ settings: isolated });
  expect(await preparing(beside.work)).toMatchObject({ result: { way: 'cache' } });
  expect(lstatSync(await beside.path('deps/made')).isFile()).toBe(true);
});
