import { expect, test } from 'vitest';
import { proofView, saidView } from './proof-view.ts';

type Results = Parameters<typeof saidView>[0];
const row = (step: string, result: Record<string, unknown>) => ({ step, result }) as Results[number];

/** As the store gives it to the pages: feedback is a text or null, and checks have no output. */
const verifying = (result: Record<string, unknown>, feedback: string | null = null) =>
  row('verifying', { isVerified: true, treeSha: 'a', feedback, checks: [], ...result });

const check = {
  kind: 'test',
  command: 'npm test',
  passed: true,
  exitCode: 0,
  signal: null,
  stoppedBecause: null,
  durationMs: 5,
};
const lost = {
  weight: 'refuses',
  kind: 'test_lost',
  text: 'It removed "a cart adds up".',
  files: [],
  tests: [],
};

test('R-GREEN-1: fear: the verdict is stored in another form than the pages read it, and nothing is shown', () => {
  const results = [
    verifying({ checks: [check] }),
    verifying({ findings: [lost], isVerified: false }, 'Put it back.'),
    verifying({ isVerified: false }, 'A check is red.'),
  ];
  const verification = { is_verified: true, because: null, level: 'standard' as const, findings: [] };
  const view = { verification };
  expect(proofView({ order: { baseBranch: 'main' }, view, results })).toEqual([
    { mark: 'good', text: '`npm test` passes.' },
    { mark: 'note', text: 'Refused once before: It removed "a cart adds up".' },
  ]);
});

test('R-UI-2: what the agent said last is shown, and silence is not', () => {
  const results = [row('verifying', {}), row('applying', { agent: 'pi', summary: ' Done. ' })];
  expect(saidView(results)).toEqual({ agent: 'pi', text: 'Done.' });
  expect(saidView([row('applying', { agent: 'pi', summary: ' ' })])).toBeNull();
});
