import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortId } from '../../../domain/ids.ts';
import { statuses, stepStates, steps } from '../../../domain/transitions.ts';
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
  proposed,
  run,
  session,
  short,
  tomorrow,
  undoRun,
  working,
} from '../explain-facts.fixture.ts';
import { type ExplainFacts, explain } from './explain.ts';

test.each<[string, ExplainFacts]>([
  ['Waiting in the queue for 1 h; it starts automatically when a slot is free.', facts({})],
  [
    'Waiting in the queue for 1 h, next in line, with 64 in progress; it starts automatically when a slot is free.',
    facts({}, { queue: { ahead: 0, aheadMax: 999, underWay: 64 } }),
  ],
  [
    'Waiting in the queue for 5 min behind 1 other, with 1 in progress; it continues at verifying automatically when a slot is free.',
    facts(working, {
      run: { ...run, executor: null },
      queue: { ahead: 1, aheadMax: 999, underWay: 1 },
    }),
  ],
  [
    'Waiting in the queue for 1 h behind more than 999 others, with 64 in progress; it starts automatically when a slot is free.',
    facts({}, { queue: { ahead: 1_000, aheadMax: 999, underWay: 64 } }),
  ],
  [
    `At verifying: the check 1-test has been running for 1 min; its time limit ends at 12:14:00 UTC, and \`moose cancel ${shortId(id)}\` stops it.`,
    facts(working, {
      run,
      session: { ...session, purpose: 'check', name: '1-test', timeLimitMs: 15 * 60_000 },
    }),
  ],
  [
    'Waiting for 1 h: no Moose process is running; start one with `moose up`.',
    facts({}, { liveExecutors: 0 }),
  ],
  [
    'Stopped at verifying for 5 min because no Moose process is running: start one with `moose up`, and it continues from there.',
    facts(working, { run, session, liveExecutors: 0 }),
  ],
  [
    'Cancel requested 1 min ago; it stops automatically.',
    facts({ ...working, cancelRequestedAt: minutesAgo(1) }, { run }),
  ],
  [
    'Waiting until 13:00:00 UTC to retry generating: slow down. It failed 5 min ago and continues automatically.',
    facts(
      { ...working, step: 'generating', stepState: 'retrying' },
      { run: { ...run, wakeAt: hourAway, waitingFor: 'slow down' } },
    ),
  ],
  [
    'Waiting until 2026-03-11 12:00:00 UTC to retry generating: The failure was temporary. It failed 5 min ago and continues automatically.',
    facts({ ...working, step: 'generating', stepState: 'retrying' }, { run: { ...run, wakeAt: tomorrow } }),
  ],
  [
    'About to retry generating automatically, 5 min after it failed: slow down.',
    facts(
      { ...working, step: 'generating', stepState: 'retrying' },
      { run: { ...run, wakeAt: minutesAgo(1), waitingFor: 'slow down' } },
    ),
  ],
  [
    `At applying: the agent patch has been running for 1 min; its time limit ends at 12:04:00 UTC, and \`moose cancel ${short}\` stops it.`,
    facts({ ...working, step: 'applying' }, { run, session }),
  ],
  [
    `At verifying: the check test has been running for 2 min; the time limit for checks applies, and \`moose cancel ${short}\` stops it.`,
    facts(working, { run, session: { ...session, purpose: 'check', name: 'test', startedAt: null } }),
  ],
  [
    'Waiting in the queue for 5 min; it continues at verifying automatically when a slot is free.',
    facts(working, { run: { ...run, executor: null } }),
  ],
  [
    `Waiting at generating for an answer of anthropic/claude-opus-4 for 2 min: a call that exceeds its time limit (settings.limits.model_timeout_ms) is aborted, and it continues automatically; \`moose cancel ${short}\` stops it.`,
    facts(
      { ...working, step: 'generating' },
      { run, call: { model: 'anthropic/claude-opus-4', sentAt: minutesAgo(2) } },
    ),
  ],
  [
    `At verifying for 5 min; it continues automatically, and \`moose logs ${short} -f\` shows its progress.`,
    facts(working, { run }),
  ],
  [
    `Waiting for your approval for 1 h: \`moose approve ${short}\` starts it; \`moose cancel ${short}\` cancels it.`,
    facts({ needsApproval: true }, { liveExecutors: 0 }),
  ],
  [
    'Waiting in the queue for 1 h; it starts automatically when a slot is free.',
    facts({ needsApproval: true, approvedBy: 'human:ada', approvedAt: now }),
  ],
  [
    `Paused by ada 3 min ago, before it started; \`moose resume ${short}\` continues it.`,
    facts(held, { run: { ...run, executor: null } }),
  ],
  [
    `Paused by ada 3 min ago: the agent patch still finishes, and nothing starts after it; \`moose resume ${short}\` continues it.`,
    facts({ ...working, ...held }, { run, session }),
  ],
  [
    `Paused by ada 3 min ago: verifying still finishes, and nothing starts after it; \`moose resume ${short}\` continues it.`,
    facts({ ...working, ...held }, { run }),
  ],
  [
    `Paused by ada 3 min ago, at verifying: it holds no slot; \`moose resume ${short}\` continues it from there.`,
    facts({ ...working, ...held }, { run: { ...run, executor: null } }),
  ],
  [
    `Paused by ada 3 min ago, at verifying: it holds no slot; \`moose resume ${short}\` continues it from there once Moose is running (\`moose up\`).`,
    facts({ ...working, ...held }, { run: { ...run, executor: null }, liveExecutors: 0 }),
  ],
  [
    'Cancel requested 1 min ago; it stops automatically.',
    facts({ ...working, ...held, cancelRequestedAt: minutesAgo(1) }, { run }),
  ],
  [
    'Waiting for you for 5 min: The check test failed. Look at its output.',
    facts({ status: 'needs_review', step: 'verifying', failure }, { run: { ...run, state: 'ended' } }),
  ],
  [
    `Waiting for you for 5 min: It needs review. \`moose retry ${short}\` or \`moose undo ${short}\`.`,
    facts({ status: 'needs_review', step: 'verifying' }),
  ],
  [
    'Waiting for its pull request at https://git.example.com/acme/api/pulls/7 for 5 min: CI: 1 of 2 checks have not finished (build). It continues automatically.',
    facts(
      {
        status: 'in_progress',
        step: 'awaiting_ci',
        stepState: 'running',
        pullRequestUrl: 'https://git.example.com/acme/api/pulls/7',
      },
      { pullRequestWaits: 'CI: 1 of 2 checks have not finished (build).' },
    ),
  ],
  [
    `Ready to merge for 5 min: see the change with \`moose diff ${short}\`, merge it with \`moose merge ${short}\`.`,
    facts({ status: 'completed', stepState: 'done' }, { proposed }),
  ],
  [
    `Completed 5 min ago: see the change with \`moose diff ${short}\`.`,
    facts({ status: 'completed', stepState: 'done' }),
  ],
  [
    `Ready to merge for 5 min, not verified (no check said anything): see the change with \`moose diff ${short}\`, merge it with \`moose merge ${short}\`.`,
    facts(
      { status: 'completed', stepState: 'done', notVerifiedBecause: 'no check said anything' },
      { proposed },
    ),
  ],
  [
    'Completed 5 min ago and merged into main.',
    facts({ status: 'completed', stepState: 'done' }, { mergedInto: 'main' }),
  ],
  [
    'Completed 5 min ago and merged into main. On the forge: CI is green (lint failed, and is not required), and its pull request is merged.',
    facts(
      {
        status: 'completed',
        stepState: 'done',
        changedBy: 'moose:sentinel',
        changedBecause: 'CI is green (lint failed, and is not required), and its pull request is merged',
      },
      { mergedInto: 'main' },
    ),
  ],
  [
    `Ready to merge for 5 min: see the change with \`moose diff ${short}\`, merge it with \`moose merge ${short}\`. On the forge: no check has reported.`,
    facts(
      {
        status: 'completed',
        stepState: 'done',
        changedBy: 'moose:sentinel',
        changedBecause: 'no check has reported',
      },
      { proposed },
    ),
  ],
  [
    'Completed 5 min ago, but not undone: The check test failed. Look at its output.',
    facts({ status: 'completed', stepState: 'done', failure }),
  ],
  [
    'Failed 5 min ago and left nothing behind: The check test failed. Look at its output.',
    facts({ status: 'failed', failure }),
  ],
  [
    `Failed 5 min ago and left nothing behind: The cause is unknown. \`moose retry ${short}\` or \`moose undo ${short}\`.`,
    facts({ status: 'failed' }),
  ],
  [
    `Cancelled 5 min ago. \`moose undo ${short} --plan\` shows what is left of it.`,
    facts({ status: 'cancelled' }),
  ],
  [
    `Cancelled 5 min ago: pull request 7 was closed without a merge. Open it again, and the work order continues. \`moose undo ${short} --plan\` shows what is left of it.`,
    facts({
      status: 'cancelled',
      changedBy: 'moose:sentinel',
      changedBecause: 'pull request 7 was closed without a merge',
    }),
  ],
  [
    `Ready to merge for 5 min: see the change with \`moose diff ${short}\`, merge it with \`moose merge ${short}\`. main lacks a commit.`,
    facts(
      { status: 'completed' },
      { proposed, ground: [{ what: 'base behind', words: 'main lacks a commit.' }] },
    ),
  ],
  [
    `Completed 5 min ago: see the change with \`moose diff ${short}\`. main contains it.`,
    facts({ status: 'completed' }, { ground: [{ what: 'merged by hand', words: 'main contains it.' }] }),
  ],
  [
    'Undo requested 2 min ago; it finishes automatically.',
    facts({ status: 'failed', failure }, { run: undoRun }),
  ],
  [
    'Undo requested 2 min ago, but no Moose process is running: start one with `moose up`.',
    facts({ status: 'completed' }, { run: undoRun, liveExecutors: 0 }),
  ],
  [
    'Waiting for 3 min for a machine that can do it: beta does not have the repository /srv/api. It continues when a `moose worker` runs on one.',
    facts({}, { run: left }),
  ],
  [
    'Waiting at verifying for 3 min for a machine that can do it: beta does not have the repository /srv/api. It continues when a `moose worker` runs on one.',
    facts(working, { run: left }),
  ],
  [
    'Waiting to be undone for 3 min for a machine that can do it: beta does not have the repository /srv/api. It continues when a `moose worker` runs on one.',
    facts({ status: 'completed' }, { run: { ...left, kind: 'undo' } }),
  ],
  [
    'At verifying for 5 min, but the process on alpha that runs it has not responded since 12:00:00 UTC. It continues automatically: another Moose process takes it over by 13:00:00 UTC.',
    facts(working, { run, session, silence: { host: 'alpha', heardAt: now, takenOverBy: hourAway } }),
  ],
  [
    'At verifying for 5 min, but the process on alpha that runs it has not responded since 12:00:00 UTC, and no other Moose process can take it over: start one with `moose up`, or let that one continue.',
    facts(working, { run, session, silence: { host: 'alpha', heardAt: now, takenOverBy: null } }),
  ],
])('R-PIPE-13: %s', (sentence, given) => {
  expect(explain(given)).toBe(sentence);
});

test("R-FAIL-5: fear: the database's disk is full, and work is said to continue by itself", () => {
  const writesRefused = 'could not extend file: No space left on device';
  const at = (status: 'pending' | 'in_progress' | 'completed') =>
    explain(facts({ status }, { writesRefused }));
  expect(at('in_progress')).toMatch(
    /database rejects writes: could not extend file.* Free space on its disk/,
  );
  expect(at('pending')).toContain('database rejects writes');
  expect(at('completed')).not.toContain('rejects');
});

test('R-LRN-5: work under way says why its model was chosen, if its project has turned learning on', () => {
  const chosen =
    'Chosen by the learned policy: a/b with patch, chance 0.62; the static rule would have chosen c/d.';
  expect(explain(facts({ status: 'in_progress' }, { chosen }))).toMatch(
    /^At .*\. Chosen by the learned policy: a\/b/,
  );
  expect(explain(facts({ status: 'completed' }, { chosen }))).not.toContain('Chosen');
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const at = fc.integer({ min: -5_000_000, max: 5_000_000 }).map((minutes) => minutesAgo(minutes));
/** Texts as programs write them: with line breaks, and without a full stop. */
const text = fc.stringMatching(/^[\w .:\n\t-]{0,40}$/).filter((each) => !/undefined|null|NaN/.test(each));

test('R-PIPE-13: every work order in every state has an answer in one line: what, since when, what unblocks it', () => {
  const given = fc.record({
    order: fc.record({
      status: fc.constantFrom(...statuses),
      step: maybe(fc.constantFrom(...steps)),
      stepState: maybe(fc.constantFrom(...stepStates)),
      failure: maybe(fc.record({ code: fc.constant('X'), message: text, advice: text })),
      updatedAt: at,
      createdAt: at,
      finishedAt: maybe(at),
      cancelRequestedAt: maybe(at),
      parkedAt: maybe(at),
    }),
    run: fc.option(
      fc.record({
        kind: fc.constantFrom('work' as const, 'undo' as const),
        state: fc.constantFrom('running' as const, 'ended' as const),
        executor: maybe(fc.constant('a')),
        wakeAt: maybe(at),
        waitingFor: maybe(text),
        createdAt: at,
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
      // The advice of the failure itself may be worded in any way.
      if (!one.order.failure?.advice) expect(said).toMatch(/`moose [a-z]+|automatically/);
    }),
    { numRuns: 2_000 },
  );
});
