import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Check, CheckKind } from '../../../domain/work-order/check.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import type { ProofRequest } from './proof-request.ts';
import { proveCommands } from './prove-commands.ts';

const checkOf = ([kind, command]: readonly [CheckKind, string]): Check => ({
  kind,
  command,
  source: 'given',
});

interface Settings {
  timeLimitMs: number;
  signal: AbortSignal;
  dataDirectory: string;
}

async function prove(
  commands: ReadonlyArray<readonly [CheckKind, string]>,
  given: Partial<ProofRequest<Check>> & Partial<Settings> = {},
) {
  const { timeLimitMs = 60_000, signal = new AbortController().signal, ...more } = given;
  const { dataDirectory = scratchDirectory(), ...rest } = more;
  const repository = scratchRepository({ 'a.txt': 'committed\n' });
  const settings = {
    ...defaultSettings,
    dataDirectory,
    checkTimeLimitMs: timeLimitMs,
    stopGraceMs: 500,
    checkEnvironment: { PATH: process.env.PATH ?? '' },
  };
  const request = {
    repositoryPath: repository.path,
    sha: repository.headSha,
    commands: commands.map(checkOf),
    ...rest,
  };
  const proofs = proveCommands({ settings, ownPorts: async () => [], signal }, request);
  return { proofs: await proofs, repository, dataDirectory };
}

test('R-PROJ-2: commands run one after the other on the commit, and leave nothing in the checkout of the user', async () => {
  const heard: string[] = [];
  const { proofs, repository, dataDirectory } = await prove(
    [
      ['setup', 'cat a.txt > made.txt'],
      ['test', 'test "$(cat made.txt)" = committed && echo "hello $GREETING"'],
      ['lint', 'exit 3'],
      ['build', 'true'],
    ],
    { environment: { GREETING: 'world' }, onOutput: (text) => heard.push(text) },
  );
  expect(proofs.map(({ outcome, exitCode }) => [outcome, exitCode])).toEqual([
    ['passed', 0],
    ['passed', 0],
    ['failed', 3],
    ['passed', 0],
  ]);
  expect(proofs[1]?.outputTail).toContain('hello world');
  expect(heard.join('')).toContain('hello world');
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(existsSync(join(repository.path, 'made.txt'))).toBe(false);
  expect(readdirSync(join(dataDirectory, 'proofs'))).toEqual([]);
});

test('after a setup that fails nothing else is run: it would only repeat the failure', async () => {
  const { proofs } = await prove([
    ['setup', 'exit 1'],
    ['test', 'true'],
  ]);
  expect(proofs.map(({ outcome }) => outcome)).toEqual(['failed', 'not_run']);
});

test('a command that does not end is stopped at its time limit', async () => {
  const { proofs } = await prove([['test', 'sleep 600']], { timeLimitMs: 500 });
  expect(proofs).toMatchObject([{ outcome: 'timed_out', exitCode: null }]);
});

test('fear: after Ctrl-C a command runs on, and its files stay', async () => {
  const stop = new AbortController();
  const pending = prove([['test', 'sleep 600']], {
    signal: stop.signal,
    onStart: () => setImmediate(() => stop.abort(new DOMException('Stopped', 'AbortError'))),
  });
  await expect(pending).rejects.toThrow('Stopped');
});

test('what a Moose that was killed has left is cleared by the next one, and what is new is not', async () => {
  const dataDirectory = scratchDirectory();
  for (const name of ['old', 'new'])
    mkdirSync(join(dataDirectory, 'proofs', name, 'sessions'), { recursive: true });
  const longAgo = new Date(Date.now() - 25 * 60 * 60_000);
  utimesSync(join(dataDirectory, 'proofs', 'old'), longAgo, longAgo);
  await prove([['test', 'true']], { dataDirectory });
  expect(readdirSync(join(dataDirectory, 'proofs'))).toEqual(['new']);
});
