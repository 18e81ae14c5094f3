import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureCategories, failureClasses } from '../../domain/failure.ts';
import { steps } from '../../domain/transitions.ts';
import { nothingAsked } from '../../domain/work-order/asked.ts';
import type { PastRun } from '../../store/figures/past-runs.ts';
import { type Estimates, estimatesFrom, type OptionFacts } from './option-facts.ts';
import { optionsFor, optionsMax } from './options.ts';
import { outageOptions } from './outage-options.ts';

const cent = 10_000_000n;
const usd = 100n * cent;
const nobodyKnows: Estimates = () => ({ costNanoUsd: null, chance: null, chanceOf: 0 });

function facts(given: Partial<OptionFacts> = {}): OptionFacts {
  return {
    failure: { code: 'CHECK_FAILED', category: 'permanent', failureClass: 'test_fail', metadata: {} },
    step: 'verifying',
    isParked: false,
    isEmpty: false,
    model: 'p/weak',
    agent: 'patch',
    isCommand: false,
    otherModels: ['p/strong', 'q/other', 'q/third'],
    otherAgents: ['claude-code'],
    chosenBefore: [],
    standing: null,
    limitNanoUsd: null,
    costNanoUsd: cent,
    timeLimitMs: 300_000,
    envelopeNanoUsd: 10n * cent,
    change: { branch: 'moose/x', worktreePath: '/srv/x', redChecks: ['npm test'] },
    ...given,
  };
}

const idsFor = (given: Partial<OptionFacts>, estimates = nobodyKnows) => {
  const { options, recommended } = optionsFor(facts(given), estimates);
  return { ids: options.map(({ id }) => id), recommended };
};

const failed = (
  code: string,
  failureClass: OptionFacts['failure']['failureClass'],
  category = 'permanent',
) => ({
  failure: { code, failureClass, category: category as 'permanent', metadata: {} },
});

test.each([
  ['red checks', {}, 'refine'],
  [
    'an agent that died',
    { ...failed('AGENT_CRASHED', 'unknown', 'transient'), step: 'applying', change: null } as const,
    'retry',
  ],
  [
    'a provider that wants to be paid',
    {
      ...failed('MODEL_QUOTA', 'orchestration_error', 'external'),
      step: 'generating',
      change: null,
    } as const,
    'model:p/strong',
  ],
  [
    'a program that is missing',
    { ...failed('CHECK_PROGRAM_MISSING', 'dependency_missing', 'configuration') } as const,
    'retry',
  ],
  [
    'its own limit that is used up',
    {
      ...failed('BUDGET_EXCEEDED', 'budget_exceeded'),
      step: 'generating',
      limitNanoUsd: cent,
      change: null,
    } as const,
    'raise_limit',
  ],
  [
    'an agent whose time was up',
    { ...failed('AGENT_TIMED_OUT', 'timeout', 'transient'), step: 'applying', change: null } as const,
    'raise_limit',
  ],
  [
    'a spoilt file of a session',
    { ...failed('SESSION_HANDLE_UNREADABLE', 'unknown'), step: 'applying' } as const,
    'retry',
  ],
  ['a file of the machine that is gone', { ...failed('FILE_FAILED', 'unknown') } as const, 'retry'],
  [
    'a push that is refused',
    { ...failed('REMOTE_REJECTED', 'orchestration_error'), step: 'creating_pr' } as const,
    'retry',
  ],
])('R-ESC-3: where nothing has happened yet, after %s', (_, given, recommended) => {
  expect(idsFor(given).recommended).toBe(recommended);
});

const broken = (metadata: Record<string, unknown>) => ({
  code: 'CONTRACT_BROKEN',
  category: 'permanent',
  failureClass: 'contract_violation',
  metadata: { specId: 's', contract: 'Basket', provider: 'basket', role: 'provider', ...metadata },
});

test('R-SPEC-3, R-ESC-3: a broken contract can be sent back, accepted or given up', () => {
  const failure = broken({ objectId: 'a' }) as OptionFacts['failure'];
  const change = { branch: 'moose/x', worktreePath: null, redChecks: [] };
  const { options, recommended } = optionsFor(facts({ failure, change }), nobodyKnows);
  expect(options.find(({ id }) => id === 'retry')).toMatchObject({
    label: 'Send it back to its provider, basket',
    from: 'generating',
  });
  expect(options.find(({ id }) => id === 'accept_contract')).toMatchObject({
    risk: 'high',
    costNanoUsd: '0',
    from: 'verifying',
    contract: { specId: 's', name: 'Basket', objectId: 'a' },
  });
  expect(options.map(({ id }) => id)).toContain('undo');
  expect(recommended).not.toBe('accept_contract');
});

test('R-GREEN-17, R-ESC-3: a refused change can be allowed by what was asked, beside being accepted as it is', () => {
  const asked = { ...nothingAsked, skips: ['prints'] };
  const change = { branch: 'moose/x', worktreePath: null, redChecks: [], isRefused: true };
  const { options, recommended } = optionsFor(facts({ change: { ...change, asked } }), nobodyKnows);
  expect(options.find(({ id }) => id === 'asked')).toMatchObject({
    label: 'This was asked: may skip prints. Judge it again',
    risk: 'high',
    costNanoUsd: '0',
    from: 'verifying',
    asked,
  });
  expect(options.map(({ id }) => id)).toContain('accept');
  expect(recommended).not.toBe('asked');
  expect(idsFor({ change }).ids).not.toContain('asked');
});

test('R-SPEC-3: a contract that is gone cannot be accepted, and its user is sent back to leave it alone', () => {
  const failure = broken({ objectId: null, role: 'user' }) as OptionFacts['failure'];
  const { options } = optionsFor(facts({ failure }), nobodyKnows);
  expect(options.map(({ id }) => id)).not.toContain('accept_contract');
  expect(options.find(({ id }) => id === 'retry')?.label).toBe(
    'Send it back: only basket may change the contract',
  );
});

test('R-ESC-3: two to six options, one of them recommended and first, one of them a way out, whatever failed', () => {
  const anything = fc.record({
    code: fc.constantFrom(
      'CHECK_FAILED',
      'AGENT_TIMED_OUT',
      'BUDGET_EXCEEDED',
      'TAKE_UPS_EXHAUSTED',
      'NO_MODEL',
      'X',
    ),
    category: fc.constantFrom(...failureCategories),
    failureClass: fc.constantFrom(...failureClasses),
    step: fc.constantFrom(null, ...steps),
    isParked: fc.boolean(),
    isEmpty: fc.boolean(),
    otherModels: fc.subarray(['p/a', 'p/b', 'p/c']),
    chosenBefore: fc.subarray(['retry', 'model:p/a', 'refine', 'raise_limit']),
    otherAgents: fc.subarray(['a', 'b']),
    limitNanoUsd: fc.option(fc.bigInt(1n, 10n ** 12n)),
    costNanoUsd: fc.bigInt(0n, 10n ** 12n),
    envelopeNanoUsd: fc.option(fc.bigInt(1n, 10n ** 11n)),
    hasChange: fc.boolean(),
    chance: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  });
  fc.assert(
    fc.property(anything, ({ code, category, failureClass, hasChange, chance, ...rest }) => {
      const given = facts({
        ...rest,
        failure: { code, category, failureClass, metadata: {} },
        change: hasChange ? facts().change : null,
      });
      const { options, recommended } = optionsFor(given, () => ({ costNanoUsd: 5n, chance, chanceOf: 1 }));
      expect(options.length).toBeGreaterThanOrEqual(2);
      expect(options.length).toBeLessThanOrEqual(optionsMax);
      expect(new Set(options.map(({ id }) => id)).size).toBe(options.length);
      expect(options[0]?.id).toBe(recommended);
      expect(options.some(({ kind }) => kind === 'undo' || kind === 'cancel')).toBe(true);
      for (const { limitNanoUsd } of options)
        if (limitNanoUsd !== undefined) expect(BigInt(limitNanoUsd)).toBeGreaterThan(given.costNanoUsd);
    }),
  );
});

test('R-GO-5: an option that did not help is offered again, and not recommended, unless the world may have changed', () => {
  const refused = { ...failed('AGENT_REFUSED_CHANGE', 'contract_violation'), step: 'applying' } as const;
  const first = idsFor({ ...refused, change: null, otherAgents: [], otherModels: ['p/strong'] });
  expect(first.ids).toEqual(expect.arrayContaining(['refine', 'model:p/strong', 'retry']));
  const tried = { ...refused, change: null, otherAgents: [], otherModels: ['p/strong'] };
  const again = idsFor({ ...tried, chosenBefore: ['model:p/strong', 'retry'] });
  expect(again.recommended).toBe('refine');
  expect(again.ids.indexOf('model:p/strong')).toBeGreaterThan(again.ids.indexOf('refine'));
  const cured = failed('CHECK_PROGRAM_MISSING', 'dependency_missing', 'configuration');
  expect(idsFor({ ...cured, chosenBefore: ['retry'] }).recommended).toBe('retry');
});

test('R-ESC-3, R-GO-5, R-REC-5: after an agent that crashed again, what has just failed is not recommended', () => {
  const crashed = {
    ...failed('AGENT_CRASHED', 'unknown', 'transient'),
    step: 'applying',
    change: null,
  } as const;
  const recommended = (given: Partial<OptionFacts>) =>
    idsFor({ ...crashed, chosenBefore: ['retry'], ...given }).recommended;
  expect(recommended({})).toBe('model:p/strong');
  expect(recommended({ otherModels: [] })).toBe('agent:claude-code');
  expect(recommended({ otherModels: [], otherAgents: [] })).toBe('refine');
  expect(recommended({ chosenBefore: ['retry', 'model:p/strong'], otherModels: ['p/strong'] })).toBe(
    'agent:claude-code',
  );
});

test('R-ESC-3: the chance of an option is that of the agent that it starts', () => {
  const others = [true, true, true].map((isSuccess) => ({
    ...run(isSuccess, { model: 'q/other' }),
    agent: 'codex',
  }));
  const { options } = optionsFor(
    facts({ otherModels: ['q/other'] }),
    history([...others, run(false, { model: 'q/other' })]),
  );
  expect(options.find(({ id }) => id === 'model:q/other')).toMatchObject({ chance: 1 / 3, chanceOf: 1 });
});

test('R-ESC-3: the files of an agent without a result, and an end without a change, can be accepted', () => {
  const left = {
    ...failed('AGENT_NO_RESULT', 'unknown'),
    step: 'applying',
    change: null,
    hasLeft: true,
  } as const;
  expect(idsFor(left).recommended).toBe('take_left');
  expect(optionsFor(facts(left), nobodyKnows).options[0]).toMatchObject({
    costNanoUsd: '0',
    from: 'applying',
  });
  const answered = { ...failed('AGENT_ANSWERED', 'unknown'), step: 'applying', change: null } as const;
  expect(idsFor(answered)).toMatchObject({ recommended: 'refine', ids: expect.arrayContaining(['close']) });
  for (const other of [{ isInGroup: true }, { change: facts().change }])
    expect(idsFor({ ...answered, ...other }).ids).not.toContain('close');
});

test('R-ESC-3: for a base branch that is gone, the branches that are there are offered, and no retry that would miss it again', () => {
  const gone = {
    code: 'BASE_BRANCH_MISSING',
    category: 'transient',
    failureClass: 'unknown',
    metadata: { otherBases: ['trunk', 'next'] },
  } as const;
  const change = { branch: 'moose/x', worktreePath: null, redChecks: [] };
  expect(idsFor({ failure: gone, step: 'creating_pr', change })).toEqual({
    ids: ['base:trunk', 'base:next', 'undo', 'cancel'],
    recommended: 'base:trunk',
  });
  const alone = { ...gone, metadata: { otherBases: [] } };
  expect(idsFor({ failure: alone, step: 'creating_pr', change }).recommended).toBe('retry');
});

test('R-ESC-3, R-GO-5: what is refused with each request of an agent is not sent again first', () => {
  const refused = (kind: string) => ({
    code: 'AGENT_MEMBER_REFUSED',
    category: 'permanent' as const,
    failureClass: 'unknown' as const,
    metadata: { kind },
  });
  const at = { step: 'applying', change: null } as const;
  expect(idsFor({ ...at, failure: refused('bad_request') }).recommended).toBe('model:p/strong');
  const byGateway = idsFor({ ...at, failure: refused('refused_feature') });
  expect(byGateway.recommended).toBe('agent:claude-code');
  expect(byGateway.ids).not.toContain('model:p/strong');
  expect(byGateway.ids).not.toContain('refine');
});

test('R-ESC-4: with many options, the one that a standing answer names is always among the six', () => {
  const many = { otherAgents: ['codex', 'claude-code'] };
  expect(idsFor(many).ids).toHaveLength(6);
  for (const standing of ['agent:claude-code', 'model:q/third', 'accept', 'fix_by_hand']) {
    const { ids } = idsFor({ ...many, standing });
    expect(ids).toContain(standing);
    expect(ids).toHaveLength(6);
    expect(ids.at(-1)).toBe('undo');
  }
});

test('R-ESC-3: what cannot help is not offered', () => {
  expect(idsFor({ change: null }).ids).not.toContain('accept');
  expect(idsFor({ change: { branch: 'b', worktreePath: null, redChecks: [] } }).ids).not.toContain('accept');
  expect(idsFor({ otherModels: [], otherAgents: [] }).ids).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/^(model|agent):/)]),
  );
  const daily = { limits: [['project:p', '100', '100']], estimateNanoUsd: '1' };
  const money = { code: 'BUDGET_EXCEEDED', category: 'permanent', failureClass: 'budget_exceeded' } as const;
  expect(
    idsFor({ failure: { ...money, metadata: daily }, limitNanoUsd: cent, step: 'routing', change: null }).ids,
  ).toEqual(['retry', 'undo', 'cancel']);
  expect(
    idsFor({ failure: { ...money, metadata: { frozen: ['day:2026-01-01'] } }, step: 'routing', change: null })
      .ids,
  ).toEqual(['retry', 'undo', 'cancel']);
});

test.each([
  ['day', 'daily', 100n * usd, 1n * usd, 125n * usd],
  ['month', 'monthly', 4n * usd, 3n * usd, 7n * usd],
])(
  'R-ESC-3: over the limit of the %s, raising it is offered, by what is needed and a quarter at least',
  (kind, name, limit, more, to) => {
    const metadata = { limits: [[`${kind}:2026-01`, `${limit}`, `${limit}`]], estimateNanoUsd: `${more}` };
    const failure = {
      code: 'BUDGET_EXCEEDED',
      category: 'permanent',
      failureClass: 'budget_exceeded',
      metadata,
    } as const;
    const { options } = optionsFor(facts({ failure, step: 'routing', change: null }), nobodyKnows);
    expect(options.find(({ kind: each }) => each === 'raise_limit')).toMatchObject({
      id: `raise_${name}_limit`,
      systemLimit: name,
      limitNanoUsd: `${to}`,
      from: 'routing',
      risk: 'high',
    });
  },
);

const run = (isSuccess: boolean, settings: PastRun['settings'], costNanoUsd = cent): PastRun => ({
  isSuccess,
  settings,
  costNanoUsd,
  model: settings.model ?? 'p/weak',
  agent: 'patch',
});

const history = (after: PastRun[]) =>
  estimatesFrom({ failureClass: 'test_fail', agent: 'patch', after, models: [], byPrice: () => 7n });

test('R-ESC-3: chance and cost come from what happened after such failures, and say of how many cases', () => {
  const estimates = history([
    run(true, { model: 'q/other' }),
    run(true, { model: 'q/other' }, 3n * cent),
    run(false, { note: 'Use UTC.' }),
    run(true, { option: 'accept' }),
  ]);
  const { options, recommended } = optionsFor(facts(), estimates);
  const of = (id: string) => options.find((option) => option.id === id);
  expect(of('model:q/other')).toMatchObject({
    chance: 3 / 4,
    chanceOf: 2,
    costNanoUsd: (2n * cent).toString(),
    chanceBasis: 'runs of q/other after a test_fail',
  });
  expect(of('refine')).toMatchObject({ chance: 1 / 3, chanceOf: 1 });
  expect(of('agent:claude-code')).toMatchObject({ chance: null, chanceOf: 0, costNanoUsd: '7' });
  expect(recommended).toBe('model:q/other');
});

test('R-ESC-3: without a case of the same kind all runs of a model count, and without those nothing is claimed', () => {
  const estimates = estimatesFrom({
    failureClass: 'test_fail',
    agent: 'patch',
    after: [],
    models: [{ model: 'p/strong', runs: 8, successes: 6, meanCostNanoUsd: cent }],
    byPrice: () => null,
  });
  const { options } = optionsFor(facts({ envelopeNanoUsd: null }), estimates);
  expect(options.find(({ id }) => id === 'model:p/strong')).toMatchObject({
    chance: 0.7,
    chanceOf: 8,
    chanceBasis: 'all runs of patch with p/strong',
  });
  expect(options.find(({ id }) => id === 'refine')).toMatchObject({ chance: null, costNanoUsd: null });
});

test('R-ESC-5: of an outage waiting is the first, and each option is for all', () => {
  expect(outageOptions(['q/a', 'q/b', 'q/c']).map(({ id }) => id)).toEqual([
    'wait',
    'model:q/a',
    'model:q/b',
    'cancel',
  ]);
});

test('R-ESC-3: of a git that is locked out, no other model and no other agent is offered', () => {
  for (const step of ['applying', 'verifying'] as const) {
    const locked = { ...failed('GIT_LOCKED', 'orchestration_error', 'transient'), step, change: null };
    const { ids, recommended } = idsFor(locked);
    expect(ids.filter((id) => id.startsWith('model:') || id.startsWith('agent:'))).toEqual([]);
    expect(recommended).toBe('retry');
  }
});

test('R-ESC-4: fear: a person closes a pull request, and a default or the recommended answer opens another one', () => {
  const ended = { ...failed('PULL_REQUEST_ENDED', 'unknown'), step: 'creating_pr', change: null } as const;
  expect(idsFor(ended)).toEqual({ ids: ['cancel', 'undo', 'retry'], recommended: 'cancel' });
  const { options } = optionsFor(facts(ended), nobodyKnows);
  expect(options.at(-1)).toMatchObject({ id: 'retry', risk: 'high' });
});
