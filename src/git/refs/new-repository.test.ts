import { tracingChannel } from 'node:diagnostics_channel';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scratchDirectory } from '../scratch-repository.fixture.ts';
import { newRepository } from './new-repository.ts';

function countGits(): () => number {
  let gits = 0;
  const start = () => {
    gits += 1;
  };
  const channel = tracingChannel('moose.git').start;
  channel.subscribe(start);
  onTestFinished(() => void channel.unsubscribe(start));
  return () => gits;
}

async function made(parent: string, name: string, isSha256: boolean) {
  const path = join(parent, name);
  mkdirSync(path);
  await newRepository(path, { isSha256 }, {});
  const git = join(path, '.git');
  return {
    names: readdirSync(git, { recursive: true }).map(String).sort(),
    texts: ['HEAD', 'config'].map((file) => readFileSync(join(git, file), 'utf8')),
  };
}

test.each([false, true])(
  'the second repository in a folder is as git makes it, without git',
  async (isSha256) => {
    const parent = scratchDirectory();
    const gits = countGits();
    const first = await made(parent, 'first', isSha256);
    expect(gits()).toBe(1);
    expect(await made(parent, 'second', isSha256)).toEqual(first);
    expect(gits()).toBe(1);
    await made(parent, 'other', !isSha256);
    expect(gits()).toBe(2);
  },
);

test('fear: a person prefers reftable for new repositories, and Moose finds no refs in its own', async () => {
  const config = join(scratchDirectory(), 'gitconfig');
  writeFileSync(config, '[init]\n\tdefaultRefFormat = reftable\n[feature]\n\texperimental = true\n');
  vi.stubEnv('GIT_CONFIG_GLOBAL', config);
  const { names, texts } = await made(scratchDirectory(), 'first', false);
  expect(texts.join()).not.toContain('reftable');
  expect(names).not.toContain('reftable');
});

test('fear: what a person has changed in the first one is in the next ones', async () => {
  const parent = scratchDirectory();
  const first = await made(parent, 'first', false);
  appendFileSync(join(parent, 'first', '.git', 'config'), '[core]\n\tfsmonitor = evil\n');
  expect(await made(parent, 'second', false)).toEqual(first);
});
