// Installs one agent in its tested version into a cache outside the repository. A second run uses what is there; two
// runs at the same time do not disturb each other. A working installation is never touched, because it may be in use.

import { type ExecFileException, execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { aiderProgram } from '../../src/agents/aider/program.ts';
import { claudeCodeProgram } from '../../src/agents/claude-code/program.ts';
import { codexProgram } from '../../src/agents/codex/program.ts';
import { geminiCliProgram } from '../../src/agents/gemini-cli/program.ts';
import { openCodeProgram } from '../../src/agents/opencode/program.ts';
import { piProgram } from '../../src/agents/pi/program.ts';
import { type AgentProgram, probeProgram } from '../../src/agents/program.ts';
import { qwenCodeProgram } from '../../src/agents/qwen-code/program.ts';

export const programsByAgent: Readonly<Record<string, AgentProgram>> = {
  'claude-code': claudeCodeProgram,
  codex: codexProgram,
  opencode: openCodeProgram,
  'gemini-cli': geminiCliProgram,
  'qwen-code': qwenCodeProgram,
  pi: piProgram,
  aider: aiderProgram,
};

/** Up to 400 MB are downloaded. */
export const installTimeoutMs = 300_000;
const outputCharsMax = 2_000;

export const cachePath = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'moose-tests');

/** @returns the path of the agent's program */
export async function installAgent(name: string): Promise<string> {
  const program = programsByAgent[name];
  if (program === undefined) throw new Error(`There is no agent ${name}.`);
  const finalPath = join(cachePath, `${name}-${program.testedVersion}`);
  try {
    if (!(await works(program, finalPath))) await install(program, finalPath);
    // Only its creator can open a temporary folder, but tests also run agents as another user.
    await chmod(finalPath, 0o755);
    return programIn(program, finalPath);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const { package: from, testedVersion, title } = program;
    throw new Error(
      `${title} (${from.name} ${testedVersion} from ${from.registry}) cannot be installed in ${finalPath}: ${reason}`,
      { cause: error },
    );
  }
}

/** Installs into a folder of this process, which is moved into place in one step once it works. */
async function install(program: AgentProgram, finalPath: string): Promise<void> {
  await mkdir(cachePath, { recursive: true });
  const draft = await mkdtemp(`${finalPath}.installing-`);
  try {
    await (program.package.registry === 'npm' ? installFromNpm : installFromPypi)(program, draft);
    if (!(await works(program, draft)))
      throw new Error(`it was installed, and its program does not say that it is ${program.testedVersion}`);
    await takePlace(program, draft, finalPath);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function installFromNpm(
  { package: { name }, testedVersion }: AgentProgram,
  into: string,
): Promise<void> {
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts=false', '--engine-strict=false'];
  await run('npm', ['install', '--prefix', into, ...flags, `${name}@${testedVersion}`]);
}

/**
 * A virtual environment contains absolute paths, so it is created at its final place, and the draft is a link to it.
 */
async function installFromPypi(
  { package: { name }, testedVersion }: AgentProgram,
  into: string,
): Promise<void> {
  const environmentPath = join(cachePath, 'environments', basename(into));
  try {
    await run('python3', ['-m', 'venv', environmentPath]);
    const python = join(environmentPath, 'bin', 'python');
    await run(python, ['-m', 'pip', 'install', '--quiet', `${name}==${testedVersion}`]);
  } catch (error) {
    await rm(environmentPath, { recursive: true, force: true });
    throw error;
  }
  await symlink(environmentPath, join(into, 'environment'));
}

async function takePlace(program: AgentProgram, draft: string, finalPath: string): Promise<void> {
  try {
    await rename(draft, finalPath);
  } catch (error) {
    // Another process was first. A broken installation is moved away.
    if (await works(program, finalPath)) return;
    await rename(finalPath, join(draft, 'wreck'));
    await rename(draft, finalPath);
    if (!(await works(program, finalPath))) throw error;
  }
}

async function works(program: AgentProgram, prefix: string): Promise<boolean> {
  const place = { programPath: programIn(program, prefix), searchPath: process.env.PATH ?? '' };
  return (await probeProgram(program, place)).version === program.testedVersion;
}

function programIn({ package: { registry }, command }: AgentProgram, prefix: string): string {
  return registry === 'npm'
    ? join(prefix, 'node_modules', '.bin', command)
    : join(prefix, 'environment', 'bin', command);
}

async function run(program: string, args: string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    const limits = { timeout: installTimeoutMs, killSignal: 'SIGKILL' } as const;
    execFile(program, args, limits, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(describe(error, stderr), { cause: error }));
    });
  });
}

function describe(error: ExecFileException, stderr: string): string {
  const said = stderr.trim().slice(-outputCharsMax);
  return said === '' ? error.message : said;
}
