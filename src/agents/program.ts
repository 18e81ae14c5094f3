// Finds an agent's program: its path, how it is started, and the version that it reports.

import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { agentFailures } from '../domain/agents/agent-failure-catalogue.ts';
import type { AgentProbe } from '../engine/ports/agent.ts';
import { findOnPath } from '../sessions/resolve-program.ts';

export interface AgentProgram {
  /** The agent's name for people: `Claude Code`. */
  title: string;
  /** The name of the program's file on a search path. */
  command: string;
  /** The variable that sets the program's path, for the advice of errors. */
  setting: string;
  /** The version that the contract suite runs against. */
  testedVersion: string;
  package: { registry: 'npm' | 'pypi'; name: string };
}

/** A command with which a person installs the tested version. */
export function installCommand({ package: { registry, name }, testedVersion }: AgentProgram): string {
  return registry === 'npm'
    ? `npm install -g ${name}@${testedVersion}`
    : `pipx install ${name}==${testedVersion}`;
}

export interface ProgramPlace {
  /** Null to look for `command` on `searchPath`. */
  programPath: string | null;
  searchPath: string;
}

/** The default search path: where programs usually are. */
export const defaultSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Some programs have hundreds of megabytes, which the first start after a boot reads from disk. */
const versionTimeoutMs = 20_000;

/** Null if the program does not exist or cannot be executed. */
export function findProgram(
  { command }: Pick<AgentProgram, 'command'>,
  { programPath, searchPath }: ProgramPlace,
): string | null {
  if (programPath === null) return findOnPath(command, searchPath, '/');
  const path = resolve(programPath);
  return findOnPath(basename(path), dirname(path), '/');
}

/** @throws MooseError `AGENT_PROGRAM_MISSING` */
export function requireProgram(program: AgentProgram, place: ProgramPlace): string {
  const path = findProgram(program, place);
  if (path !== null) return path;
  throw agentFailures.AGENT_PROGRAM_MISSING_AT_PLACE('prepare', {
    title: program.title,
    advice: adviseInstall(program, place),
  });
}

const shebangBytesMax = 256;

/**
 * The command that starts the program: the program itself, or for a Node script the Node that runs Moose, because the
 * first `node` on the search path may be too old.
 */
export function startOf(path: string): [string, ...string[]] {
  const node = /^#!\s*\S*\benv\s+(?:-S\s+)?node\b([^\n]*)\n/.exec(firstBytes(path));
  if (node === null) return [path];
  return [process.execPath, ...(node[1] ?? '').split(' ').filter(Boolean), realpathSync(path)];
}

function firstBytes(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(shebangBytesMax);
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** Keyed by the file itself, so that a reinstalled agent is probed again. */
const knownVersions = new Map<string, Promise<string | null>>();
const knownVersionsMax = 100;

export async function probeProgram(program: AgentProgram, place: ProgramPlace): Promise<AgentProbe> {
  const { testedVersion } = program;
  const path = findProgram(program, place);
  if (path === null)
    return { isInstalled: false, version: null, testedVersion, advice: adviseInstall(program, place) };
  try {
    const version = await askVersionOnce(path, place.searchPath);
    return {
      isInstalled: version !== null,
      version,
      testedVersion,
      advice: adviseVersion(program, path, version),
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = reasonOf(error);
    return {
      isInstalled: false,
      version: null,
      testedVersion,
      advice: `${path} does not run (${reason}); reinstall ${testedVersion}: \`${installCommand(program)}\`.`,
    };
  }
}

/** What the program itself printed says more than that it failed. */
function reasonOf(error: Error & { stderr?: unknown; stdout?: unknown; code?: unknown }): string {
  const printed = [error.stderr, error.stdout]
    .map((text) => (typeof text === 'string' ? text.trim() : ''))
    .find(Boolean);
  const exit = typeof error.code === 'number' ? `exit code ${error.code}` : null;
  const said = (printed ?? error.message).split('\n').slice(0, 3).join(' ').slice(0, 300);
  return [exit, said].filter(Boolean).join(': ');
}

function askVersionOnce(path: string, searchPath: string): Promise<string | null> {
  // The modification time is not used: packages have the same one in every version.
  const { ino, ctimeMs, size } = statSync(path);
  const key = JSON.stringify([path, ino, ctimeMs, size]);
  const known = knownVersions.get(key);
  if (known !== undefined) return known;
  const asked = askVersion(path, searchPath);
  if (knownVersions.size >= knownVersionsMax) knownVersions.clear();
  knownVersions.set(key, asked);
  const forget = () => void knownVersions.delete(key);
  asked.then((version) => version === null && forget(), forget);
  return asked;
}

async function askVersion(path: string, searchPath: string): Promise<string | null> {
  const [program, ...args] = startOf(path);
  // Some programs leave files behind even when they only report their version, some of them megabytes.
  const folder = await mkdtemp(join(tmpdir(), 'moose-probe-'));
  try {
    const { stdout } = await promisify(execFile)(program, [...args, '--version'], {
      env: { PATH: searchPath, HOME: folder, TMPDIR: folder },
      timeout: versionTimeoutMs,
      killSignal: 'SIGKILL',
    });
    return /\d+\.\d+\.\d+[^\s)]*/.exec(stdout)?.[0] ?? null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function adviseInstall(program: AgentProgram, { programPath }: ProgramPlace): string {
  const { setting } = program;
  const install = installCommand(program);
  return programPath === null
    ? `Install it with \`${install}\`, or set ${setting} to the path of the program; it is not on the PATH.`
    : `Install it with \`${install}\`, or correct ${setting}: ${programPath} cannot be executed.`;
}

function adviseVersion(program: AgentProgram, path: string, version: string | null): string | null {
  const { testedVersion } = program;
  if (version === testedVersion) return null;
  if (version === null)
    return `${path} does not report its version; reinstall it: \`${installCommand(program)}\`.`;
  return `Moose was tested with version ${testedVersion}; install that version if ${version} behaves differently.`;
}
