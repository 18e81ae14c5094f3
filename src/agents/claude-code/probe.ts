// Finds the program and asks for its version.

import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { AgentProbe } from '../../engine/ports/agent.ts';
import { findOnPath } from '../../sessions/resolve-program.ts';
import type { ClaudeCodeSettings } from './agent.ts';

/** The version that the contract suite runs against. */
export const testedVersion = '2.1.328';

export const packageName = '@anthropic-ai/claude-code';

/** The program is 370 MB: the first start after a boot reads it from the disk. */
const versionTimeoutMs = 20_000;

export async function probeClaudeCode(settings: ClaudeCodeSettings): Promise<AgentProbe> {
  const program = findProgram(settings);
  if (program === null)
    return { isInstalled: false, version: null, testedVersion, advice: adviseInstall(settings) };
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], {
      env: { PATH: settings.searchPath, HOME: tmpdir() },
      timeout: versionTimeoutMs,
      killSignal: 'SIGKILL',
    });
    const version = /^\d+\.\d+\.\d+\S*/.exec(stdout.trim())?.[0] ?? null;
    return { isInstalled: version !== null, version, testedVersion, advice: adviseVersion(program, version) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      isInstalled: false,
      version: null,
      testedVersion,
      advice: `${program} does not run (${error.message.split('\n')[0]?.slice(0, 200)}); install ${packageName}@${testedVersion} anew, with its install script allowed.`,
    };
  }
}

/** Null when it is not there or cannot be executed. */
export function findProgram({ programPath, searchPath }: ClaudeCodeSettings): string | null {
  if (programPath === null) return findOnPath('claude', searchPath, '/');
  const path = resolve(programPath);
  return findOnPath(path.slice(path.lastIndexOf('/') + 1), path.slice(0, path.lastIndexOf('/')) || '/', '/');
}

export function adviseInstall({ programPath, searchPath }: ClaudeCodeSettings): string {
  const install = `Install it with \`npm install -g ${packageName}@${testedVersion}\``;
  return programPath === null
    ? `${install}, or set the path of the program; it was looked for in ${searchPath}.`
    : `${install}, or correct the path of the program: ${programPath} cannot be executed.`;
}

function adviseVersion(program: string, version: string | null): string | null {
  if (version === testedVersion) return null;
  if (version === null)
    return `${program} does not say its version; install ${packageName}@${testedVersion}.`;
  return `Moose was tested with version ${testedVersion}; install that one if ${version} behaves otherwise.`;
}
