// For tests: the package managers, and the three that are installed for the tests because most machines lack them.
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { cachePath } from '../../../scripts/agents/install-agent.ts';
import { isThere } from '../../../src/git/run/is-there.ts';

const toolMsMax = 300_000;
const outputBytesMax = 16 * 1024 * 1024;

const uvVersion = '0.9.5';
const pnpmVersion = '10.18.3';
const yarnVersion = '1.22.22';
const uvHome = join(cachePath, 'tools', `uv-${uvVersion}`);
const pnpmHome = join(cachePath, 'tools', `pnpm-${pnpmVersion}`);

const yarnHome = join(cachePath, 'tools', `yarn-${yarnVersion}`);

/** A Python with pip, which Debian's own lacks. */
export const uvPython = join(uvHome, 'bin/python');

/** The search path of a machine that has them. */
export const searchPath = [
  join(uvHome, 'bin'),
  join(pnpmHome, 'bin'),
  join(yarnHome, 'bin'),
  process.env.PATH ?? '',
].join(delimiter);

export function runTool(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd,
      env: { ...process.env, PATH: searchPath, ...env },
      timeout: toolMsMax,
      killSignal: 'SIGKILL' as const,
      maxBuffer: outputBytesMax,
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(' ')}: ${stderr.slice(-2_000)}`, { cause: error }));
    });
  });
}

export async function installPnpm(): Promise<void> {
  if (await isThere(join(pnpmHome, 'bin/pnpm'))) return;
  await runTool('npm', ['install', '--global', '--prefix', pnpmHome, `pnpm@${pnpmVersion}`], '/');
}

export async function installYarn(): Promise<void> {
  if (await isThere(join(yarnHome, 'bin/yarn'))) return;
  await runTool('npm', ['install', '--global', '--prefix', yarnHome, `yarn@${yarnVersion}`], '/');
}

export async function installUv(): Promise<void> {
  if (await isThere(join(uvHome, 'bin/uv'))) return;
  await runTool('python3', ['-m', 'venv', uvHome], '/');
  await runTool(join(uvHome, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `uv==${uvVersion}`], '/');
}
