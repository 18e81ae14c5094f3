// The real Claude Code in the whole pipeline: only its provider is scripted, and speaks the provider's own protocol.
import { expect, test } from 'vitest';
import { runGit } from '../../src/git/run/run-git.ts';
import { listenForEvents } from '../../src/store/live/listen.ts';
import { installTimeoutMs } from '../agents/agent-ground.fixture.ts';
import type { ToolCall } from '../agents/scripted-provider.fixture.ts';
import { scene } from './claude-code.fixture.ts';
import { waitUntilFinished } from './farm.fixture.ts';

const minuteMs = 60_000;
const write: ToolCall = { name: 'Write', arguments: { file_path: 'hello.txt', content: 'Hello, reader.\n' } };

test(
  'R-PIPE-5, R-SES-2: Claude Code makes the change and outlives a killed Moose; the next one adopts it, commits, verifies and proposes the change, and its cost is booked once',
  async () => {
    const pause: ToolCall = { name: 'Bash', arguments: { command: 'sleep 4', description: 'wait' } };
    const { database, provider, repositoryPath, start, look, url, order } = await scene([[pause], [write]]);
    const first = await start();
    await sessionStarted(url, async () => (await look()).sessions.some(({ state }) => state === 'running'));
    await first.kill();
    const second = await start();
    await waitUntilFinished(database, [second], 2 * minuteMs);
    const detail = await look();
    expect(detail, detail.explain).toMatchObject({ id: order.id, status: 'completed', failure: null });
    const { stdout } = await runGit(repositoryPath, ['show', `${detail.branch}:hello.txt`]);
    expect(stdout).toBe('Hello, reader.\n');
    expect(detail.sessions.filter(({ purpose }) => purpose === 'agent')).toMatchObject([
      { state: 'exited', exit_code: 0 },
    ]);
    expect(detail.counters.agent_runs).toBe(1);
    expect(detail.cost_usd).toBeGreaterThan(0);
    const calls = detail.costs.filter(({ service }) => service === 'agent');
    expect(calls.length).toBe(detail.counters.model_calls);
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set(['settled']));
    expect(detail.counters.model_calls).toBeGreaterThan(0);
    const writes = provider.requests.filter(
      ({ messages }) => messages.filter(({ role }) => role === 'tool').length === 2,
    );
    expect(writes).toHaveLength(1);
  },
  installTimeoutMs + 3 * minuteMs,
);

/** Resolves at the first event after which the condition is true. */
async function sessionStarted(url: string, isSo: () => Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  await new Promise<void>((resolve, reject) => {
    listenForEvents(url, () => void isSo().then((so) => so && resolve(), reject), stop.signal);
  });
  stop.abort();
}
