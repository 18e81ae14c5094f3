// Installs schemathesis and its dependencies, in tested versions, into a cache outside the repository. A second run
// uses what is there; two runs at the same time do not disturb each other.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { cachePath, installTimeoutMs } from '../../scripts/agents/install-agent.ts';

const requirementsPath = join(import.meta.dirname, 'requirements.txt');
const program = join('bin', 'schemathesis');
const outputCharsMax = 2_000;
const run = promisify(execFile);

/** @returns the path of the program */
export async function installSchemathesis(into: string = cachePath): Promise<string> {
  const requirements = await readFile(requirementsPath);
  const digest = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  const finalPath = join(into, `schemathesis-${digest}`);
  try {
    if (!(await isThere(finalPath))) await install(into, finalPath);
    return join(finalPath, program);
  } catch (cause) {
    const { message, stderr = '' } = cause as Error & { stderr?: string };
    const said = stderr.trim().slice(-outputCharsMax) || message;
    throw new Error(
      `schemathesis cannot be installed in ${finalPath}; it takes python3 with venv, and PyPI: ${said}`,
      { cause },
    );
  }
}

/**
 * A virtual environment contains absolute paths, so it is created at its final place, and a link to it is moved into
 * place once it works.
 */
async function install(into: string, finalPath: string): Promise<void> {
  const environments = join(into, 'environments');
  await mkdir(environments, { recursive: true });
  const environmentPath = await mkdtemp(join(environments, `${basename(finalPath)}.`));
  const limits = { timeout: installTimeoutMs, killSignal: 'SIGKILL' } as const;
  try {
    await run('python3', ['-m', 'venv', environmentPath], limits);
    const python = join(environmentPath, 'bin', 'python');
    await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirementsPath], limits);
    await run(join(environmentPath, program), ['--version'], limits);
    const link = `${environmentPath}.link`;
    await symlink(environmentPath, link);
    await rename(link, finalPath);
  } catch (error) {
    await rm(environmentPath, { recursive: true, force: true });
    throw error;
  }
}

async function isThere(finalPath: string): Promise<boolean> {
  try {
    await access(join(finalPath, program));
    return true;
  } catch {
    return false;
  }
}
