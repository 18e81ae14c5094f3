// The tmux session beside a running agent (R-SES-2), with the real tmux where it is installed.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { isAlive, shellEnv } from './scratch-sessions.fixture.ts';
import { startProcess } from './start-process.ts';
import { stopProcess } from './stop-process.ts';
import { endViewer, listViewers, startViewer, viewerCommand, viewerName } from './viewer.ts';

const hasTmux = viewerCommand('/data') !== null;

async function anAgent(script: string) {
  const data = await mkdtemp(join(tmpdir(), 'moose-viewer-'));
  const directory = join(data, 'sessions', 'one');
  const argv = ['sh', '-c', script] as const;
  const handle = await startProcess({ directory, argv, env: shellEnv, cwd: data });
  onTestFinished(async () => {
    await stopProcess(handle, { graceMs: 0 });
    for (const name of (await listViewers(data)) ?? []) await endViewer(data, name);
    await rm(data, { recursive: true, force: true });
  });
  const ids = { id: crypto.randomUUID(), workOrderId: crypto.randomUUID() };
  return { data, handle, viewed: { ...ids, directory: handle.directory, pid: handle.pid } };
}

function tmux(data: string, ...words: string[]): string {
  const [program = '', ...given] = viewerCommand(data) ?? [];
  return execFileSync(program, [...given, ...words], { encoding: 'utf8' });
}

test.skipIf(!hasTmux)(
  'R-SES-2: a person sees what a running agent prints, without its control characters',
  async () => {
    const { data, viewed } = await anAgent(
      `printf 'working \\033]52;c;eA\\007on \\303\\244\\n'; echo oops >&2; exec sleep 600`,
    );
    const name = await startViewer(data, viewed);
    expect(name).toBe(viewerName(viewed));
    expect(await listViewers(data)).toEqual([name]);
    const seen = () => tmux(data, 'capture-pane', '-p', '-t', `=${name}:`);
    await until('the viewer shows both streams', () => seen().includes('oops') && seen().includes('working'));
    expect(seen()).toContain('working ]52;c;eAon ä');
    // A Moose that died before it could record its name starts it once more.
    expect(await startViewer(data, viewed)).toBe(name);
    expect(await listViewers(data)).toHaveLength(1);
  },
);

test.skipIf(!hasTmux)('R-SES-2: killing tmux harms nothing, and a viewer ends with its agent', async () => {
  const { data, handle, viewed } = await anAgent('exec sleep 600');
  const name = await startViewer(data, viewed);
  tmux(data, 'kill-server');
  expect(await listViewers(data)).toEqual([]);
  expect(isAlive(handle.pid)).toBe(true);
  expect(await startViewer(data, viewed)).toBe(name);
  await stopProcess(handle, { graceMs: 0 });
  await until('the viewer has ended', async () => (await listViewers(data))?.length === 0);
});

test('R-SES-2: without tmux, or in a folder with too long a path, there is no viewer', async () => {
  const { viewed } = await anAgent('exec sleep 600');
  const far = `/tmp/${'x'.repeat(120)}`;
  expect(viewerCommand(far)).toBeNull();
  expect(await startViewer(far, viewed)).toBeNull();
  expect(await listViewers(far)).toBeNull();
});
