import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { describeEvent, type EventRow } from './describe-event.ts';

const event: EventRow = {
  id: 1n,
  workOrderId: newId<WorkOrderId>(new Date()),
  at: new Date(),
  kind: 'transition',
  fromState: null,
  toState: null,
  actor: 'patch',
  reason: '',
  detail: {},
  factKey: null,
};

type Case = [string, Partial<EventRow>];
const cases: Case[] = [
  ['pending: submitted', { toState: { status: 'pending' }, reason: 'submitted' }],
  [
    'pending → in_progress, – → routing, – → running: taken up',
    {
      fromState: { status: 'pending', step: null, step_state: null },
      toState: { status: 'in_progress', step: 'routing', step_state: 'running' },
      reason: 'taken up',
    },
  ],
  ['routing done in 0.1 s', { kind: 'step.finished', detail: { step: 'routing', durationMs: 123 } }],
  ['tracking done', { kind: 'step.finished', detail: { step: 'tracking' } }],
  [
    'scripted/light answered (object): 1200 tokens in, 80 out',
    {
      kind: 'model.answered',
      actor: 'scripted/light',
      detail: { kind: 'object', inputTokens: 1200, outputTokens: 80 },
    },
  ],
  ['agent patch started (pid 7)', { kind: 'session.started', detail: { purpose: 'agent', pid: 7 } }],
  [
    'patch ended: exit code 0',
    { kind: 'session.ended', detail: { exitCode: 0, signal: null, reason: null } },
  ],
  [
    'patch ended: killed by SIGKILL',
    { kind: 'session.ended', detail: { exitCode: null, signal: 'SIGKILL' } },
  ],
  [
    'service web is ready: http://localhost:20000/',
    { kind: 'service.ready', actor: 'web', detail: { url: 'http://localhost:20000/' } },
  ],
  ['service db is ready', { kind: 'service.ready', actor: 'db', detail: { url: null } }],
  ['patch ended: stopped (timeout)', { kind: 'session.ended', detail: { reason: 'timeout', exitCode: 143 } }],
  [
    'patch ended: exit code –',
    { kind: 'session.ended', detail: { exitCode: null, signal: null, reason: null } },
  ],
  [
    '✓ test: npm test (1.5 s)',
    {
      kind: 'check.finished',
      actor: 'test',
      detail: { passed: true, command: 'npm test', durationMs: 1_500 },
    },
  ],
  [
    '✗ test: npm test && echo (0.0 s)',
    {
      kind: 'check.finished',
      actor: 'test',
      detail: { passed: false, command: 'npm test &&\n echo', durationMs: 0 },
    },
  ],
  [
    'progress: the agent made a change that is new (396126b)',
    { kind: 'progress', detail: { fact: 'tree:396126b42919' } },
  ],
  [
    'progress: the check npm run a:b passes (396126b)',
    { kind: 'progress', detail: { fact: 'check:test:npm run a:b:396126b42919' } },
  ],
  [
    'progress: pull request 7 has the change (396126b)',
    { kind: 'progress', detail: { fact: 'pull_request:7:396126b42919' } },
  ],
  ['progress: else', { kind: 'progress', detail: { fact: 'else' } }],
  ['candidates: not kept, 2 of 3', { kind: 'candidates.decided', reason: 'not kept, 2 of 3' }],
  [
    'joint change published: all have passed',
    { kind: 'joint.decided', reason: 'published: all have passed' },
  ],
  ['cancel requested by human:me', { kind: 'cancel.requested', actor: 'human:me' }],
  ['undo failed: the branch is checked out', { kind: 'undo.failed', reason: 'the branch is checked out' }],
  [
    'switched from claude-code to patch: it crashed',
    { kind: 'agent.replaced', detail: { from: 'claude-code', to: 'patch', because: 'it crashed' } },
  ],
  [
    'switched from p/one to p/two: it fell silent',
    { kind: 'model.replaced', detail: { from: 'p/one', to: 'p/two', because: 'it fell silent' } },
  ],
  [
    'a/b reviewed the proposal: revise (It is empty.)',
    { kind: 'proposal.reviewed', actor: 'a/b', reason: 'revise', detail: { findings: ['It is empty.'] } },
  ],
  [
    'a/b reviewed the change: approve',
    { kind: 'change.reviewed', actor: 'a/b', reason: 'approve', detail: { findings: [] } },
  ],
  [
    'paused because the provider a is away; it continues automatically',
    { kind: 'paused', reason: 'the provider a is away' },
  ],
  ['left to another machine: it is not here', { kind: 'left_to_others', reason: 'it is not here' }],
  [
    '1-setup was refused: a.example:443 (once); to allow it, write egress: ["a.example"] into .moose/config.yml',
    {
      kind: 'egress.refused',
      actor: '1-setup',
      reason: 'a.example:443 (once)',
      detail: { allow: 'egress: ["a.example"]' },
    },
  ],
  [
    '1-setup was refused: db:5432 (once); to allow it, run `moose project set api --private-host db:5432`',
    {
      kind: 'egress.refused',
      actor: '1-setup',
      reason: 'db:5432 (once)',
      detail: { how: 'run `moose project set api --private-host db:5432`' },
    },
  ],
  [
    'codex was refused: a.example:443 (once); a session with your login reaches only the hosts of its provider',
    {
      kind: 'egress.refused',
      actor: 'codex',
      reason: 'a.example:443 (once)',
      detail: { because: 'a session with your login reaches only the hosts of its provider' },
    },
  ],
  [
    '.moose/config.yml asks for hosts that no person has confirmed, so the work continues without them: for agents: a.example; to confirm them: `moose project set api --confirm-hosts`',
    {
      kind: 'egress.unconfirmed',
      reason: 'for agents: a.example',
      detail: { confirm: 'moose project set api --confirm-hosts' },
    },
  ],
  ['1-test was left behind on alpha', { kind: 'session.left_behind', actor: '1-test', reason: 'on alpha' }],
  [
    '1-test was cleaned up on alpha: it was over',
    { kind: 'session.cleared', actor: '1-test', reason: 'on alpha: it was over' },
  ],
  [
    'No answer for 30 s: Moose waits for the push to /srv/api.',
    { kind: 'answer.slow', reason: 'No answer for 30 s: Moose waits for the push to /srv/api.' },
  ],
  ['paused by ada: lunch', { kind: 'pause.requested', reason: 'by ada: lunch' }],
  ['resumed by ada', { kind: 'resumed', reason: 'by ada' }],
  ['ada accepted it', { kind: 'contract.accepted', reason: 'ada accepted it' }],
  ['approved by ada', { kind: 'approved', reason: 'by ada' }],
  [
    'claude-code answered: it is done',
    { kind: 'message.answered', actor: 'claude-code', reason: 'it is done' },
  ],
  [
    'human:me asked the forge to merge the pull request when its checks have passed',
    { kind: 'pull_request.queued', actor: 'human:me' },
  ],
  [
    'moose:sentinel cancelled the auto-merge of the pull request',
    { kind: 'pull_request.unqueued', actor: 'moose:sentinel' },
  ],
  ['continues without review: it is away', { kind: 'degraded', reason: 'without review: it is away' }],
  ['review is there again', { kind: 'restored', reason: 'review is there again' }],
  ['human:me chose: Retry it.', { kind: 'escalation.answered', reason: 'human:me chose: Retry it.' }],
  ['a value is no secret', { kind: 'secret.allowed', reason: 'a value is no secret' }],
  ['fixed by human:me: 2 commits', { kind: 'fixed.by_hand', reason: '2 commits', actor: 'human:me' }],
  ...[
    'answer.not_applied',
    'ci.rerun',
    'base.merged',
    'pull_request.reverted',
    'pull_request.retargeted',
    'review.continued',
    'worktree.renewed',
    'worktree.set_aside',
  ].map(
    (kind): Case => [
      'build runs again: it may be flaky',
      { kind, reason: 'build runs again: it may be flaky' },
    ],
  ),
  [
    'review thread resolved, on src/cart.ts:3',
    { kind: 'thread.resolved', detail: { path: 'src/cart.ts', line: 3 } },
  ],
  [
    '✓ test with the open changes: npm test (1.2 s)',
    {
      kind: 'together_check.finished',
      actor: 'test',
      detail: { passed: true, command: 'npm test', durationMs: 1_200 },
    },
  ],
  [
    'checked with the open changes: green together with pull request 3',
    { kind: 'together.checked', reason: 'green together with pull request 3' },
  ],
  [
    'claude-code wrote in git, in the repository of this work order only: hook pre-commit; 1 stash',
    { kind: 'git.written', actor: 'claude-code', reason: 'hook pre-commit; 1 stash' },
  ],
  [
    'claude-code asked for a sub-task with $0.50: Fix the parser (waits for your approval)',
    {
      kind: 'subtask.created',
      actor: 'claude-code',
      reason: 'Fix the parser',
      detail: { limitNanoUsd: '500000000', needsApproval: true },
    },
  ],
  [
    'codex asked for a sub-task with –: Fix the parser',
    { kind: 'subtask.created', actor: 'codex', reason: 'Fix the parser', detail: { limitNanoUsd: 'x' } },
  ],
  [
    'codex asked for a sub-task, Fix it, and was refused: It is off.',
    { kind: 'subtask.refused', actor: 'codex', reason: 'It is off.', detail: { title: 'Fix it' } },
  ],
  [
    'sub-task completed: Fix it; it cost $0.20, and $0.30 of its limit came back',
    {
      kind: 'subtask.ended',
      actor: 'moose:subtasks',
      detail: { title: 'Fix it', status: 'completed', costNanoUsd: '200000000', backNanoUsd: '300000000' },
    },
  ],
  [
    'human:ada said that this was asked: tests may change',
    {
      kind: 'asked.added',
      actor: 'human:ada',
      reason: 'human:ada said that this was asked: tests may change',
    },
  ],
  [
    'a/reader read in the task: may skip a',
    { kind: 'asked.read', actor: 'a/reader', reason: 'a/reader read in the task: may skip a' },
  ],
  [
    'the task was not read, and nothing counts as asked: down',
    {
      kind: 'asked.unread',
      actor: 'a/reader',
      reason: 'the task was not read, and nothing counts as asked: down',
    },
  ],
  ['CI is green: build', { kind: 'ci.passed', reason: 'build' }],
  ['CI is red: build', { kind: 'ci.failed', reason: 'build' }],
  ...[
    'alert.raised',
    'error.critical',
    'escalation.opened',
    'escalation.owner',
    'escalation.reminder',
    'escalation.resolved',
    'git_settings.changed',
    'spec.ended',
    'log.probe',
  ].map((kind): Case => [`${kind.replaceAll(/[._]/g, ' ')}: because`, { kind, reason: 'because' }]),
  ['something new: because', { kind: 'something.new', reason: 'because' }],
];

test.each(cases)('%s', (line, changed) => {
  expect(describeEvent({ ...event, ...changed })).toBe(line);
});

test('every kind of event that is recorded anywhere is described', () => {
  const root = new URL('../../../', import.meta.url);
  const recorded = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.startsWith('engine') && path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) => [...readFileSync(new URL(path, root), 'utf8').matchAll(/kind: '([a-z_]+\.[a-z_]+)'/g)])
    .map(([, kind]) => kind);
  expect(recorded.length).toBeGreaterThan(3);
  const described = cases.map(([, { kind }]) => kind);
  for (const kind of recorded) expect(described).toContain(kind);
});

test.each(['base_check.finished', 'proof_check.finished', 'something_new.happened'])(
  'fear: a person reads %s, a name for programs',
  (kind) => {
    const detail = { passed: true, command: 'npm test', durationMs: 1_000 };
    expect(describeEvent({ ...event, kind, actor: 'test', detail })).not.toContain(kind);
  },
);

test('whatever an event lacks, its line is one line and says nothing of undefined', () => {
  const kinds = [...new Set(cases.map(([, { kind }]) => kind ?? 'transition'))];
  const detail = fc.dictionary(
    fc.constantFrom('step', 'durationMs', 'kind', 'pid', 'exitCode', 'signal', 'reason', 'command', 'fact'),
    fc.oneof(fc.constant(null), fc.nat(), fc.constantFrom('a', 'b\nc')),
  );
  const states = fc.option(fc.dictionary(fc.constantFrom('status', 'step'), fc.constantFrom('x', null)), {
    nil: null,
  });
  fc.assert(
    fc.property(fc.constantFrom(...kinds), detail, states, states, (kind, given, fromState, toState) => {
      const line = describeEvent({ ...event, kind, detail: given, fromState, toState });
      expect(line).not.toMatch(/undefined|null|NaN|\n/);
    }),
  );
});
