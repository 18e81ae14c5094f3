// The witness beside real processes: what it sees of them, and that it ends as they do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Agent } from '../../engine/ports/agent.ts';
import { ownFolder } from '../../sessions/isolation/session-view.ts';
import { hasWitnessActed, tellWitness, testimonyOf, withWitness } from './witness.ts';
import { actName, testimonyName } from './witness-files.ts';

async function start(script: string) {
  const session = mkdtempSync(join(tmpdir(), 'moose-witness-'));
  onTestFinished(() => rmSync(session, { recursive: true, force: true }));
  const own = join(session, ownFolder);
  mkdirSync(own);
  const agent = { prepare: async () => ({ argv: ['/bin/sh', '-c', script], env: {} }) } as unknown as Agent;
  const { argv } = await withWitness(agent).prepare({ sessionPath: own } as Parameters<Agent['prepare']>[0]);
  const env = { PATH: process.env.PATH, MOOSE_SESSION: crypto.randomUUID() };
  const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = once(child.stdout, 'data');
  return { session, own, child, said, ended: once(child, 'exit') };
}

test('it ends with the exit code of the agent, and sees that nothing is left', async () => {
  const { session, ended } = await start('exit 7');
  expect(await ended).toEqual([7, null]);
  expect(testimonyOf(session)).toMatchObject({ left: [], endedAfterTermMs: null });
});

test('it names what the agent leaves running', async () => {
  const { session, said, ended } = await start('sleep 321 & echo $!');
  const [pid] = (await said) as [Buffer];
  onTestFinished(() => void process.kill(Number(pid)));
  expect(await ended).toEqual([0, null]);
  expect(testimonyOf(session)?.left).toEqual(['sleep 321']);
});

test('it outlives a SIGTERM, and tells when the agent has ended', async () => {
  const { session, child, said, ended } = await start(
    'trap "exit 3" TERM; echo up; while :; do sleep 0.05; done',
  );
  await said;
  child.kill('SIGTERM');
  await tellWitness(session, 'kill');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(hasWitnessActed(session)).toBe(true);
  expect(testimonyOf(session)?.endedAfterTermMs).toBeGreaterThanOrEqual(0);
});

test('it ends by the same signal as the agent', async () => {
  const { ended } = await start('kill -TERM $$');
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test('what an agent puts in the place of its files is neither followed nor believed', async () => {
  const { session, own, ended } = await start('exit 0');
  await ended;
  const victim = join(session, 'victim');
  writeFileSync(victim, 'mine');
  symlinkSync(victim, join(own, actName));
  await expect(tellWitness(session, 'kill')).rejects.toMatchObject({ code: 'EEXIST' });
  writeFileSync(join(own, testimonyName), '{"left":"nothing"}');
  expect(testimonyOf(session)).toBeNull();
  writeFileSync(join(own, testimonyName), 'not JSON');
  expect(testimonyOf(session)).toBeNull();
});
