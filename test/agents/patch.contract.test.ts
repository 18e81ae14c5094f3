// The built-in applier has to meet the same contract as agents with a program of their own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPatch } from '../../src/agents/patch/agent.ts';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import { decideOutcome, type Outcome } from '../../src/domain/work-order/outcome.ts';
import { type Ground, makeGround, makeTask } from './agent-ground.fixture.ts';
import { runSession } from './run-cell.ts';

const greeting: Proposal = {
  plan: 'Greet.',
  edits: [{ kind: 'replace', path: 'hello.txt', search: 'hello', replace: 'hello world' }],
  risks: [],
};
const nothing: Proposal = { ...greeting, edits: [{ kind: 'write', path: 'hello.txt', content: 'hello\n' }] };

function ground(): Ground {
  const made = makeGround({ 'hello.txt': 'hello\n', 'other.txt': 'other\n' });
  onTestFinished(made.remove);
  return made;
}

async function apply(scene: Ground, proposal: Proposal) {
  const task = makeTask(scene, { proposal, model: null });
  return await runSession(createPatch(), task, scene, { watchdog: () => null }, { wallClockMs: 20_000 });
}

const cases: [Outcome, Proposal, string][] = [
  ['changed', greeting, ' M hello.txt\n'],
  ['changed_nothing', nothing, ''],
];
test.each(cases)('R-PIPE-5: %s, and nothing else', async (outcome, proposal, changes) => {
  const scene = ground();
  const head = scene.git('rev-parse', 'HEAD');
  const { end, report } = await apply(scene, proposal);
  expect(report).toMatchObject({ finalEvent: 'success', failure: null });
  expect(end).toMatchObject({ exitCode: 0, signal: null });
  expect(scene.git('status', '--porcelain', '--ignored')).toBe(changes);
  expect(scene.git('rev-parse', 'HEAD')).toBe(head);
  const witnesses = { report, end, ledgerCalls: null, changed: changes !== '', agentCallsModels: false };
  expect(decideOutcome(witnesses).outcome).toBe(outcome);
  const text = readFileSync(join(scene.worktreePath, 'hello.txt'), 'utf8');
  expect(text).toBe(outcome === 'changed' ? 'hello world\n' : 'hello\n');
});

test('R-SES-5: a session that left no output is reported, not thrown', async () => {
  const { sessionPath } = ground();
  const now = new Date();
  const absent = join(sessionPath, 'absent');
  const end = { exitCode: null, signal: null, reason: 'lost' as const, startedAt: now, endedAt: now };
  const report = await createPatch().report({ sessionPath, stdoutPath: absent, stderrPath: absent }, end);
  expect(report).toMatchObject({ finalEvent: 'missing', failure: { retryable: true } });
});

test('R-SEC-4: has its own environment', async () => {
  process.env.MOOSE_TEST_CANARY = 'a secret of Moose';
  onTestFinished(() => void delete process.env.MOOSE_TEST_CANARY);
  const { argv, env } = await createPatch().prepare(makeTask(ground(), { proposal: greeting, model: null }));
  expect(JSON.stringify(env)).not.toContain('a secret of Moose');
  expect(argv[0].startsWith('/')).toBe(true);
});
