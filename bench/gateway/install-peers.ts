// Installs the peers in pinned versions outside the project; a second run uses what is there. Two runs at the same time
// do not disturb each other: each installs into a separate folder, which is moved into place in one step.
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

export const versions = {
  portkey: '1.15.2',
  /** With newer versions, Portkey answers no stream: it changes headers that must not be changed (its issue 1389). */
  portkeyServer: '1.13.8',
  /** The newest version whose own requirements could be installed. */
  litellm: '1.102.0',
} as const;

const cachePath = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'moose', 'bench-peers');
const installMsMax = 400_000;

/** @returns the path of its program. @throws if npm cannot install it */
export async function installPortkey(signal: AbortSignal): Promise<string> {
  const program = ['node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js'];
  return installed(`portkey-${versions.portkey}-${versions.portkeyServer}`, program, async (into) => {
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
    const wanted = {
      private: true,
      dependencies: { '@portkey-ai/gateway': versions.portkey },
      overrides: { '@hono/node-server': versions.portkeyServer },
    };
    await writeFile(join(into, 'package.json'), JSON.stringify(wanted));
    await run('npm', ['install', '--prefix', into, ...flags], into, signal);
  });
}

/** @returns the path of its program. @throws if there is no Python, or PyPI cannot be reached */
export async function installLitellm(signal: AbortSignal): Promise<string> {
  const program = ['environment', 'bin', 'litellm'];
  return installed(`litellm-${versions.litellm}`, program, async (into) => {
    // A virtual environment contains absolute paths, so it is created at its final place, and a link to it is moved.
    const environment = join(cachePath, 'environments', basename(into));
    try {
      await run('python3', ['-m', 'venv', environment], into, signal);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      const wanted = `litellm[proxy]==${versions.litellm}`;
      await run(join(environment, 'bin', 'python'), [...pip, wanted], into, signal);
    } catch (cause) {
      await rm(environment, { recursive: true, force: true });
      throw cause;
    }
    await symlink(environment, join(into, 'environment'));
  });
}

async function installed(
  name: string,
  program: readonly string[],
  install: (into: string) => Promise<void>,
): Promise<string> {
  const finalPath = join(cachePath, name);
  const programPath = join(finalPath, ...program);
  if (await isThere(programPath)) return programPath;
  await mkdir(cachePath, { recursive: true });
  const draft = await mkdtemp(`${finalPath}.installing-`);
  try {
    await install(draft);
    if (!(await isThere(join(draft, ...program))))
      throw new Error(`${name} was installed without its program`);
    await rename(draft, finalPath).catch(async (cause: unknown) => {
      // Another process was first.
      if (!(await isThere(programPath))) throw cause;
    });
    return programPath;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  await promisify(execFile)(program, args, { cwd, signal, timeout: installMsMax, killSignal: 'SIGKILL' });
}
