// For tests: a work order with some of everything that its page shows.

import { hostname } from 'node:os';
import { newId, type ReservationId, type SessionId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { toJson } from '../store/storable.ts';
import { plantStepResult } from '../store/work/runs/step-results.fixture.ts';
import type { Scratch } from '../store/work/scratch-rows.fixture.ts';

export const hostile = '"><script>alert(1)</script> \u202egnp.exe\u202c \'); --';

async function finish(
  database: Database,
  of: Scratch,
  step: 'routing' | 'generating' | 'applying' | 'verifying',
  result: object,
  cycle: number,
) {
  const startedAt = new Date();
  const owner = { runId: of.runId, workOrderId: of.workOrderId };
  await plantStepResult(database.query, { ...owner, step, cycle, result, startedAt });
}

export async function aProcess(
  database: Database,
  of: Scratch,
  given: { directory?: string; host?: string; state?: 'running' | 'exited'; cycle?: number } = {},
) {
  const id = newId<SessionId>(new Date());
  const { directory = '/nowhere', host = hostname(), state = 'exited', cycle = 0 } = given;
  await database.query
    .insertInto('sessions')
    .values({
      id,
      workOrderId: of.workOrderId,
      runId: of.runId,
      purpose: 'agent',
      name: 'patch',
      cycle,
      attempt: 1,
      host,
      directory,
      command: 'patch',
      state,
      exitCode: state === 'exited' ? 1 : null,
    })
    .execute();
  return id;
}

async function aCall(database: Database, of: Scratch): Promise<void> {
  const callId = newId<ReservationId>(new Date());
  await database.query
    .insertInto('costTracking')
    .values({
      id: callId,
      type: 'actual',
      status: 'settled',
      serviceName: 'proposer',
      workOrderId: of.workOrderId,
      runId: of.runId,
      reservedNanoUsd: 2_000_000_000n,
      actualNanoUsd: 1_000_000_000n,
      model: 'a/b',
      settledAt: new Date(),
    })
    .execute();
}

export async function aCrash(database: Database, of: Scratch, sessionId: SessionId | null): Promise<string> {
  const errorId = newId(new Date());
  await database.query
    .insertInto('errorEvents')
    .values({
      id: errorId,
      errorType: 'AGENT_CRASHED',
      severity: 'medium',
      component: 'agents',
      operation: 'apply',
      errorMessage: 'It crashed.',
      failureClass: 'unknown',
      category: 'transient',
      fingerprint: 'f',
      step: 'applying',
      runId: of.runId,
      sessionId,
      workOrderId: of.workOrderId,
      rule: 'agent/crash',
      confidence: 0.8,
      metadata: toJson({ advice: 'Try again.' }),
    })
    .execute();
  return errorId;
}

/** A work order whose agent crashed once before it applied the proposal, and whose check then failed. */
export async function aStory(database: Database, of: Scratch, cycle = 0) {
  await finish(
    database,
    of,
    'routing',
    {
      complexity: 0.4,
      tier: 'standard',
      models: ['a/b'],
      agent: 'patch',
      envelopeNanoUsd: '2500000000',
    },
    cycle,
  );
  await finish(
    database,
    of,
    'generating',
    {
      proposal: { plan: `Do it. ${hostile}`, edits: [{}, {}], risks: [] },
      model: 'a/b',
    },
    cycle,
  );
  await aCall(database, of);
  const sessionId = await aProcess(database, of, { cycle });
  await finish(
    database,
    of,
    'applying',
    {
      outcome: 'changed',
      changedFiles: 1,
      agent: 'patch',
      summary: 'It is done.',
    },
    cycle,
  );
  const errorId = await aCrash(database, of, sessionId);
  await finish(
    database,
    of,
    'verifying',
    {
      checks: [{ kind: 'test', command: 'npm test', passed: false, durationMs: 7, outputTail: hostile }],
      feedback: { summary: 'The check test is red', output: 'x' },
    },
    cycle,
  );
  return { sessionId, errorId };
}
