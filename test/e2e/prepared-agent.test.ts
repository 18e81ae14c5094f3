// The real Claude Code runs the tests of a project in its first cycle: it finds what the setup has installed, and the ignored
// file that the project names (R-PROJ-3).
import { expect, test } from 'vitest';
import { runGit } from '../../src/git/run/run-git.ts';
import { installTimeoutMs } from '../agents/agent-ground.fixture.ts';
import type { ToolCall } from '../agents/scripted-provider.fixture.ts';
import { scene } from './claude-code.fixture.ts';
import { waitUntilFinished } from './farm.fixture.ts';
import { checks, files } from './npm-project.fixture.ts';
import { commitFiles, makeRepository, touch } from './repository.fixture.ts';

const minuteMs = 60_000;

const named = { '.gitignore': 'node_modules\n.env*\n', '.worktreeinclude': '.env.test\n' };
const own = { '.env.test': 'ONLY_HERE=yes\n' };

async function make(path: string): Promise<string> {
  await makeRepository(path);
  await commitFiles(path, { ...files, ...named }, 'A project');
  await touch(path, own);
  return path;
}

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command, description: 'Test' } });

test(
  'R-PROJ-3: a coding agent runs the tests in its first cycle, with one installation for two work orders',
  async () => {
    const tested = bash('npm test && grep -q ONLY_HERE .env.test && echo passed > tested.txt');
    const proof = { kind: 'lint' as const, command: 'grep -q passed tested.txt', source: 'given' };
    const given = { make, checks: [...checks, proof] };
    const { database, repositoryPath, start, look, submitOne, order } = await scene([[tested]], given);
    const moose = await start();
    await waitUntilFinished(database, [moose], 2 * minuteMs);
    const second = await submitOne();
    await waitUntilFinished(database, [moose], 2 * minuteMs);
    for (const id of [order.id, second.id]) {
      const detail = await look(id);
      expect(detail, detail.explain).toMatchObject({
        status: 'completed',
        failure: null,
        verification: { is_verified: true },
        counters: { agent_runs: 1 },
      });
      const { stdout } = await runGit(repositoryPath, ['ls-tree', '-r', '--name-only', detail.branch ?? '']);
      const added = stdout.split('\n').filter((path) => /env|node_modules|tested/.test(path));
      expect(added).toEqual(['tested.txt']);
    }
    const setups = await database.query
      .selectFrom('sessions')
      .select('name')
      .where('name', 'like', '%setup')
      .execute();
    expect(setups).toHaveLength(1);
  },
  installTimeoutMs + 5 * minuteMs,
);
