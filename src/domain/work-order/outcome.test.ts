import { expect, test } from 'vitest';
import { stopReasons } from '../machine/session.ts';
import { decideOutcome, type Outcome, outcomes, type Witnesses } from './outcome.ts';

const finalEvents = ['success', 'failure', 'refused', 'cut_off', 'missing'] as const;
const reasons = [null, ...stopReasons, 'cancelled', 'lost', 'left_behind'] as const;
const endings = [
  { exitCode: 0, signal: null },
  { exitCode: 1, signal: null },
  { exitCode: null, signal: 'SIGKILL' },
  { exitCode: null, signal: null },
] as const;
const ledgers = [null, 0, 3] as const;
const booleans = [true, false] as const;

/** Every combination: 5 × 14 × 4 × 3 × 2 × 2. */
const combinations: Witnesses[] = finalEvents.flatMap((finalEvent) =>
  reasons.flatMap((reason) =>
    endings.flatMap((ending) =>
      ledgers.flatMap((ledgerCalls) =>
        booleans.flatMap((changed) =>
          booleans.map((agentCallsModels) => ({
            report: { finalEvent, summary: 'why' },
            end: { ...ending, reason },
            ledgerCalls,
            changed,
            agentCallsModels,
          })),
        ),
      ),
    ),
  ),
);

interface Row {
  finalEvent: (typeof finalEvents)[number] | 'any';
  reason: (typeof reasons)[number] | 'any' | 'nothing moved' | 'still' | 'a limit';
  ending: 'code 0' | 'other code' | 'signal' | 'unknown' | 'any';
  /** `bypass`: the agent calls models, but the gateway metered none of the calls. */
  ledger: 'bypass' | 'fine' | 'any';
  changed: boolean | 'any';
  outcome: Outcome;
}

const any = 'any';
/** The first matching row decides. */
const table: Row[] = [
  { finalEvent: any, reason: 'cancelled', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: any, reason: 'interrupted', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: any, reason: 'out_of_memory', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: any, reason: 'process_limit', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: any, reason: 'forged', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: any, reason: 'lost', ending: any, ledger: any, changed: any, outcome: 'crashed' },
  { finalEvent: any, reason: 'left_behind', ending: any, ledger: any, changed: any, outcome: 'crashed' },
  // It had told how it ended, and its process only lived on: whatever the stop made of it, the outcome is what it told.
  { finalEvent: 'failure', reason: 'still', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: 'refused', reason: 'still', ending: any, ledger: any, changed: any, outcome: 'refused' },
  {
    finalEvent: 'success',
    reason: 'still',
    ending: any,
    ledger: 'bypass',
    changed: any,
    outcome: 'bypassed',
  },
  { finalEvent: 'success', reason: 'still', ending: any, ledger: 'fine', changed: true, outcome: 'changed' },
  {
    finalEvent: 'success',
    reason: 'still',
    ending: any,
    ledger: 'fine',
    changed: false,
    outcome: 'changed_nothing',
  },
  { finalEvent: any, reason: 'released', ending: any, ledger: any, changed: any, outcome: 'failed' },
  // The run had already finished properly when it was stopped: the outcome is the same as without the stop.
  {
    finalEvent: 'success',
    reason: 'a limit',
    ending: 'code 0',
    ledger: 'bypass',
    changed: any,
    outcome: 'bypassed',
  },
  {
    finalEvent: 'success',
    reason: 'a limit',
    ending: 'code 0',
    ledger: 'fine',
    changed: true,
    outcome: 'changed',
  },
  {
    finalEvent: 'success',
    reason: 'a limit',
    ending: 'code 0',
    ledger: 'fine',
    changed: false,
    outcome: 'changed_nothing',
  },
  {
    finalEvent: any,
    reason: 'nothing moved',
    ending: any,
    ledger: any,
    changed: any,
    outcome: 'timed_out',
  },
  { finalEvent: any, reason: 'a limit', ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: 'missing', reason: null, ending: any, ledger: any, changed: any, outcome: 'crashed' },
  { finalEvent: 'refused', reason: null, ending: any, ledger: any, changed: any, outcome: 'refused' },
  { finalEvent: 'cut_off', reason: null, ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: 'failure', reason: null, ending: any, ledger: any, changed: any, outcome: 'failed' },
  { finalEvent: 'success', reason: null, ending: 'signal', ledger: any, changed: any, outcome: 'crashed' },
  { finalEvent: 'success', reason: null, ending: 'unknown', ledger: any, changed: any, outcome: 'crashed' },
  { finalEvent: 'success', reason: null, ending: 'other code', ledger: any, changed: any, outcome: 'failed' },
  {
    finalEvent: 'success',
    reason: null,
    ending: 'code 0',
    ledger: 'bypass',
    changed: any,
    outcome: 'bypassed',
  },
  {
    finalEvent: 'success',
    reason: null,
    ending: 'code 0',
    ledger: 'fine',
    changed: false,
    outcome: 'changed_nothing',
  },
  {
    finalEvent: 'success',
    reason: null,
    ending: 'code 0',
    ledger: 'fine',
    changed: true,
    outcome: 'changed',
  },
];

function endingOf({ exitCode, signal }: Witnesses['end']): Row['ending'] {
  if (signal !== null) return 'signal';
  if (exitCode === null) return 'unknown';
  return exitCode === 0 ? 'code 0' : 'other code';
}

function fits(row: Row, { report, end, ledgerCalls, agentCallsModels, changed }: Witnesses): boolean {
  const ledger = agentCallsModels && ledgerCalls === 0 ? 'bypass' : 'fine';
  const isStop = end.reason === 'timeout' || end.reason === 'silent' || end.reason === 'idle';
  const isLimit = isStop || end.reason === 'output_limit' || end.reason === 'braked';
  return (
    (row.finalEvent === any || row.finalEvent === report.finalEvent) &&
    (row.reason === any ||
      row.reason === end.reason ||
      (row.reason === 'nothing moved' && isStop) ||
      (row.reason === 'still' && (isStop || end.reason === 'released')) ||
      (row.reason === 'a limit' && isLimit)) &&
    (row.ending === any || row.ending === endingOf(end)) &&
    (row.ledger === any || row.ledger === ledger) &&
    (row.changed === any || row.changed === changed)
  );
}

test('R-SES-5: every combination of the four witnesses has the outcome in the table', () => {
  const used = new Set<Row>();
  for (const witnesses of combinations) {
    const row = table.find((candidate) => fits(candidate, witnesses));
    expect(row, JSON.stringify(witnesses)).toBeDefined();
    if (row) used.add(row);
    expect({ witnesses, outcome: decideOutcome(witnesses).outcome }).toEqual({
      witnesses,
      outcome: row?.outcome,
    });
  }
  expect(used.size).toBe(table.length);
});

test('R-SES-5: success needs every witness; exit code 0 alone is never success', () => {
  const successes = combinations.filter((witnesses) => decideOutcome(witnesses).outcome === 'changed');
  expect(successes.length).toBeGreaterThan(0);
  for (const { report, end, changed, agentCallsModels, ledgerCalls } of successes) {
    expect(report.finalEvent).toBe('success');
    if (!['timeout', 'silent', 'idle', 'released'].includes(String(end.reason))) expect(end.exitCode).toBe(0);
    expect(changed).toBe(true);
    expect(agentCallsModels && ledgerCalls === 0).toBe(false);
  }
});

test('R-PIPE-5: every outcome occurs, and each reason is one sentence', () => {
  const seen = new Set(combinations.map((witnesses) => decideOutcome(witnesses).outcome));
  expect([...seen].sort()).toEqual([...outcomes].sort());
  for (const witnesses of combinations) expect(decideOutcome(witnesses).sentence).toMatch(/^[A-Z].*\.$/);
});

test('R-SES-5: what it said instead of changing anything is quoted, the end of it', () => {
  const sentenceOf = (said?: string) =>
    decideOutcome({
      report: { finalEvent: 'success', summary: 'x', said },
      end: { exitCode: 0, signal: null, reason: null },
      ledgerCalls: 1,
      changed: false,
      agentCallsModels: true,
    }).sentence;
  expect(sentenceOf()).toBe('The agent finished without an error and changed nothing.');
  expect(sentenceOf('A or B.\n\nWhich of the two?')).toMatch(
    /changed nothing\. It said: “A or B\. Which of the two\?”\.$/,
  );
  expect(sentenceOf(`${'x'.repeat(5_000)} Which?`)).toMatch(/It said: “…x{250,} Which\?”\.$/);
});

test('an agent without a reason is not quoted', () => {
  const { sentence } = decideOutcome({
    report: { finalEvent: 'refused', summary: ' ' },
    end: { exitCode: 0, signal: null, reason: null },
    ledgerCalls: null,
    changed: false,
    agentCallsModels: true,
  });
  expect(sentence).toBe('The agent refused the change: it gave no reason.');
});
