import { expect, test } from 'vitest';
import { askedFile, judge } from './judge.ts';
import { matrix } from './matrix.ts';
import type { Observed } from './observed.ts';

function rowNamed(name: string) {
  const row = matrix.find((each) => each.name === name);
  if (row === undefined) throw new Error(`There is no row ${name}`);
  return row;
}

/** A well-behaved agent whose work is completed. */
const good: Observed = {
  isInTime: true,
  sessions: 1,
  exitCode: 0,
  signal: null,
  stoppedBecause: null,
  durationMs: 2_000,
  said: 'success',
  words: 'Done.',
  version: null,
  calls: 2,
  changed: [askedFile],
  left: [],
  otherAddresses: 0,
  isContinued: null,
  isHeard: null,
  status: 'completed',
  code: null,
  category: null,
  decision: null,
  isolation: 'files',
  egress: 'gateway',
};

/** A well-behaved agent whose calls fail. */
const failed: Observed = {
  ...good,
  exitCode: 1,
  said: 'failure',
  words: 'The call failed.',
  calls: 1,
  changed: null,
  status: 'in_progress',
  code: 'AGENT_AUTHENTICATION',
  decision: 'escalate',
};

const verdictOf = (name: string, seen: Observed) => {
  const { verdict, findings } = judge(rowNamed(name), seen);
  return [verdict, ...findings.map((finding) => finding.name)];
};

test.each<[string, Partial<Observed>, string[]]>([
  ['works', {}, ['right']],
  ['works', { sessions: 0, status: 'failed', code: 'AGENT_PROGRAM_MISSING' }, ['wrong', 'never-began']],
  ['works', { isInTime: false }, ['wrong', 'no-end']],
  ['works', { changed: [askedFile, 'notes.txt'] }, ['wrong', 'changes-other-files']],
  ['works', { left: ['sleep 300'] }, ['tolerable', 'leaves-processes']],
  ['works', { status: 'in_progress', code: 'AGENT_CHANGED_NOTHING' }, ['wrong', 'changes-nothing']],
  ['works', { status: 'needs_review', code: 'AGENT_ANSWERED' }, ['wrong', 'changes-nothing']],
  ['works', { status: 'in_progress', code: 'AGENT_BYPASSED' }, ['wrong', 'bypasses-gateway']],
  [
    'works',
    { status: 'in_progress', code: 'AGENT_FAILED', exitCode: 3 },
    ['wrong', 'exit-code-after-success'],
  ],
  ['works', { status: 'in_progress', code: 'AGENT_FAILED', said: 'failure' }, ['wrong', 'reports-failure']],
  ['works', { status: 'in_progress', code: 'AGENT_CRASHED', said: 'nothing' }, ['wrong', 'says-nothing']],
  ['works', { status: 'needs_review', code: 'FORBIDDEN_CHANGE' }, ['wrong', 'fails']],
  ['resume', { isContinued: true }, ['right']],
  ['resume', { isContinued: false }, ['tolerable', 'forgets']],
  ['message', { isContinued: true, isHeard: true }, ['right']],
  ['message', { isContinued: true, isHeard: false }, ['wrong', 'deaf']],
  ['network', {}, ['right']],
  ['network', { otherAddresses: 4 }, ['tolerable', 'reaches-out']],
  ['network', { egress: 'open' }, ['not measured', 'network-open']],
  ['stop', { status: 'cancelled', stoppedBecause: 'cancelled', changed: null }, ['right']],
  [
    'stop',
    { status: 'cancelled', stoppedBecause: 'cancelled', left: null },
    ['tolerable', 'ignores-sigterm'],
  ],
  ['stop', { status: 'completed' }, ['wrong', 'not-cancelled']],
])('work that is to be completed: row %s with %o is %j', (name, seen, expected) => {
  expect(verdictOf(name, { ...good, ...seen })).toEqual(expected);
});

test.each<[string, Partial<Observed>, string[]]>([
  ['401', {}, ['right']],
  ['401', { calls: 9 }, ['tolerable', 'repeats']],
  ['401', { calls: 500, code: 'AGENT_BRAKED', stoppedBecause: 'braked' }, ['wrong', 'repeats-endlessly']],
  ['401', { code: 'AGENT_FAILED' }, ['wrong', 'misnamed']],
  ['401', { said: 'success', exitCode: 0 }, ['tolerable', 'says-success']],
  ['401', { exitCode: 0 }, ['tolerable', 'exits-with-0']],
  [
    '401',
    { code: null, status: 'completed', exitCode: 0, said: 'success' },
    ['wrong', 'success-believed', 'says-success'],
  ],
  ['cut', { code: 'AGENT_PROVIDER_DOWN', stoppedBecause: 'silent' }, ['tolerable', 'hangs']],
  ['hang', { code: 'AGENT_SILENT', stoppedBecause: 'silent' }, ['right']],
  ['500', { code: 'AGENT_PROVIDER_DOWN', stoppedBecause: 'timeout' }, ['tolerable', 'never-ends']],
  ['crash', { code: 'AGENT_CRASHED', said: 'nothing', exitCode: null, signal: 'SIGKILL' }, ['right']],
  ['nothing', { code: 'AGENT_CHANGED_NOTHING', said: 'success', exitCode: 0 }, ['right']],
])('work that is to fail: row %s with %o is %j', (name, seen, expected) => {
  expect(verdictOf(name, { ...failed, ...seen })).toEqual(expected);
});

test('each finding says in words what was seen, and ends as a sentence', () => {
  const { findings } = judge(rowNamed('works'), { ...good, left: ['sleep 300'], changed: ['notes.txt'] });
  for (const { what } of findings) expect(what).toMatch(/^[A-Z].*\.$/);
  expect(findings.map(({ what }) => what).join(' ')).toContain('sleep 300');
});
