// Installs the version of Claude Code that the contract suite runs against, outside the repository, and prints the
// path of its program as the last line. Run again, it finds what is there; two at once do not disturb each other.

import { type ExecFileException, execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageName, testedVersion } from '../src/agents/claude-code/probe.ts';

/** About 370 MB come over the wire. */
const installTimeoutMs = 300_000;
const versionTimeoutMs = 30_000;
const outputCharsMax = 2_000;

const cachePath = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'moose-tests');
const finalPath = join(cachePath, `claude-code-${testedVersion}`);

try {
  if (!(await works(finalPath))) await install();
  process.stdout.write(`${programIn(finalPath)}\n`);
} catch (error) {
  process.stderr.write(
    `${packageName}@${testedVersion} cannot be installed in ${finalPath}: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}

/** Into a folder of this process's own, which takes its place in one step once it works. */
async function install(): Promise<void> {
  await mkdir(cachePath, { recursive: true });
  const draft = await mkdtemp(`${finalPath}.installing-`);
  try {
    await run('npm', [
      'install',
      ...['--prefix', draft, '--no-audit', '--no-fund', '--ignore-scripts=false'],
      `${packageName}@${testedVersion}`,
    ]);
    if (!(await works(draft))) throw new Error('npm installed it, but the program does not say its version.');
    await takePlace(draft);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function takePlace(draft: string): Promise<void> {
  try {
    await rename(draft, finalPath);
  } catch (error) {
    // Someone else's came first. A wreck makes room; what works is never touched, for it may be in use.
    if (await works(finalPath)) return;
    await rename(finalPath, join(draft, 'wreck'));
    await rename(draft, finalPath);
    if (!(await works(finalPath))) throw error;
  }
}

async function works(prefix: string): Promise<boolean> {
  try {
    const stdout = await run(programIn(prefix), ['--version'], versionTimeoutMs);
    return stdout.startsWith(testedVersion);
  } catch {
    return false;
  }
}

function programIn(prefix: string): string {
  return join(prefix, 'node_modules', '.bin', 'claude');
}

async function run(program: string, args: string[], timeoutMs = installTimeoutMs): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(describe(error, stderr), { cause: error }));
    });
  });
}

function describe(error: ExecFileException, stderr: string): string {
  const said = stderr.trim().slice(-outputCharsMax);
  return said === '' ? error.message : said;
}
