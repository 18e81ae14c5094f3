import { expect, test } from 'vitest';
import { failureCategories, failureClasses } from '../../domain/failure.ts';
import { runSteps } from '../../domain/transitions.ts';
import { defaultRecoveryPolicies } from './default-policies.ts';
import { describePolicy } from './describe-policy.ts';
import {
  decideRecovery,
  type Failure,
  outsideComponents,
  policyFor,
  type RecoveryComponent,
  type Used,
} from './recovery-policy.ts';

const components: RecoveryComponent[] = [...runSteps, ...outsideComponents];
const plain: Failure = {
  category: 'transient',
  code: 'X',
  failureClass: 'orchestration_error',
  retryAfterMs: undefined,
};
const fresh = { retries: 0, pauses: 0 };
const codes = new Set(defaultRecoveryPolicies.flatMap(({ code }) => (code ? [code.replace('*', 'X')] : [])));
const everyFailure: Failure[] = failureCategories.flatMap((category) =>
  failureClasses.flatMap((failureClass) =>
    [...codes, 'X'].map((code) => ({ category, failureClass, code, retryAfterMs: undefined })),
  ),
);
const decide = (component: RecoveryComponent, failure: Partial<Failure>, used: Used = fresh) =>
  decideRecovery(defaultRecoveryPolicies, component, { ...plain, ...failure }, used);

test('R-REC-5: every failure has an answer wherever it occurs, and the last row answers everything that is left', () => {
  expect(defaultRecoveryPolicies.at(-1)).toMatchObject({ component: '*', category: '*', act: 'escalate' });
  for (const component of components) {
    for (const failure of everyFailure)
      expect(decide(component, failure).act).toBe(
        policyFor(defaultRecoveryPolicies, component, failure)?.act,
      );
  }
});

test('no row is hidden by the rows above it', () => {
  const reached = new Set(
    components.flatMap((component) =>
      everyFailure.map((failure) => policyFor(defaultRecoveryPolicies, component, failure)),
    ),
  );
  expect(defaultRecoveryPolicies.filter((row) => !reached.has(row))).toEqual([]);
});

test('a row with a star decides about all codes that begin so', () => {
  const decided = (code: string) => policyFor(defaultRecoveryPolicies, 'preparing', { ...plain, code })?.code;
  expect(['DISK_FULL', 'DISK_READ_ONLY', 'OUT_OF_MEMORY', 'SESSION_OUT_OF_PROCESSES'].map(decided)).toEqual([
    'DISK_*',
    'DISK_*',
    'OUT_OF_*',
    undefined,
  ]);
});

test('the table fits on one screen', () => {
  expect(defaultRecoveryPolicies.length).toBeLessThanOrEqual(50);
  const lines = defaultRecoveryPolicies.map(describePolicy);
  expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(lines.length);
});

/** The delays before each retry until it is given up, and what happens then. */
function delaysOf(component: RecoveryComponent, failure: Partial<Failure> = {}) {
  const delays: number[] = [];
  for (;;) {
    const decision = decide(component, failure, { retries: delays.length, pauses: 0 });
    if (decision.act !== 'retry') return { delays, afterwards: decision.act };
    delays.push(decision.delayMs);
  }
}

test('R-REC-1: routing is retried quickly, models slowly, the forge often, and tracking until the database is back', () => {
  expect(delaysOf('routing')).toEqual({ delays: [1_000, 2_000, 4_000], afterwards: 'compensate' });
  expect(delaysOf('generating', { code: 'MODEL_TIMEOUT' }).delays).toEqual([10_000, 30_000, 60_000]);
  expect(delaysOf('creating_pr').delays).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  const tracking = delaysOf('tracking').delays;
  expect(tracking.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  // Tracking may be retried for a whole night.
  expect(tracking.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(8 * 60 * 60_000);
});

test('R-REC-1: agents are not retried blindly, but refined or replaced', () => {
  const permanent = { category: 'permanent' } as const;
  for (const code of ['AGENT_REFUSED_CHANGE', 'AGENT_CHANGED_NOTHING'])
    expect(decide('applying', { ...permanent, code }).act).toBe('refine');
  expect(decide('verifying', { ...permanent, code: 'CHECK_FAILED' }).act).toBe('refine');
  expect(delaysOf('applying', { code: 'AGENT_CRASHED' })).toEqual({
    delays: [1_000],
    afterwards: 'fall_back',
  });
});

test("R-REC-6: a provider's fault is waited out: one pause after another, longer and longer", () => {
  const pauses = [0, 1, 2, 9].map((n) => decide('generating', {}, { retries: 0, pauses: n }));
  expect(pauses.map((each) => ('delayMs' in each ? [each.act, each.delayMs] : [each.act]))).toEqual([
    ['pause', 10_000],
    ['pause', 30_000],
    ['pause', 60_000],
    ['pause', 60_000],
  ]);
  const quota = { category: 'external', failureClass: 'budget_exceeded', code: 'MODEL_QUOTA' } as const;
  expect(decide('generating', quota).act).toBe('pause');
});

test("R-REC-1: a provider's requested delay is respected, and never shortens the own delay", () => {
  expect(decide('generating', { retryAfterMs: 120_000 })).toMatchObject({ act: 'pause', delayMs: 120_000 });
  expect(decide('generating', { retryAfterMs: 1 })).toMatchObject({ act: 'pause', delayMs: 10_000 });
  expect(decide('creating_pr', { retryAfterMs: 7_000 })).toMatchObject({ act: 'retry', delayMs: 7_000 });
});

test('a check that failed because of the machine or the network is run again, not fixed by the agent', () => {
  expect(decide('verifying', { code: 'CHECK_INTERRUPTED' })).toMatchObject({ act: 'retry', delayMs: 1_000 });
});

test('a permanent or configuration failure becomes a question to a person; before there is a change, all effects are undone first', () => {
  for (const category of ['permanent', 'configuration'] as const) {
    for (const component of ['routing', 'generating'] as const)
      expect(decide(component, { category }).act).toBe('compensate');
    for (const component of ['applying', 'verifying', 'creating_pr', 'tracking'] as const)
      expect(decide(component, { category }).act).toBe('escalate');
  }
  const money = { failureClass: 'budget_exceeded', category: 'permanent' } as const;
  for (const component of components)
    expect(decide(component, money).act).toBe(component === 'reviewer' ? 'degrade' : 'escalate');
});

test('R-REC-4: a table that does not name the reviewer goes on without it', () => {
  const all = {
    component: '*',
    failureClass: '*',
    category: '*',
    act: 'escalate',
    because: 'a person',
  } as const;
  expect(decideRecovery([all], 'reviewer', plain, fresh).act).toBe('degrade');
  expect(decideRecovery([all], 'model', plain, fresh).act).toBe('escalate');
});

test('if no row matches, a person decides', () => {
  expect(decideRecovery([], 'routing', plain, fresh)).toEqual({
    act: 'escalate',
    because: 'no policy matches',
  });
});

test.each(['REMOTE_UNREACHABLE', 'REMOTE_MISSING', 'DISK_FULL', 'REPOSITORY_NOT_FOUND', 'OUT_OF_MEMORY'])(
  'R-GO-9: %s is waited for at every step with looks that are seconds apart, and only then a person is asked',
  (code) => {
    for (const component of runSteps)
      for (const category of ['transient', 'configuration'] as const) {
        const away = { code, category };
        const looks = [0, 1, 2, 3, 900].map((pauses) => decide(component, away, { retries: 9, pauses }));
        for (const look of looks) expect(look).toMatchObject({ act: 'pause', isLimited: true });
        for (const look of looks) expect('delayMs' in look && look.delayMs).toBeLessThanOrEqual(15_000);
        const used = { retries: 0, pauses: 900, hasWaited: true };
        expect(decide(component, away, used)).toMatchObject({ act: 'escalate' });
      }
    // A provider that is away has a circuit and a question of its own, and is waited for without an end.
    expect(decide('generating', {}, { retries: 0, pauses: 9, hasWaited: true })).toMatchObject({
      act: 'pause',
      isLimited: false,
    });
  },
);

test.each(['applying', 'verifying', 'tracking'] as const)(
  'R-REC-3: a lock that stays leads to a question after a minute at %s: it is neither retried for hours nor refined',
  (component) => {
    const locked = { code: 'GIT_LOCKED', failureClass: 'orchestration_error' } as const;
    const waits = [0, 1, 2, 3].map((retries) => decide(component, locked, { retries, pauses: 0 }));
    expect(waits.every(({ act }) => act === 'retry')).toBe(true);
    expect(decide(component, locked, { retries: 4, pauses: 0 }).act).toBe('escalate');
  },
);
