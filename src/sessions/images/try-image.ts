// Tests whether sessions can run in an image: whether it has a shell, and whether Moose's Node runs in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { SessionImage } from '../isolation/image-view.ts';
import { isolate } from '../isolation/isolate.ts';
import { endGroup, lastLine } from './engines.ts';

const trialMsMax = 60_000;

/** Returns null if sessions can run, otherwise the reason. @throws ConfigurationError `CONTAINER_NEEDS_ISOLATION` */
export async function tryImage(image: SessionImage): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-image-'));
  try {
    const shell = await runIn(image, folder, ['/bin/sh', '-c', 'exit 0']);
    if (shell !== null) return `it has no /bin/sh that runs here (${shell})`;
    const node = await runIn(image, folder, [process.execPath, '--eval', '0']);
    return node === null ? null : `the Node that runs agents does not run in it (${node})`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  image: SessionImage,
  folder: string,
  argv: readonly [string, ...string[]],
): Promise<string | null> {
  const [cwd, sessionPath] = [join(folder, 'cwd'), join(folder, 'session')];
  for (const path of [cwd, sessionPath]) await mkdir(path, { recursive: true, mode: 0o700 });
  const { argv: words, env } = await isolate({
    argv,
    env: {},
    cwd,
    network: 'none',
    wish: 'auto',
    container: { image, machine: {} },
    files: async () => ({
      sessionPath,
      userHome: homedir(),
      dataDirectory: sessionPath,
      hidden: [],
      granted: [],
      homePath: null,
      shown: [{ path: cwd, sight: 'write' }],
    }),
  });
  const [program, ...rest] = words;
  // Starts a separate process group, so that all of its processes can be ended.
  const child = spawn(program, rest, { env, cwd, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const timer = setTimeout(() => endGroup(child.pid), trialMsMax);
  try {
    const [[code], said] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stderr),
    ]);
    return code === 0 ? null : lastLine(said) || `exit code ${code}`;
  } finally {
    clearTimeout(timer);
  }
}
