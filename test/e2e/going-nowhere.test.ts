// What a whole Moose does with the score of a run: with `act`, a run that goes nowhere is stopped before it pays for
// another cycle, and a person is asked; one that ends well is not.
import { afterEach, expect, test } from 'vitest';
import { type Ground, openGround, writes } from './ground.fixture.ts';

let ground: Ground;
afterEach(() => ground.close());

const cyclesMax = 6;

/** Only the score can stop a run. */
async function open(mode: 'warn' | 'act'): Promise<void> {
  ground = await openGround();
  const { settings } = ground.opened.moose;
  for (const [key, value] of [
    ['settings.limits.equal_failures', 100],
    ['settings.limits.refinement_cycles', cyclesMax],
    ['settings.policies.pause_early', mode],
    ['settings.limits.without_progress_agent_runs', 100],
    ['settings.limits.without_progress_model_calls', 400],
  ] as const)
    await settings.change(key, { value });
}

/** Each change has more lines than the one before; the check finds the same until a line says that it is done. */
async function submitGrowing(doneAt: number | null) {
  let calls = 0;
  return ground.submit({
    checks: [
      {
        kind: 'test',
        command: 'grep -q done work.txt || { echo "total is wrong"; exit 1; }',
        source: 'given',
      },
    ],
    answer: () => {
      calls += 1;
      const lines = Array.from({ length: 2 ** calls }, (_, line) => `line ${calls}.${line}`);
      return writes(
        'work.txt',
        [...lines, calls === doneAt ? 'done' : 'left', ''].join('\n'),
        `Plan ${calls}`,
      );
    },
  });
}

const scoresOf = (id: string) =>
  ground.opened.database.query
    .selectFrom('runScores')
    .selectAll()
    .where('workOrderId', '=', id as never)
    .orderBy('cycle')
    .execute();

test('R-REC-9: with act, a run that goes nowhere is stopped by its score, and a person is asked', async () => {
  await open('act');
  const { id } = await submitGrowing(null);
  const detail = await ground.settled(id, 120_000);
  expect(detail.status).toBe('needs_review');
  const scores = await scoresOf(id);
  expect(scores.map(({ cycle }) => cycle)).toEqual(scores.map((_, index) => index));
  expect(scores.map(({ hasPaused }) => hasPaused)).toEqual([...scores.slice(1).map(() => false), true]);
  const last = scores.at(-1);
  expect(last?.score).toBeGreaterThanOrEqual(last?.threshold ?? 1);
  expect(last?.reasons).toContainEqual(expect.stringContaining('no cycle got further'));
  // It would have paid for more.
  expect(scores.length).toBeLessThanOrEqual(cyclesMax);
  expect(ground.callsFor(id)).toBe(scores.length);
  const kinds = (detail.escalation?.options as { kind: string }[] | undefined)?.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['refine', 'other_model', 'accept', 'undo']));
  expect(JSON.stringify(detail.escalation?.context)).toContain('probably going nowhere');
  const [pause] = await ground.opened.database.query.selectFrom('forecasts').selectAll().execute();
  expect(pause).toMatchObject({ signal: 'going_nowhere', workOrderId: id });
  expect(pause?.savedNanoUsd).toBeGreaterThan(0n);
}, 180_000);

test('R-REC-9: with act, a run that ends well after three cycles has scores, and is not stopped', async () => {
  await open('act');
  const { id } = await submitGrowing(3);
  expect(await ground.settled(id, 120_000)).toMatchObject({ status: 'completed', escalation: null });
  const scores = await scoresOf(id);
  expect(scores.map(({ cycle, hasPaused }) => [cycle, hasPaused])).toEqual([
    [0, false],
    [1, false],
  ]);
  const nowhere = await ground.opened.moose.nowhere();
  expect(nowhere.here).toMatchObject({ runs: 1, nowhere: 0, paused: 0, warned: 0 });
  expect(nowhere.open).toEqual([]);
}, 180_000);

test('R-REC-9: with warn, the same run goes on to its last cycle, and its warning counts as right', async () => {
  await open('warn');
  const { id } = await submitGrowing(null);
  expect(await ground.settled(id, 120_000)).toMatchObject({ status: 'needs_review' });
  const scores = await scoresOf(id);
  expect(scores).toHaveLength(cyclesMax + 1);
  expect(scores.some(({ hasPaused }) => hasPaused)).toBe(false);
  const { here } = await ground.opened.moose.nowhere();
  expect(here).toMatchObject({ runs: 1, nowhere: 1, warned: 1, warned_nowhere: 1, paused: 0 });
  const { prevention } = await ground.opened.moose.postmortem(id);
  expect(prevention).toContainEqual(
    expect.objectContaining({ what: expect.stringContaining('settings.policies.pause_early') }),
  );
}, 180_000);
