// The command line as people use it: a process for each command, with an exit code and two output streams.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';

const commandMsMax = 60_000;
const outputBytesMax = 64 * 1024 * 1024;

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export type Environment = Record<string, string | undefined>;

export function moose(env: Environment, ...args: string[]): Promise<CommandResult> {
  return mooseWithin(commandMsMax, env, ...args);
}

/** For a command that runs what a project says. */
export function mooseWithin(timeoutMs: number, env: Environment, ...args: string[]): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const options = {
      env: { ...compiledCode, ...env },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: outputBytesMax,
    } as const;
    execFile(process.execPath, [mooseProgram, ...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
      else reject(error ?? new Error('It ended without an exit code'));
    });
  });
}

export interface RunningMoose {
  pid: number;
  stop(): Promise<void>;
}

/** Starts a worker; `shell` is put before its command, for example `ulimit -f 100;`. */
export async function startMoose(env: Environment, shell = ''): Promise<RunningMoose> {
  const command = `${shell} exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, mooseProgram, 'worker', '--json'], {
    env: { ...compiledCode, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'exit');
  const up = once(createInterface(child.stdout), 'line');
  await Promise.race([
    up,
    ended.then(() => {
      throw new Error(`The worker ended at once: ${said}`);
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Expects one sentence with the code on stderr, and nothing on stdout. */
export function expectRefusal({ exitCode, stdout, stderr }: CommandResult, code: string, expected = 1): void {
  expect(stdout).toBe('');
  // On a busy machine, the command also says that it waits for the database.
  const said = stderr.replace(/^Waiting for the database: .+\n/, '');
  expect(said).toMatch(new RegExp(`^moose: .+[.!?…].* \\[${code}\\]\n$`));
  expect(exitCode).toBe(expected);
}
