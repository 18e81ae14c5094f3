import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { stopProcess } from '../stop-process.ts';
import { isLeaderAlive } from '../survey.ts';
import { findNetwork } from './find-network.ts';
import { IsolatedGround, outcomeOf, port, untilPrinted, waysOfIsolation } from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, type IsolationKind, type SessionNetwork } from './isolation-way.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

function start(
  kind: IsolationKind,
  argv: readonly [string, ...string[]],
  network: SessionNetwork,
  joinedPid: number | null,
): Promise<ProcessHandle> {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const { path: cwd } = ground.scratch;
  return ground.scratch.start(enterNamespace(way, { argv, cwd, network, joinedPid, view: null }));
}

const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script];
const serve = (at: number, said: string) =>
  node(`require('http').createServer((_, r) => r.end('${said}')).listen(${at}, () => console.log('up'))`);
const ask = (at: number) =>
  node(`fetch('http://127.0.0.1:${at}').then((r) => r.text()).then(console.log, () => console.log('away'))`);

describe.each(await waysOfIsolation())('a shared network, $title (R-PROJ-4)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible);

  async function holder() {
    const handle = await start(kind, ['/bin/sh', '-c', 'echo up; exec tail -f /dev/null'], 'none', null);
    await untilPrinted(handle);
    return { handle, pid: (await findNetwork(handle)) ?? 0 };
  }

  cannot('two sessions of a worktree reach each other, and a third one reaches neither', async () => {
    const own = await holder();
    const other = await holder();
    const service = await start(kind, serve(20_000, 'hello'), 'none', own.pid);
    await untilPrinted(service);
    const inside = await start(kind, ask(20_000), 'none', own.pid).then(outcomeOf);
    expect(inside.stdout).toBe('hello\n');
    const beside = await start(kind, ask(20_000), 'none', other.pid).then(outcomeOf);
    expect(beside.stdout).toBe('away\n');
    // Both daemons use the same port, each in its own network.
    await untilPrinted(await start(kind, serve(20_000, 'other'), 'none', other.pid));
  });

  cannot('an agent in a shared network can still reach the gateway, and the service cannot', async () => {
    const { pid } = await holder();
    const gateway = { port, socketPath: ground.socketPath };
    const agent = await start(kind, ask(port), gateway, pid).then(outcomeOf);
    expect(agent.stdout).toBe('gateway /\n');
    const service = await start(kind, ask(port), 'none', pid).then(outcomeOf);
    expect(service.stdout).toBe('away\n');
  });

  cannot('a session reads the files of a session whose network it shares, or ends it', async () => {
    const { pid, handle } = await holder();
    const word = `word-${crypto.randomUUID()}`;
    const service = await start(kind, serve(20_001, word), 'none', pid);
    await untilPrinted(service);
    const look = 'cat /proc/[0-9]*/cmdline | grep -c "[w]$1"; kill -9 -1; true';
    // `[w]` keeps grep from finding its own arguments.
    const words: [string, ...string[]] = ['/bin/sh', '-c', look, 'sh', word.slice(1)];
    expect((await start(kind, words, 'none', pid).then(outcomeOf)).stdout).toBe('0\n');
    expect(isLeaderAlive(service) && isLeaderAlive(handle)).toBe(true);
  });

  cannot('a session does not run its program if the network that it should join has ended', async () => {
    const { pid, handle } = await holder();
    await stopProcess(handle, { graceMs: 100 });
    await until('it to be gone', async () => (await findNetwork(handle)) === null);
    const late = await start(kind, ['/bin/echo', 'ran'], 'none', pid).then(outcomeOf);
    expect(late).toMatchObject({ stdout: '' });
    expect(late.exitCode).not.toBe(0);
  });
});
