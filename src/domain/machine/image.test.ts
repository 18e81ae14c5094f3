import { expect, test } from 'vitest';
import { parseImage } from './image.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['node', 'docker.io', 'docker.io/library/node:latest'],
  ['node:24', 'docker.io', 'docker.io/library/node:24'],
  ['acme/tools:2', 'docker.io', 'docker.io/acme/tools:2'],
  ['ghcr.io/acme/tools', 'ghcr.io', 'ghcr.io/acme/tools:latest'],
  ['localhost/tools', 'localhost', 'localhost/tools:latest'],
  ['localhost:5000/tools:1', 'localhost:5000', 'localhost:5000/tools:1'],
  [`node:24@${digest}`, 'docker.io', `docker.io/library/node@${digest}`],
])('every engine reads the image %s in the same way', (text, registry, whole) => {
  expect(parseImage(text)).toEqual({ registry, text: whole, isPinned: text.includes('@') });
});

test.each([
  '',
  '--privileged',
  '-v/:/host',
  'node:24 --privileged',
  'Node',
  'node:',
  'node@sha256:abc',
  '../node',
  'node\n',
  'https://ghcr.io/acme/tools',
  'a'.repeat(400),
])('R-SEC-2: %j is no image: no option and no second word reaches an engine', (text) => {
  expect(parseImage(text)).toBeNull();
});
