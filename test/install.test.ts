// What a newcomer sees first: `npm ci` has nothing to say, whatever Node the machine has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/stdx/files/own-files.ts';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const manifest = JSON.parse(read('package.json'));

interface Locked {
  engines?: { node?: string };
}
const locked = Object.entries(JSON.parse(read('package-lock.json')).packages as Record<string, Locked>);

test('fear: `npm ci` prints a hundred warnings that the Node of the machine is too old, which runs no package', () => {
  const warning = locked.filter(([place, { engines }]) => place !== '' && engines !== undefined);
  expect(
    warning.map(([place]) => place),
    '`npm run lock` removes them',
  ).toEqual([]);
});

test('fear: npm warns of a Node with which, says the README, Moose can be installed', () => {
  const [, major] = /npm and Node (\d+) or newer/.exec(read('README.md')) ?? [];
  expect(manifest.engines).toEqual({ node: `>=${major}` });
  expect(locked.find(([place]) => place === '')?.[1].engines).toEqual(manifest.engines);
});
