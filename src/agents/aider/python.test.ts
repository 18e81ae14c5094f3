import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createAider } from './agent.ts';
import { pythonOf } from './python.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-aider-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function script(firstLines: string, name = 'aider'): string {
  const path = join(base, name);
  writeFileSync(path, `${firstLines}\nfrom aider.main import main\n`);
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ['pip and pipx', '#!/opt/venv/bin/python3', '/opt/venv/bin/python3'],
  ['uv', '#!/opt/uv tools/bin/python'.replace(' ', '-'), '/opt/uv-tools/bin/python'],
  ['a version in its name', '#! /usr/bin/python3.12 -E', '/usr/bin/python3.12'],
  ['a path too long', `#!/bin/sh\n'''exec' /opt/long/bin/python3 "$0" "$@"\n' '''`, '/opt/long/bin/python3'],
  [
    'a path with a space',
    `#!/bin/sh\n'''exec' "/opt/a b/bin/python3" "$0" "$@"\n' '''`,
    '/opt/a b/bin/python3',
  ],
  ['a shell script', '#!/bin/sh\nexec /opt/venv/bin/aider "$@"', null],
  ['no script', '\u007fELF', null],
  ['another language', '#!/usr/bin/env node', null],
])('the Python of a script as written by %s', async (_name, firstLines, python) => {
  expect(await pythonOf(script(firstLines), '/usr/bin')).toBe(python);
});

test('a Python by its name is the one on the search path', async () => {
  const python = script('#!/bin/sh', 'python3');
  expect(await pythonOf(script('#!/usr/bin/env python3'), base)).toBe(python);
  expect(await pythonOf(script('#!/usr/bin/env python3.99'), base)).toBeNull();
});

test('R-SES-4: a program that is no script of Python is not installed, and the advice says what to do', async () => {
  const programPath = script('#!/bin/sh\necho 0.86.2; exit');
  expect(await createAider({ programPath, searchPath: '/usr/bin:/bin' }).probe()).toMatchObject({
    isInstalled: false,
    version: '0.86.2',
    advice: expect.stringContaining('pipx install aider-chat==0.86.2'),
  });
});
