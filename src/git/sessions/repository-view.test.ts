import { tracingChannel } from 'node:diagnostics_channel';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { readStatus } from '../worktree/status.ts';
import { keepViewsIn } from './repository-view.ts';

/** How many gits have read a configuration since the call. */
function countReads(): () => number {
  let reads = 0;
  const start = (call: unknown) => {
    if ((call as { argv: readonly string[] }).argv.includes('--file')) reads += 1;
  };
  const channel = tracingChannel('moose.git').start;
  channel.subscribe(start);
  onTestFinished(() => void channel.unsubscribe(start));
  return () => reads;
}

const scope = { untracked: 'normal', ignoreSubmodules: 'dirty' } as const;

test('a configuration that was read at another path is not read again, and a changed one is', async () => {
  const { path } = scratchRepository({ 'a.txt': 'a\n' });
  const copy = join(scratchDirectory(), 'copy');
  cpSync(path, copy, { recursive: true });
  await readStatus(path, scope, {});
  const reads = countReads();
  await readStatus(copy, scope, {});
  expect(reads()).toBe(0);
  writeFileSync(
    join(copy, '.git', 'config'),
    `[core]
	attributesFile = "${path}"
`,
  );
  await readStatus(copy, scope, {});
  expect(reads()).toBe(1);
});

test('of a configuration that it does not understand, git says the path', async () => {
  const { path } = scratchRepository({ 'a.txt': 'a\n' });
  const config = join(path, '.git', 'config');
  writeFileSync(config, '[core\n');
  const failed = { code: 'REPOSITORY_CONFIG_INVALID', message: expect.stringContaining(`in file ${config}`) };
  await expect(readStatus(path, scope, {})).rejects.toMatchObject(failed);
});

test('fear: a configuration is changed while git reads it, and the next one like it gets entries of another', async () => {
  const { path } = scratchRepository({ 'a.txt': 'a\n' });
  const config = join(path, '.git', 'config');
  const whole = readFileSync(config, 'utf8');
  const broken = '[core\n# of another\n';
  writeFileSync(config, broken);
  const channel = tracingChannel('moose.git').start;
  const restore = (call: unknown) => {
    if ((call as { argv: readonly string[] }).argv.includes(config)) writeFileSync(config, whole);
  };
  channel.subscribe(restore);
  onTestFinished(() => void channel.unsubscribe(restore));
  await readStatus(path, scope, {});
  expect(readFileSync(config, 'utf8')).toBe(whole);
  channel.unsubscribe(restore);
  writeFileSync(config, broken);
  await expect(readStatus(path, scope, {})).rejects.toMatchObject({ code: 'REPOSITORY_CONFIG_INVALID' });
});

test('fear: Moose is killed while it removes a view, and no git runs in the repository again', async () => {
  const views = scratchDirectory();
  keepViewsIn(views);
  const { path } = scratchRepository({ 'a.txt': 'a\n' });
  await readStatus(path, scope, {});
  for (const view of readdirSync(views)) rmSync(join(views, view, 'config'));
  await readStatus(path, scope, {});
  expect(readdirSync(views).map((view) => existsSync(join(views, view, 'config')))).toEqual([true]);
});
