import { expect, test } from 'vitest';
import { displayWidth } from '../cli/terminal/display-width.ts';
import type { WorkOrderRecord } from '../contract/contract.ts';
import { type DemoFacts, reportDemo } from './demo-report.ts';

const facts: DemoFacts = {
  details: [],
  spec: null,
  repositoryPath: '/tmp/till',
  dataDirectory: '/tmp/demo',
  calledAs: 'npm run moose --',
  seconds: 141.4,
  isShown: false,
};

const order = (name: string, given: object = {}) =>
  ({
    id: `01990000-0000-7000-8000-0000${name}`,
    title: 'Names of products in web addresses',
    status: 'completed',
    counters: { refinement_cycles: 0 },
    errors: [],
    cost_usd: 0,
    ...given,
  }) as unknown as WorkOrderRecord;
const error = (name: string, code: string, failure_class: string) => ({
  id: `01990000-0000-7000-8000-0000${name}`,
  code,
  failure_class,
});

const details = [
  order('aaaaaaaa'),
  order('bbbbbbbb', {
    counters: { refinement_cycles: 1 },
    errors: [error('b0000001', 'CHECK_FAILED', 'test_fail')],
  }),
  order('cccccccc', { errors: [error('c0000001', 'MODEL_ANSWER_MALFORMED', 'model')] }),
  order('dddddddd', {
    counters: { refinement_cycles: 1 },
    errors: [error('d0000001', 'CHECK_FAILED', 'contract_violation')],
  }),
];

test('R-BASE-5: the command that looks closer can be pasted into a shell, whatever the folder is called', () => {
  const { lines } = reportDemo({ ...facts, dataDirectory: "/data/it's é data", calledAs: 'moose' });
  expect(lines).toContain("Look closer:  moose --data '/data/it'\\''s é data' ls");
});

test('R-BASE-4: fear: what the demo is about is cut off at the end of a line', () => {
  const { lines } = reportDemo({ ...facts, details });
  expect(lines.slice(1)).toEqual([
    '✓ aaaaaaaa  Names of products in web addresses',
    '✓ bbbbbbbb  Names of products in web addresses',
    '    failed its checks at first, was told why, and fixed it',
    '✓ cccccccc  Names of products in web addresses',
    '    recovered from MODEL_ANSWER_MALFORMED',
    '✓ dddddddd  Names of products in web addresses',
    '    was green only by what it did to a test, was refused, and did the work',
    '',
    '4 of 4 work orders completed in 141.4 s, 3 of them after a failure.',
    'The dollars are invented.',
    'Look closer:  npm run moose -- --data /tmp/demo errors d0000001',
    'Real work:    npm run moose -- up',
  ]);
  for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
});

test('below the table of a terminal, only what went wrong is told', () => {
  const { lines } = reportDemo({ ...facts, details, isShown: true });
  expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(3);
  expect(reportDemo({ ...facts, details: details.slice(0, 1), isShown: true }).lines).toHaveLength(5);
});

test('R-BASE-4: the hint leads to the change that was refused although its checks were green', () => {
  const hintOf = (shown: readonly WorkOrderRecord[]) => reportDemo({ ...facts, details: shown }).lines.at(-2);
  expect(hintOf(details)).toMatch(/ errors d0000001$/);
  expect(hintOf(details.slice(0, 3))).toMatch(/ show bbbbbbbb$/);
  expect(hintOf([order('eeeeeeee', { status: 'needs_review', explain: 'What now?' })])).toMatch(
    / show eeeeeeee$/,
  );
});
