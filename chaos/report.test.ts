import { expect, test } from 'vitest';
import { printedDocuments } from '../src/contract/contract.ts';
import type { Verdict } from './judge/judge.ts';
import { reportChaos, spreadOf } from './report.ts';
import { pageOf } from './report-page.ts';
import type { RoundResult } from './run-round.ts';
import { chooseScenarios } from './scenarios.ts';

const none: Verdict = { lost: [], doubled: [], overspent: [], orphaned: [], silent: [] };

function aResult(name: string, given: Partial<RoundResult> = {}): RoundResult {
  const [scenario] = chooseScenarios([name]);
  if (!scenario) throw new Error(`There is no ${name}`);
  return {
    round: { number: 1, scenario, lane: null, afterMs: 100, lastsMs: 200, pick: 0.5 },
    outcome: 'recovered',
    because: null,
    injectedAt: new Date('2026-01-01T00:00:00Z'),
    detectedMs: 100,
    recoveredMs: 2_000,
    orders: [
      { id: 'w', title: 'Write file 1', status: 'completed', at: new Date(), failedAt: [], asked: [] },
    ],
    ...given,
  };
}

const skipped = {
  outcome: 'skipped',
  because: 'no disk',
  injectedAt: null,
  detectedMs: null,
  recoveredMs: null,
} as const;
const results = [
  aResult('worker-killed'),
  aResult('server-killed', { detectedMs: 300, recoveredMs: 4_000 }),
  aResult('disk-full', skipped),
  aResult('provider-hangs', { outcome: 'escalated', recoveredMs: null }),
];
const facts = {
  seed: 9,
  seconds: 1,
  machines: 1,
  results,
  verdict: none,
  classes: [
    {
      failure_class: 'timeout',
      failures: 4,
      recovered: 3,
      escalated: 1,
      detection_ms: 240,
      recovery_ms: 5_000,
    },
  ],
  reportPath: '/tmp/report.html',
  named: ['disk-full'],
};

test('R-CHA-1: the report counts by class, and what was skipped was not injected', () => {
  const { document, lines } = reportChaos(facts);
  expect(printedDocuments.chaos.parse(document)).toEqual(document);
  expect(document.ok).toBe(true);
  expect(document.faults).toEqual({ injected: 3, scenarios: 3 });
  expect(document.transient).toEqual({ injected: 3, recovered: 2 });
  expect(document.groups).toEqual([
    expect.objectContaining({ group: 'provider', injected: 1, recovered: 0, escalated: 1 }),
    expect.objectContaining({
      group: 'process',
      injected: 2,
      recovered: 2,
      detection_ms: { mean: 200, p95: 300 },
      recovery_ms: { mean: 3_000, p95: 4_000 },
    }),
    expect.objectContaining({ group: 'disk', injected: 0, skipped: 1, detection_ms: null }),
  ]);
  expect(lines.join('\n')).toMatch(/timeout +4 +3 +1 +0\.2 s +5\.0 s/);
  expect(lines.join('\n')).toContain('2 of 3 transient faults recovered');
  expect(lines.at(-1)).toContain('moose chaos disk-full --seed 9');
});

test('R-CHA-1: a finding of any figure is told with its id and its scenario, and nothing holds any more', () => {
  for (const figure of ['lost', 'doubled', 'overspent', 'orphaned', 'silent'] as const) {
    const verdict = {
      ...none,
      [figure]: [
        { id: 'id-1', what: 'is <gone>', scenario: 'worker-killed', rows: ['12:00 it <was> there'] },
      ],
    };
    const { document, lines } = reportChaos({ ...facts, verdict });
    expect(document.ok).toBe(false);
    expect(lines.join('\n')).toContain('is <gone> (worker-killed)  id-1');
    expect(pageOf(document)).toContain('is &lt;gone&gt; (worker-killed) <code>id-1</code>');
    expect(pageOf(document)).toContain('<pre>12:00 it &lt;was&gt; there</pre>');
  }
});

test('a spread is a mean and a 95th percentile by nearest rank', () => {
  expect(spreadOf([])).toBeNull();
  expect(spreadOf([5])).toEqual({ mean: 5, p95: 5 });
  expect(spreadOf(Array.from({ length: 100 }, (_, index) => index + 1))).toEqual({ mean: 51, p95: 95 });
});
