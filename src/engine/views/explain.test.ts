import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortId } from '../../domain/ids.ts';
import { statuses, stepStates, steps } from '../../domain/transitions.ts';
import { type ExplainFacts, explain } from './explain.ts';
import {
  facts,
  failure,
  held,
  hourAway,
  id,
  left,
  minutesAgo,
  now,
  order,
  run,
  session,
  short,
  tomorrow,
  undoRun,
  working,
} from './explain-facts.fixture.ts';

test.each<[string, ExplainFacts]>([
  ['Waiting since 1 h in the queue; it starts by itself as soon as a place is free.', facts({})],
  [
    'Waiting since 1 h in the queue as the next one, while 64 are worked on; it starts by itself as soon as a place is free.',
    facts({}, { queue: { ahead: 0, aheadMax: 999, underWay: 64 } }),
  ],
  [
    'Waiting since 5 min in the queue behind 1 other, while 1 is worked on, to go on at verifying by itself as soon as a place is free.',
    facts(working, {
      run: { ...run, executor: null },
      queue: { ahead: 1, aheadMax: 999, underWay: 1 },
    }),
  ],
  [
    'Waiting since 1 h in the queue behind more than 999 others, while 64 are worked on; it starts by itself as soon as a place is free.',
    facts({}, { queue: { ahead: 1_000, aheadMax: 999, underWay: 64 } }),
  ],
  [
    `At verifying: the check 1-test has been running for 1 min; its time ends at 12:14:00 UTC, and \`moose cancel ${shortId(id)}\` stops it.`,
    facts(working, {
      run,
      session: { ...session, purpose: 'check', name: '1-test', timeLimitMs: 15 * 60_000 },
    }),
  ],
  [
    'Waiting since 1 h for a Moose to take it up, and none is running: start `moose up`.',
    facts({}, { liveExecutors: 0 }),
  ],
  [
    'Stopped at verifying since 5 min because no Moose is running: start `moose up`, and it goes on from there.',
    facts(working, { run, session, liveExecutors: 0 }),
  ],
  [
    'Being stopped since 1 min, as you asked; it ends by itself.',
    facts({ ...working, cancelRequestedAt: minutesAgo(1) }, { run }),
  ],
  [
    'Waiting until 13:00:00 UTC to try generating again: slow down. It failed 5 min ago, and goes on by itself.',
    facts(
      { ...working, step: 'generating', stepState: 'retrying' },
      { run: { ...run, wakeAt: hourAway, waitingFor: 'slow down' } },
    ),
  ],
  [
    'Waiting until 2026-03-11 12:00:00 UTC to try generating again: It failed in passing. It failed 5 min ago, and goes on by itself.',
    facts({ ...working, step: 'generating', stepState: 'retrying' }, { run: { ...run, wakeAt: tomorrow } }),
  ],
  [
    'About to try generating again, by itself, after 5 min: slow down.',
    facts(
      { ...working, step: 'generating', stepState: 'retrying' },
      { run: { ...run, wakeAt: minutesAgo(1), waitingFor: 'slow down' } },
    ),
  ],
  [
    `At applying: the agent patch has been running for 1 min; its time ends at 12:04:00 UTC, and \`moose cancel ${short}\` stops it.`,
    facts({ ...working, step: 'applying' }, { run, session }),
  ],
  [
    `At verifying: the check test has been running for 2 min; its time ends by the limit for checks, and \`moose cancel ${short}\` stops it.`,
    facts(working, { run, session: { ...session, purpose: 'check', name: 'test', startedAt: null } }),
  ],
  [
    'Waiting since 5 min in the queue, to go on at verifying by itself as soon as a place is free.',
    facts(working, { run: { ...run, executor: null } }),
  ],
  [
    `At verifying since 5 min; it goes on by itself, and \`moose logs ${short} -f\` shows how.`,
    facts(working, { run }),
  ],
  [
    `Waiting for your approval since 1 h: nothing begins before \`moose approve ${short}\`; \`moose cancel ${short}\` gives it up.`,
    facts({ needsApproval: true }, { liveExecutors: 0 }),
  ],
  [
    'Waiting since 1 h in the queue; it starts by itself as soon as a place is free.',
    facts({ needsApproval: true, approvedBy: 'human:ada', approvedAt: now }),
  ],
  [
    `Paused by ada since 3 min: it does not begin before that ends; \`moose resume ${short}\` lets it go on.`,
    facts(held, { run: { ...run, executor: null } }),
  ],
  [
    `Paused by ada since 3 min: the agent patch is let finish, and nothing begins after it; \`moose resume ${short}\` lets it go on.`,
    facts({ ...working, ...held }, { run, session }),
  ],
  [
    `Paused by ada since 3 min: verifying is let finish, and nothing begins after it; \`moose resume ${short}\` lets it go on.`,
    facts({ ...working, ...held }, { run }),
  ],
  [
    `Paused by ada since 3 min, at verifying: it holds no place; \`moose resume ${short}\` lets it go on from there.`,
    facts({ ...working, ...held }, { run: { ...run, executor: null } }),
  ],
  [
    `Paused by ada since 3 min, at verifying: it holds no place; \`moose resume ${short}\` lets it go on from there once a Moose runs (\`moose up\`).`,
    facts({ ...working, ...held }, { run: { ...run, executor: null }, liveExecutors: 0 }),
  ],
  [
    'Being stopped since 1 min, as you asked; it ends by itself.',
    facts({ ...working, ...held, cancelRequestedAt: minutesAgo(1) }, { run }),
  ],
  [
    'Waiting for you since 5 min: The check test failed. Look at its output.',
    facts({ status: 'needs_review', step: 'verifying', failure }, { run: { ...run, state: 'ended' } }),
  ],
  [
    `Waiting for you since 5 min: It needs review. \`moose retry ${short}\` or \`moose undo ${short}\`.`,
    facts({ status: 'needs_review', step: 'verifying' }),
  ],
  [
    `Completed 5 min ago: look with \`moose diff ${short}\`, take it with \`moose merge ${short}\`.`,
    facts({ status: 'completed', stepState: 'done' }),
  ],
  [
    'Completed 5 min ago, and merged into main.',
    facts({ status: 'completed', stepState: 'done' }, { mergedInto: 'main' }),
  ],
  [
    'Completed 5 min ago, and not undone: The check test failed. Look at its output.',
    facts({ status: 'completed', stepState: 'done', failure }),
  ],
  [
    'Failed 5 min ago, and nothing is left of it: The check test failed. Look at its output.',
    facts({ status: 'failed', failure }),
  ],
  [
    `Failed 5 min ago, and nothing is left of it: Nobody knows why. \`moose retry ${short}\` or \`moose undo ${short}\`.`,
    facts({ status: 'failed' }),
  ],
  [
    `Cancelled 5 min ago; nothing happens any more. What is left of it, \`moose undo ${short} --plan\` shows.`,
    facts({ status: 'cancelled' }),
  ],
  ['Being undone since 2 min; it ends by itself.', facts({ status: 'failed', failure }, { run: undoRun })],
  [
    'To be undone since 2 min, and no Moose is running: start `moose up`.',
    facts({ status: 'completed' }, { run: undoRun, liveExecutors: 0 }),
  ],
  [
    'Waiting for 3 min for a machine that has its repository: beta does not have the repository /srv/api. It goes on by itself when a `moose worker` runs on one.',
    facts({}, { run: left }),
  ],
  [
    'Waiting at verifying for 3 min for a machine that has its repository: beta does not have the repository /srv/api. It goes on by itself when a `moose worker` runs on one.',
    facts(working, { run: left }),
  ],
  [
    'Waiting to be undone for 3 min for a machine that has its repository: beta does not have the repository /srv/api. It goes on by itself when a `moose worker` runs on one.',
    facts({ status: 'completed' }, { run: { ...left, kind: 'undo' } }),
  ],
  [
    'At verifying since 5 min, and nobody looks after it: the process on alpha that carries it was last heard of at 12:00:00 UTC. It goes on by itself: another Moose takes it over by 13:00:00 UTC.',
    facts(working, { run, session, silence: { host: 'alpha', heardAt: now, takenOverBy: hourAway } }),
  ],
  [
    'At verifying since 5 min, and nobody looks after it: the process on alpha that carries it was last heard of at 12:00:00 UTC, and no other Moose is there to take it over: start one with `moose up`, or let that one go on.',
    facts(working, { run, session, silence: { host: 'alpha', heardAt: now, takenOverBy: null } }),
  ],
])('R-PIPE-13: %s', (sentence, given) => {
  expect(explain(given)).toBe(sentence);
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const at = fc.integer({ min: -5_000_000, max: 5_000_000 }).map((minutes) => minutesAgo(minutes));
/** Texts as programs write them: with lines, and without a full stop. */
const text = fc.stringMatching(/^[\w .:\n\t-]{0,40}$/).filter((each) => !/undefined|null|NaN/.test(each));

test('R-PIPE-13: every work order in every state has an answer in one line: what, since when, what unblocks it', () => {
  const given = fc.record({
    order: fc.record({
      status: fc.constantFrom(...statuses),
      step: maybe(fc.constantFrom(...steps)),
      stepState: maybe(fc.constantFrom(...stepStates)),
      failure: maybe(fc.record({ code: fc.constant('X'), message: text, advice: text })),
      ...{
        updatedAt: at,
        createdAt: at,
        finishedAt: maybe(at),
        cancelRequestedAt: maybe(at),
        parkedAt: maybe(at),
      },
    }),
    run: fc.option(
      fc.record({
        kind: fc.constantFrom('work' as const, 'undo' as const),
        state: fc.constantFrom('running' as const, 'ended' as const),
        executor: maybe(fc.constant('a')),
        ...{ wakeAt: maybe(at), waitingFor: maybe(text), createdAt: at },
      }),
      { nil: undefined },
    ),
    session: fc.option(
      fc.record({ purpose: fc.constantFrom('agent' as const, 'check' as const), startedAt: maybe(at) }),
      { nil: undefined },
    ),
    liveExecutors: fc.nat(2),
    silence: fc.option(fc.record({ host: fc.constant('h'), heardAt: at, takenOverBy: maybe(at) }), {
      nil: undefined,
    }),
  });
  fc.assert(
    fc.property(given, (one) => {
      const said = explain({
        order: { ...order, ...one.order },
        run: one.run && { ...run, ...one.run },
        session: one.session && { ...session, ...one.session },
        mergedInto: null,
        liveExecutors: one.liveExecutors,
        silence: one.silence,
        now,
      });
      expect(said).not.toMatch(/undefined|null|NaN|Invalid|\n| {2}/);
      expect(said).toMatch(/^[A-Z]/);
      expect(said).toMatch(/\d+ (s|min|h|days)\b/);
      // An advice of the failure's own says it in its own words.
      if (!one.order.failure?.advice) expect(said).toMatch(/`moose [a-z]+|by itself/);
    }),
    { numRuns: 2_000 },
  );
});
