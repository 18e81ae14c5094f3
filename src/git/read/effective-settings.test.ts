import { tracingChannel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { runQuickly } from '../quick-start.fixture.ts';
import { findRemote } from '../refs/repository.ts';
import { scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { effectiveSettings, lastValue } from './effective-settings.ts';

let ofUser = '';

beforeEach(() => {
  ofUser = join(scratchDirectory(), 'gitconfig');
  vi.stubEnv('GIT_CONFIG_GLOBAL', ofUser);
  onTestFinished(() => void vi.unstubAllEnvs());
});

const whose = async (path: string) => lastValue((await effectiveSettings(path, {})).settings, 'user.name');

/** How many git processes this takes. */
async function gitsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const channel = tracingChannel('moose.git').start;
  const listen = () => {
    count += 1;
  };
  channel.subscribe(listen);
  await work();
  channel.unsubscribe(listen);
  return count;
}

test('git is asked once, until a file of settings changes: made, written, or removed', async () => {
  const { path, git } = scratchRepository();
  expect(await whose(path)).toBeUndefined();
  writeFileSync(ofUser, '[user]\n\tname = One\n');
  expect(await whose(path)).toBe('One');
  expect(await gitsOf(() => whose(path))).toBe(0);
  writeFileSync(ofUser, '[user]\n\tname = Two\n');
  expect(await whose(path)).toBe('Two');
  git('config', 'user.name', 'Project');
  expect(await whose(path)).toBe('Project');
  git('config', '--unset', 'user.name');
  expect(await whose(path)).toBe('Two');
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  expect(await whose(path)).toBeUndefined();
});

test('fear: a change in a file that the settings include goes unseen', async () => {
  const { path } = scratchRepository();
  const included = `${ofUser}.included`;
  writeFileSync(ofUser, `[include]\n\tpath = ${included}\n`);
  for (const name of ['One', 'Two']) {
    writeFileSync(included, `[user]\n\tname = ${name}\n`);
    expect(await whose(path)).toBe(name);
  }
});

test('R-SEC-7: what the repository includes is no setting, and neither is an address that it replaces', async () => {
  const { path, git } = scratchRepository();
  const included = `${ofUser}.included`;
  writeFileSync(included, '[user]\n\tname = Included\n');
  git('config', 'include.path', included);
  git('config', 'url./elsewhere/.insteadOf', '/there/');
  git('remote', 'add', 'origin', '/there/a.git');
  expect(await whose(path)).toBeUndefined();
  expect(await findRemote(path)).toMatchObject({ url: '/there/a.git' });
});

const origin = (...lines: string[]) => `[remote "origin"]\n${lines.map((line) => `\t${line}\n`).join('')}`;

test.each([
  ['one address', origin('url = /there/a.git'), ''],
  ['two addresses', origin('url = /there/a.git', 'url = /other/b.git'), ''],
  ['an address for pushes', origin('url = /there/a.git', 'pushurl = /push/a.git'), ''],
  ['a rule', origin('url = /there/a.git'), '[url "/here/"]\n\tinsteadOf = /there/\n'],
  [
    'the longer of two rules',
    origin('url = /there/a.git', 'pushurl = /there/b.git'),
    '[url "/short/"]\n\tinsteadOf = /th\n[url "/long/"]\n\tinsteadOf = /there/\n\tinsteadOf = /t\n',
  ],
  ['a rule for pushes', origin('url = /there/a.git'), '[url "/push/"]\n\tpushInsteadOf = /there/\n'],
  [
    'a rule for pushes beside an address for pushes',
    origin('url = /there/a.git', 'pushurl = /there/b.git'),
    '[url "/push/"]\n\tpushInsteadOf = /there/\n[url "/here/"]\n\tinsteadOf = /there/\n',
  ],
  [
    'both rules',
    origin('url = /there/a.git'),
    '[url "/push/"]\n\tpushInsteadOf = /there/\n[url "/here/"]\n\tinsteadOf = /there/\n',
  ],
  [
    'a rule for pushes of the second address',
    origin('url = /there/a.git', 'url = /other/b.git'),
    '[url "/push/"]\n\tpushInsteadOf = /other/\n',
  ],
  ['a remote of the user', '', origin('url = /there/a.git')],
])('addresses are those that git uses: %s', async (_, ofRepository, ofPerson) => {
  const { path } = scratchRepository();
  writeFileSync(join(path, '.git', 'config'), `[core]\n\tbare = false\n${ofRepository}`);
  writeFileSync(ofUser, ofPerson);
  const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: ofUser, GIT_CONFIG_NOSYSTEM: '1' };
  const listed = runQuickly('git', ['remote', '--verbose'], { cwd: path, env });
  const urlFor = (use: string) => new RegExp(`\\t(.*) \\(${use}\\)`).exec(listed)?.[1];
  const found = await findRemote(path);
  expect([found?.url, found?.pushUrl ?? found?.url]).toEqual([urlFor('fetch'), urlFor('push')]);
});
