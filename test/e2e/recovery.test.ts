// How Moose recovers from a failure apart from retrying: it continues without a reviewer, uses another agent,
// distinguishes faults of the machine from those of the change, and stops loops.
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ScriptedAnswer, ScriptedRequest } from '../../src/demo/scripted-answer.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';

let ground: Ground;
afterEach(() => ground.close());

const approved = { raw: JSON.stringify({ verdict: 'approve', findings: [] }) };
const revise = (finding: string) => ({ raw: JSON.stringify({ verdict: 'revise', findings: [finding] }) });
const isReview = ({ system }: ScriptedRequest) => system.includes('You are the Reviewer');

/** A work order whose writer always proposes a change, and whose reviewer gives these answers. */
async function withReviewer(review: (nth: number) => ScriptedAnswer) {
  ground = await openGround({ MOOSE_REVIEWER: 'scripted/strong' });
  const prompts: string[] = [];
  let reviews = 0;
  const { id } = await ground.submit({
    answer: (request) => {
      if (isReview(request)) {
        reviews += 1;
        return review(reviews);
      }
      prompts.push(request.prompt);
      return writes('change.txt', `Draft ${prompts.length}\n`, `Plan ${prompts.length}`);
    },
  });
  const detail = await ground.settled(id);
  return { id, detail, prompts, reviews: () => reviews };
}

/** The degradations without those of the machine, which may be under load while the tests run. */
const degradations = () =>
  ground.opened.database.query
    .selectFrom('degradations')
    .selectAll()
    .where('feature', '=', 'review of changes')
    .execute();

test('R-REC-4: a reviewer sends a proposal back once, and its findings reach the writer', async () => {
  const { detail, prompts, reviews } = await withReviewer((nth) =>
    nth === 1 ? revise('It misses the empty line.') : approved,
  );
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0 } });
  expect([prompts.length, reviews()]).toEqual([2, 2]);
  expect(prompts[1]).toContain('It misses the empty line.');
  expect(prompts[1]).toContain('Plan 1');
  expect((await ground.opened.moose.workOrders.diff(detail.id)).patch).toContain('+Draft 2');
  expect(await degradations()).toEqual([]);
});

test('R-REC-4: a reviewer that is never satisfied does not stop the work: the checks decide', async () => {
  const { detail, prompts, reviews } = await withReviewer((nth) => revise(`Finding ${nth}.`));
  expect(detail.status).toBe('completed');
  expect([prompts.length, reviews()]).toEqual([2, 2]);
});

test('R-REC-4, R-REC-5: a reviewer sends the change of a coding agent back once, and the pull request has the remaining findings', async () => {
  ground = await openGround({ MOOSE_REVIEWER: 'scripted/strong', MOOSE_AGENT: 'claude-code' });
  const prompts: string[] = [];
  const { id } = await ground.submit({
    description: 'Behave: succeed',
    answer: (request) => {
      if (isReview(request)) prompts.push(request.prompt);
      return revise('The name says nothing.');
    },
  });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1, agent_runs: 2 } });
  expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
    ['REVIEW_REQUESTS_CHANGES', 'refine'],
  ]);
  // The agent makes the same change again, so it is reviewed only once, and the checks decide.
  expect(prompts).toHaveLength(1);
  expect(prompts[0]).toContain('+whole');
});

test.each<[string, ScriptedAnswer, string]>([
  ['answers nonsense', { raw: 'LGTM!' }, 'REVIEW_UNUSABLE'],
  ['is away', { status: 503, body: { error: { message: 'No.' } } }, 'MODEL_OVERLOADED'],
  ['refuses our key', { status: 401, body: { error: { message: 'No.' } } }, 'MODEL_AUTHENTICATION'],
])(
  'R-REC-4: if the reviewer %s, the work continues without a review, and says so',
  async (_, answer, code) => {
    const { detail, prompts } = await withReviewer(() => answer);
    expect(detail).toMatchObject({ status: 'completed', failure: null });
    expect(prompts).toHaveLength(1);
    expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
      [code, 'degrade'],
    ]);
    const kinds = (await ground.opened.moose.workOrders.events(detail.id, { limit: 1_000 })).items.map(
      ({ kind }) => kind,
    );
    expect(kinds).toContain('degraded');
    // The degradation ends by itself, here with the work order.
    await eventually(async () => {
      const [one, ...others] = await degradations();
      expect(others).toEqual([]);
      expect(one).toMatchObject({ until: expect.any(Date) });
    });
  },
);

test('R-REC-5: an agent that keeps crashing is replaced by the next one, which gets the same task', async () => {
  ground = await openGround({ MOOSE_AGENT: 'claude-code', MOOSE_FALLBACK_AGENTS: 'patch' });
  const { id } = await ground.submit({
    description: 'Behave: die',
    answer: () => writes('whole.txt', 'whole\n'),
  });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', failure: null });
  expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
    ['AGENT_CRASHED', 'retry'],
    ['AGENT_CRASHED', 'fall_back'],
  ]);
  const agents = detail.sessions.filter(({ purpose }) => purpose === 'agent').map(({ name }) => name);
  expect(agents).toEqual(['claude-code', 'claude-code', 'patch']);
  expect((await ground.opened.moose.workOrders.diff(id)).patch).not.toContain('half');
});

test('R-REC-5: an agent that is not installed is replaced, unless a person has requested it', async () => {
  const missing = '/nowhere/claude';
  ground = await openGround({
    MOOSE_AGENT: 'claude-code',
    MOOSE_FALLBACK_AGENTS: 'patch',
    MOOSE_CLAUDE_PATH: missing,
  });
  const { id } = await ground.submit();
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  // No agent is installed that could do the work, so the request is refused at once (R-SES-4).
  await expect(ground.submit({ agent: 'claude-code' })).rejects.toMatchObject({
    code: 'AGENT_PROGRAM_MISSING',
    message: expect.stringContaining('Nothing was submitted.'),
  });
});

test('R-REC-6: a check that the machine killed is run again, and no cycle is charged for it', async () => {
  ground = await openGround();
  const marker = join(ground.shared, 'killed-once');
  const command = `test -e ${marker} || { touch ${marker}; kill -KILL $$; }`;
  const { id } = await ground.submit({ checks: [{ kind: 'test', command, source: 'given' }] });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0, model_calls: 1 } });
  expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
    ['CHECK_INTERRUPTED', 'retry'],
  ]);
});

test('R-REC-9: a model that repeats a proposal is stopped before a third call is paid', async () => {
  ground = await openGround();
  const { id } = await ground.submit({
    checks: [{ kind: 'test', command: 'echo "expected 1, got 2"; exit 1', source: 'given' }],
    answer: () => writes('same.txt', 'Same\n'),
  });
  const detail = await ground.settled(id);
  expect(detail.status).toBe('needs_review');
  expect(ground.callsFor(id)).toBeLessThanOrEqual(2);
  const [forecast] = await ground.opened.database.query.selectFrom('forecasts').selectAll().execute();
  expect(forecast).toMatchObject({ signal: 'going_nowhere', workOrderId: id });
  expect(forecast?.savedNanoUsd).toBeGreaterThan(0n);
});
