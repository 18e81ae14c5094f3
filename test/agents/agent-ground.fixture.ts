// For tests: a scratch git worktree, and an agent's command that is started in it as a session would start it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAgent, installTimeoutMs } from '../../scripts/agents/install-agent.ts';
import type { WireName } from '../../src/domain/agents/model-call.ts';
import type { SessionEnd } from '../../src/domain/machine/session.ts';
import type {
  Agent,
  AgentCommand,
  AgentGateway,
  AgentReport,
  AgentTask,
} from '../../src/engine/ports/agent.ts';
import { runQuickly } from '../../src/git/quick-start.fixture.ts';

export { installTimeoutMs };

/**
 * The path of the pinned program, which is installed on first use; without a network that fails with a clear message.
 */
export async function installReal(name: string): Promise<string> {
  return await installAgent(name);
}

/** Connects an agent directly to a provider, without Moose's gateway. */
export function straightTo(url: string, wire: WireName = 'anthropic-messages'): AgentGateway {
  return { url, key: 'session-key', wire };
}

export interface Ground {
  repositoryPath: string;
  worktreePath: string;
  sessionPath: string;
  homePath: string;
  git(...args: string[]): string;
  /** Another session in the same worktree and home. */
  nextSession(): Ground;
  remove(): void;
}

/** Keeps the machine's own git settings out of the test. */
const gitSettings = [
  '-c',
  'user.name=Test',
  '-c',
  'user.email=test@example.invalid',
  '-c',
  'commit.gpgsign=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.excludesFile=/dev/null',
  '-c',
  'core.autocrlf=false',
];

/** Creates a repository with one commit, and a worktree on a separate branch. */
export function makeGround(files: Record<string, string>): Ground {
  const directory = mkdtempSync(join(tmpdir(), 'moose-agent-'));
  const repository = join(directory, 'repository');
  const worktreePath = join(directory, 'worktrees', 'worktree');
  const git = (cwd: string, args: string[]): string => runQuickly('git', [...gitSettings, ...args], { cwd });
  mkdirSync(repository);
  git(repository, ['init', '-q', '-b', 'main']);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(repository, path, '..'), { recursive: true });
    writeFileSync(join(repository, path), content);
  }
  git(repository, ['add', '--all']);
  git(repository, ['commit', '-q', '-m', 'Start']);
  git(repository, ['worktree', 'add', '-q', '-b', 'moose/test', worktreePath]);
  let sessions = 0;
  const session = (): Ground => {
    sessions += 1;
    const sessionPath = join(directory, `session-${sessions}`);
    mkdirSync(sessionPath);
    return {
      repositoryPath: repository,
      worktreePath,
      sessionPath,
      homePath: join(directory, 'home'),
      git: (...args) => git(worktreePath, args),
      nextSession: session,
      remove: () => rmSync(directory, { recursive: true, force: true }),
    };
  };
  return session();
}

export function makeTask(ground: Ground, task: Partial<AgentTask> = {}): AgentTask {
  const { worktreePath, sessionPath, homePath } = ground;
  return {
    title: 'Greet in two words',
    brief: 'Make hello.txt say `hello world`.',
    proposal: null,
    model: 'anthropic/claude-sonnet-4-5',
    gateway: null,
    outputTokensMax: 32_000,
    spendLimitNanoUsd: 500_000_000n,
    worktreePath,
    sessionPath,
    homePath,
    ...task,
  };
}

/**
 * Runs the agent in the worktree, with output files and an empty stdin. Moose itself uses `runSession`; this is faster.
 */
export async function runAgent(
  agent: Agent,
  task: AgentTask,
  ground: Ground,
): Promise<{ end: SessionEnd; report: AgentReport; command: AgentCommand }> {
  const command = await agent.prepare(task);
  const startedAt = new Date();
  const files = {
    sessionPath: ground.sessionPath,
    stdoutPath: join(ground.sessionPath, 'stdout.log'),
    stderrPath: join(ground.sessionPath, 'stderr.log'),
  };
  const output = [openSync(files.stdoutPath, 'a'), openSync(files.stderrPath, 'a')] as const;
  const [program, ...args] = command.argv;
  const child = spawn(program, args, {
    cwd: ground.worktreePath,
    env: command.env,
    detached: true,
    stdio: ['ignore', ...output],
  });
  for (const file of output) closeSync(file);
  const [exitCode, signal] = await once(child, 'exit');
  const end: SessionEnd = { exitCode, signal, reason: null, startedAt, endedAt: new Date() };
  return { end, report: await agent.report(files, end), command };
}
