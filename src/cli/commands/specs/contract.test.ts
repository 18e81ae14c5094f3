import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../../test/moose-program.ts';
import { printedDocuments } from '../../../contract/contract.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';

function check(ending: string, before: string, after: string, ...flags: string[]) {
  const [was, is] = ['before', 'after'].map((name) => join(scratchDirectory(), `${name}.${ending}`));
  writeFileSync(was ?? '', before);
  writeFileSync(is ?? '', after);
  const args = [mooseProgram, 'contract', 'check', was ?? '', is ?? '', ...flags];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('R-SPEC-3: contract check says what breaks, without Moose or a database', () => {
  const { stdout, status } = check('ts', 'export const a = 1;', 'export const b = 1;', '--json');
  expect(status).toBe(3);
  const printed = printedDocuments['contract check'].parse(JSON.parse(stdout));
  expect(printed).toEqual({
    kind: 'typescript',
    compatible: false,
    unreadable: null,
    breaking: [{ member: 'a', before: 'a = 1', after: null, message: 'a was removed.' }],
  });
});

test('R-SPEC-3: contract check finds the kind by the text, and exits with 0 if nothing breaks', () => {
  const api = JSON.stringify({ openapi: '3.1.0', paths: {} });
  expect(check('json', api, api)).toMatchObject({ status: 0, stdout: 'Compatible (openapi).\n' });
  expect(check('json', '{}', '{}')).toMatchObject({ status: 0, stdout: 'Compatible (json_schema).\n' });
  expect(check('proto', '', 'message A {}')).toMatchObject({ status: 0, stdout: 'Compatible (protobuf).\n' });
  expect(check('txt', 'create table a (b int);', '', '--kind', 'sql')).toMatchObject({
    status: 3,
    stdout: 'The table a was dropped or renamed.\n',
  });
});

test('R-SPEC-3: contract check tells what it cannot compare', () => {
  expect(check('json', '{}', '{')).toMatchObject({
    status: 3,
    stdout: expect.stringContaining('The text after cannot be compared: it is not JSON'),
  });
  const { status, stderr } = check('txt', '', '');
  expect(status).toBe(2);
  expect(stderr).toContain('CONTRACT_KIND_UNKNOWN');
  expect(stderr).toContain('--kind');
});

test('R-SPEC-3: fear: a contract that refers to another file, which nobody compared, is called compatible', () => {
  const refers = JSON.stringify({ properties: { a: { $ref: 'other.json#/a' } } });
  const { stdout, status } = check('json', refers, refers, '--kind', 'json_schema');
  expect(status).toBe(3);
  expect(stdout).toBe(
    'The file itself breaks nothing. Files that it refers to were not compared: other.json.\n',
  );
});
