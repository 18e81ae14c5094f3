// Work orders share the result of a setup: always a complete one, and without files of an agent (R-PROJ-3).
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { gitIn, scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { toJson } from '../../../store/storable.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { onRecord } from '../../pipeline/on-record.fixture.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { claimedAgain, leave } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { giveEntry } from './give-entry.ts';
import { type Prepared, preparedProject } from './prepared-project.fixture.ts';

const shared = sharedDatabase();

const entriesOf = ({ work: { settings, project } }: Prepared) => {
  const folder = join(settings.dataDirectory, 'prepared', project.id);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return { names, whole: names.filter((name) => !name.startsWith('.')).map((name) => join(folder, name)) };
};

const wayOf = async (at: Prepared) => {
  const end = await preparing(at.work);
  return end.end === 'done' ? end.result.way : end.end;
};

test('R-PROJ-3: a second work order gets the same result without a setup, in its own worktree', async () => {
  const first = await preparedProject(shared());
  expect(await wayOf(first)).toBe('setup');
  const second = await first.another();
  expect(await wayOf(second)).toBe('cache');
  expect(await second.read('deps/made')).toBe(await first.read('deps/made'));
  expect(first.runs()).toBe(1);
  expect((await onRecord(second.work)).sessions).toEqual([]);
  expect(gitIn(await second.path(''), 'status', '--porcelain')).toBe('');
});

test('R-PROJ-3, R-SEC-5: fear: an unreviewed change, on which another one is stacked, reaches all later work through the kept result', async () => {
  const stacked = await preparedProject(shared());
  const { work, routed } = stacked;
  await work.database.query
    .updateTable('stepResults')
    .set({ result: toJson({ ...routed, baseBranch: 'moose/ab12-lower' }) })
    .where('runId', '=', work.run.id)
    .where('step', '=', 'routing')
    .execute();
  expect(await wayOf(stacked)).toBe('setup');
  expect(entriesOf(stacked).names).toEqual([]);
  expect(await wayOf(await stacked.another())).toBe('setup');
});

test('R-PROJ-3: another lock file, toolchain or command makes another entry', async () => {
  const first = await preparedProject(shared());
  await wayOf(first);
  first.repository.commit({ 'README.md': 'two\n' });
  const text = await first.another();
  expect(await wayOf(text)).toBe('cache');
  first.repository.commit({ 'package-lock.json': '{"lockfileVersion": 3}\n' });
  const lock = await first.another();
  expect(await wayOf(lock)).toBe('setup');
  const command = await first.another();
  command.work.project.settings.checks = [{ kind: 'setup', command: 'npm install', source: 'given' }];
  expect(await wayOf(command)).toBe('setup');
  const tool = await first.another();
  const [tools = ''] = (tool.work.settings.checkEnvironment.PATH ?? '').split(':');
  writeFileSync(join(tools, 'npm'), '#!/bin/sh\nmkdir deps && echo new > deps/made\n', { mode: 0o755 });
  expect(await wayOf(tool)).toBe('setup');
});

test('an agent that writes into installed dependencies changes neither the cache nor another work order', async () => {
  const agent = scriptedAgent(
    'echo evil > deps/made; echo evil > deps/more; echo x > made.txt; echo says success',
    {
      writesCode: true,
    },
  );
  const first = await preparedProject(shared(), { agents: [agent] });
  await wayOf(first);
  const made = await first.read('deps/made');
  for (const at of [first, await first.another({ agents: [agent] })]) {
    await preparing({ ...at.work });
    await leave(at.work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
    const applied = await applying({ ...at.work });
    expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
    expect(await at.read('deps/made')).toBe('evil\n');
    await leave(at.work, 'applying', applied.end === 'done' ? applied.result : {});
    expect(await verifying({ ...at.work })).toMatchObject({
      result: { isVerified: true, checks: [{ isPrepared: true }, { passed: true }] },
    });
    expect(existsSync(await at.path('deps/more'))).toBe(false);
  }
  const third = await first.another();
  expect(await wayOf(third)).toBe('cache');
  expect(await third.read('deps/made')).toBe(made);
  expect(first.runs()).toBe(1);
});

test('a setup that runs after an agent fills no entry, because the agent may have influenced it', async () => {
  const agent = scriptedAgent('echo x > made.txt; echo says success', { writesCode: true });
  const first = await preparedProject(shared(), { agents: [agent] });
  await leave(first.work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
  const applied = await applying({ ...first.work });
  expect(applied).toMatchObject({ end: 'done' });
  rmSync(join(first.work.settings.dataDirectory, 'prepared'), { recursive: true, force: true });
  rmSync(await first.path('deps'), { recursive: true });
  await first.work.database.query.deleteFrom('stepResults').where('step', '=', 'applying').execute();
  const again = await claimedAgain(first.work);
  again.run.cycle = 1;
  expect(await preparing(again)).toMatchObject({ result: { way: 'setup' } });
  expect(entriesOf(first).names).toEqual([]);
});

test('R-PROJ-3: a setup for a change of the lock file runs in its worktree, and its result stays there', async () => {
  const change = 'echo \'{"a": 1}\' > package-lock.json; echo says success';
  const first = await preparedProject(shared(), { agents: [scriptedAgent(change, { writesCode: true })] });
  await wayOf(first);
  await leave(first.work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
  const applied = await applying({ ...first.work });
  await leave(first.work, 'applying', applied.end === 'done' ? applied.result : {});
  const end = await verifying({ ...first.work });
  expect(end).toMatchObject({ end: 'done', result: { isVerified: true } });
  expect(JSON.stringify(end)).not.toContain('isPrepared');
  expect(first.runs()).toBe(2);
  expect(entriesOf(first).whole).toHaveLength(1);
});

test('paths that a setup writes into its files lead to the worktree in which they are', async () => {
  const npm = `mkdir -p deps/bin && printf '#!%s/deps/python\\n' "$PWD" > deps/bin/tool && chmod 555 deps/bin/tool
    ln -s "$PWD/README.md" deps/own; echo "$PWD" > deps/made; ln -s made deps/near; ln deps/made deps/twin`;
  const first = await preparedProject(shared(), { npm });
  await wayOf(first);
  const second = await first.another();
  expect(await wayOf(second)).toBe('cache');
  const root = (await second.path('.')).replace(/\/$/, '');
  expect(await second.read('deps/bin/tool')).toBe(`#!${root}/deps/python\n`);
  expect(lstatSync(await second.path('deps/bin/tool')).mode & 0o777).toBe(0o555);
  expect(readlinkSync(await second.path('deps/own'))).toBe(`${root}/README.md`);
  expect(readlinkSync(await second.path('deps/near'))).toBe('made');
  expect(await first.read('deps/made')).not.toBe(await second.read('deps/made'));
});

test('a link out of the worktree stays a link: nothing is read or written behind it', async () => {
  const outside = scratchDirectory();
  writeFileSync(join(outside, 'secret'), 'mine\n');
  const first = await preparedProject(shared(), {
    npm: `mkdir deps; echo > deps/made; ln -s ${outside} deps/out`,
  });
  await wayOf(first);
  const second = await first.another();
  expect(await wayOf(second)).toBe('cache');
  expect(readlinkSync(await second.path('deps/out'))).toBe(outside);
  const [entry = ''] = entriesOf(first).whole;
  expect(lstatSync(join(entry, 'files/deps/out')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('mine\n');
});

test('a change that puts a link in place of a folder gets nothing through it', async () => {
  const files = { '.gitignore': 'web/deps\n', 'web/a.txt': 'a\n' };
  const first = await preparedProject(shared(), { npm: 'mkdir -p web/deps; echo x > web/deps/made', files });
  await wayOf(first);
  const [entry = ''] = entriesOf(first).whole;
  const second = await first.another();
  const worktree = await second.path('.');
  rmSync(join(worktree, 'web'), { recursive: true });
  mkdirSync(join(worktree, 'other'));
  symlinkSync('other', join(worktree, 'web'));
  const asked = { key: basename(entry), copied: null, isAlone: true };
  expect(await giveEntry(second.work, asked, worktree).catch(() => null)).toBeNull();
  expect(readdirSync(join(worktree, 'other'))).toEqual([]);
});

test.each(['preparing:before-keep', 'check:ended', 'check:started'])(
  'if Moose dies at %s, no incomplete entry is used, and the next one is complete',
  async (diesAt) => {
    const first = await preparedProject(shared(), { diesAt });
    await expect(preparing(first.work)).rejects.toThrow('Moose died');
    expect(entriesOf(first).whole).toEqual([]);
    const next = await claimedAgain(first.work);
    expect(await preparing(next)).toMatchObject({ result: { way: 'setup' } });
    expect(first.runs()).toBe(1);
    expect(entriesOf(first).whole).toHaveLength(1);
  },
);

test('if Moose dies before a copied entry is in place, the next process copies it again', async () => {
  const first = await preparedProject(shared());
  await wayOf(first);
  const second = await first.another({ diesAt: 'preparing:taken' });
  const deps = await second.path('deps');
  await expect(preparing(second.work)).rejects.toThrow('Moose died');
  expect(existsSync(deps)).toBe(false);
  expect(await preparing(await claimedAgain(second.work))).toMatchObject({ result: { way: 'cache' } });
  expect(readFileSync(join(deps, 'made'), 'utf8')).toBe(await first.read('deps/made'));
});

test.each([
  ['a file is missing', (entry: string) => rmSync(join(entry, 'files/deps/made'))],
  ['a file is shorter', (entry: string) => writeFileSync(join(entry, 'files/deps/made'), '')],
  ['its mark is cut', (entry: string) => writeFileSync(join(entry, 'mark.json'), '{"tops": [')],
  ['its mark is missing', (entry: string) => rmSync(join(entry, 'mark.json'))],
])('an entry in which %s is not used, and is replaced', async (_, damage) => {
  const first = await preparedProject(shared());
  await wayOf(first);
  const [entry = ''] = entriesOf(first).whole;
  damage(entry);
  const second = await first.another();
  expect(await wayOf(second)).toBe('setup');
  expect(await wayOf(await first.another())).toBe('cache');
  expect(first.runs()).toBe(2);
});

test('R-PROJ-3: twenty work orders at once with an empty cache: one entry, complete in each worktree', async () => {
  const npm =
    'mkdir -p deps/many; i=0; while [ $i -lt 50 ]; do echo $i > deps/many/$i; i=$((i+1)); done; echo > deps/made';
  const first = await preparedProject(shared(), { npm });
  const others: Prepared[] = [];
  for (let number = 1; number < 20; number++) others.push(await first.another());
  const ways = await Promise.all([first, ...others].map(wayOf));
  expect(ways.every((way) => way === 'setup' || way === 'cache')).toBe(true);
  for (const each of others) expect(readdirSync(await each.path('deps/many'))).toHaveLength(50);
  expect(entriesOf(first).names).toHaveLength(1);
});

test('a setup that fails or makes unusual files fills no entry', async () => {
  const failing = await preparedProject(shared(), { npm: 'mkdir deps; echo half > deps/made; exit 1' });
  await expect(preparing(failing.work)).rejects.toMatchObject({ code: 'SETUP_FAILED' });
  expect(entriesOf(failing).names).toEqual([]);
  const strange = await preparedProject(shared(), { npm: 'mkdir deps; echo > deps/made; mkfifo deps/pipe' });
  expect(await wayOf(strange)).toBe('setup');
  expect(entriesOf(strange).names).toEqual([]);
});

test('without room for the cache, every work order runs its setup', async () => {
  const first = await preparedProject(shared(), { settings: { preparedGbMax: 0 } });
  await wayOf(first);
  expect(entriesOf(first).names).toEqual([]);
  const second = await first.another({ settings: { preparedGbMax: 0 } });
  expect(await wayOf(second)).toBe('setup');
});

test('what tools keep in the home directory is available to the next work order too', async () => {
  const npm = 'echo > deps; mkdir -p "$STORE"; echo kept > "$STORE/module"';
  const first = await preparedProject(shared(), { npm });
  const store = ({ work }: Prepared) =>
    join(
      work.settings.dataDirectory,
      'homes',
      work.order.id.replaceAll('-', '').slice(-8),
      'checks/go/pkg/mod',
    );
  first.work.settings.checkEnvironment = { ...first.work.settings.checkEnvironment, STORE: store(first) };
  await wayOf(first);
  const [entry = ''] = entriesOf(first).whole;
  expect(readFileSync(join(entry, 'home/go/pkg/mod/module'), 'utf8')).toBe('kept\n');
});
