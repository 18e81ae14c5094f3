// When `moose up` has ended, so has everything that it started: its gateway and its embedded database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';

const times = 5;

/** Empty for a process that has just ended, or that this user may not look at. */
function read(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}

/** The processes that work in this folder or name it. */
function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      const place = read(() => readlinkSync(`/proc/${pid}/cwd`));
      return place.startsWith(directory) || command.includes(directory) ? [`${pid} ${command}`] : [];
    });
}

test(`R-SES-2: fear: ${times} times, something of Moose still runs after its end`, {
  timeout: 300_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'moose-end-'));
  // The account of the embedded database must be able to enter it.
  await chmod(directory, 0o755);
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const { PATH } = process.env;
  const env = {
    ...compiledCode,
    PATH,
    HOME: directory,
    MOOSE_DATA: join(directory, 'data'),
    MOOSE_PORT: '0',
  };
  for (let time = 1; time <= times; time++) {
    const child = spawn(process.execPath, [mooseProgram, 'up', '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit');
    onTestFinished(() => void child.kill('SIGTERM'));
    for await (const line of createInterface(child.stdout)) if (line.includes('.started')) break;
    const running = processesOf(directory).join('\n');
    expect(running).toContain('gateway-program');
    expect(running).toContain('postgres -D');
    child.kill('SIGTERM');
    await ended;
    expect(processesOf(directory)).toEqual([]);
  }
});
