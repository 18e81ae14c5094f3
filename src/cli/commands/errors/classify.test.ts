import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../../test/moose-program.ts';
import { printedDocuments } from '../../../contract/contract.ts';

function classify(input: string, ...flags: string[]) {
  return spawnSync(process.execPath, [mooseProgram, 'classify', ...flags], { input, encoding: 'utf8' });
}

test('classify --jsonl answers the lines in order, without Moose or a database (R-FAIL-4)', () => {
  const cases = [
    {
      id: 'a',
      cmd: 'npx tsc',
      exit_code: 2,
      stdout: "src/a.ts(3,7): error TS2322: Type 'x' is not assignable.",
    },
    {
      id: 'b',
      component: 'router',
      http_status: 429,
      http_headers: { 'Retry-After': '17' },
      http_body: '{}',
    },
    { id: 'c', cmd: 'npm test', exit_code: 0 },
  ];
  const { stdout, status } = classify(cases.map((each) => JSON.stringify(each)).join('\n'), '--jsonl');
  expect(status).toBe(0);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const answer of answers) expect(printedDocuments.classify.parse(answer)).toEqual(answer);
  expect(answers).toMatchObject([
    {
      id: 'a',
      failure_class: 'compile_error',
      retryable: false,
      context: { file: 'src/a.ts', line: 3, error_code: 'TS2322' },
    },
    {
      id: 'b',
      failure_class: 'orchestration_error',
      category: 'transient',
      context: { http_status: 429, retry_after: 17 },
    },
    { id: 'c', failure_class: 'unknown', rule: 'no_failure' },
  ]);
});

test('an invalid line is an error that names the line', () => {
  const { status, stderr } = classify('{}\n{', '--jsonl');
  expect(status).toBe(1);
  expect(stderr).toContain('Line 2 of the input is not JSON.');
  expect(classify('[]', '--jsonl').stderr).toContain('Line 1 of the input is not a JSON object.');
});
