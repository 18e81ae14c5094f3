import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const bin = new URL('../bin/tabulade.js', import.meta.url).pathname;
const run = (input, args = [], env = process.env) =>
  spawnSync(process.execPath, [bin, ...args], { input, env, encoding: 'utf8' });

test('reads stdin, writes stdout', () => {
  const { status, stdout } = run('|a|\n|-|\n');
  assert.equal(status, 0);
  assert.equal(stdout, '| a   |\n| --- |\n');
});
