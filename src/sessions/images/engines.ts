// The container engines of this machine. Moose only fetches images with them, and runs nothing in them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { findOnPath } from '../resolve-program.ts';

type Environment = Readonly<Record<string, string>>;

/** In order of preference: podman needs no daemon and no special rights. */
export const engineNames = ['podman', 'docker'] as const;
export type EngineName = (typeof engineNames)[number];

export interface ImageEngine {
  name: EngineName;
  path: string;
  env: Environment;
}

export interface EngineAnswer {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface EngineState {
  name: EngineName;
  /** Null if the engine does not answer. */
  version: string | null;
  isRootless: boolean;
  /** The engine's error message, if it does not answer. */
  said: string;
}

const answerMsMax = 30_000;

/** Only installed engines. */
export function installedEngines(env: Environment): ImageEngine[] {
  return engineNames.flatMap((name) => {
    const path = findOnPath(name, env.PATH ?? '', '/');
    return path === null ? [] : [{ name, path, env }];
  });
}

export async function askEngine(
  engine: ImageEngine,
  words: readonly string[],
  { signal, timeoutMs = answerMsMax }: { signal?: AbortSignal | undefined; timeoutMs?: number },
): Promise<EngineAnswer> {
  const limit = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  const child = spawn(engine.path, words, { env: engine.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill('SIGKILL');
  either.addEventListener('abort', end, { once: true });
  if (either.aborted) end();
  try {
    const [[code], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    signal?.throwIfAborted();
    const late = limit.aborted ? `\nIt did not answer within ${timeoutMs / 1_000} seconds.` : '';
    return { code, stdout, stderr: stderr + late };
  } finally {
    either.removeEventListener('abort', end);
  }
}

/** Kills a detached process and its whole group; the process may have ended already. */
export function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

/** Whether each installed engine answers; changes nothing. */
export async function inspectEngines(env: Environment, signal?: AbortSignal): Promise<EngineState[]> {
  return Promise.all(installedEngines(env).map((engine) => inspectEngine(engine, signal)));
}

const questions: Readonly<Record<EngineName, string>> = {
  podman: '{{.Version.Version}}|{{.Host.Security.Rootless}}',
  docker: '{{.ServerVersion}}|{{.SecurityOptions}}',
};

export async function inspectEngine(engine: ImageEngine, signal?: AbortSignal): Promise<EngineState> {
  const { name } = engine;
  const { code, stdout, stderr } = await askEngine(engine, ['info', '--format', questions[name]], { signal });
  const [version = '', security = ''] = stdout.trim().split('|');
  const isThere = code === 0 && /^\d/.test(version);
  return {
    name,
    version: isThere ? version : null,
    isRootless: name === 'podman' ? security === 'true' : security.includes('rootless'),
    said: isThere ? '' : lastLine(stderr),
  };
}

const saidCharsMax = 300;

export function lastLine(said: string): string {
  return (said.trim().split('\n').at(-1) ?? '').slice(0, saidCharsMax);
}
