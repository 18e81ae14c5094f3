import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentReport } from '../../engine/ports/agent.ts';
import type { ApplyResult } from './apply-proposal.ts';
import { reportPatch } from './report.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-patch-report-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const end = { exitCode: 3, signal: null, reason: null, startedAt: new Date(0), endedAt: new Date(1_000) };

async function report(...events: object[]): Promise<AgentReport> {
  const stdoutPath = join(base, 'stdout.log');
  writeFileSync(stdoutPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return await reportPatch({ sessionPath: base, stdoutPath, stderrPath: join(base, 'stderr.log') }, end);
}

const result: ApplyResult = {
  type: 'result',
  outcome: 'applied',
  changedFiles: ['a', 'b'],
  refusals: [],
  problem: null,
};

test('an application is a success that cost nothing', async () => {
  expect(await report({ type: 'written', path: 'a' }, result)).toEqual({
    finalEvent: 'success',
    summary: 'Applied the proposal to 2 files.',
    failure: null,
    costNanoUsd: 0n,
    modelCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
  });
});

test('a refusal tells everything that the next attempt needs, in the summary too', async () => {
  const refusals = [
    {
      edit: 0,
      path: 'a',
      reason: 'the search text does not occur in the file',
      hint: 'Line 3 is the nearest: "x"',
    },
    { edit: 2, path: 'b', reason: 'this is a directory', hint: null },
  ];
  const { finalEvent, summary, failure } = await report({
    ...result,
    outcome: 'refused',
    changedFiles: [],
    refusals,
  });
  expect(finalEvent).toBe('refused');
  expect(summary).toBe(
    'a: the search text does not occur in the file. Line 3 is the nearest: "x". b: this is a directory.',
  );
  expect(failure).toMatchObject({ code: 'PATCH_REFUSED', category: 'permanent', metadata: { refusals } });
});

const problems = [
  ['DISK_FULL', 'DISK_FULL', 'configuration'],
  ['WORKTREE_MISSING', 'PATCH_WORKTREE_MISSING', 'transient'],
  ['WORKTREE_MOVED', 'PATCH_WORKTREE_MOVED', 'transient'],
  ['PROPOSAL_UNREADABLE', 'PATCH_PROPOSAL_UNREADABLE', 'permanent'],
  ['WRITE_FAILED', 'PATCH_WRITE_FAILED', 'configuration'],
  ['A_NEW_ONE', 'PATCH_WRITE_FAILED', 'configuration'],
] as const;
test.each(problems)('a problem is a failure with advice: %s', async (problem, code, category) => {
  const { finalEvent, failure } = await report({
    ...result,
    outcome: 'failed',
    problem: { code: problem, message: 'EACCES: permission denied.' },
  });
  expect({ finalEvent, code: failure?.code, category: failure?.category }).toEqual({
    finalEvent: 'failure',
    code,
    category,
  });
  expect(failure?.advice).toMatch(/^[A-Z].*\.$/);
});

test('a result that nobody understands is no result', async () => {
  expect(await report({ type: 'result', outcome: 'perhaps' })).toMatchObject({
    finalEvent: 'missing',
    failure: { code: 'AGENT_NO_RESULT' },
    costNanoUsd: 0n,
  });
});
