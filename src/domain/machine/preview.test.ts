import { expect, test } from 'vitest';
import {
  labelIn,
  parsePreviewPattern,
  previewOrigin,
  previewProblem,
  previewTarget,
  sharedParent,
} from './preview.ts';

test.each([
  ['http://localhost:20000/', { port: 20_000, path: '/' }],
  ['http://127.0.0.1:3000/app?x=1#top', { port: 3_000, path: '/app?x=1' }],
  ['http://[::1]', { port: 80, path: '/' }],
  ['https://localhost:3000/', null],
  ['http://192.0.2.1:3000/', null],
  ['http://localhost.evil.example:3000/', null],
  ['http://localhost:0/', null],
  ['not an address', null],
  [null, null],
])('a preview of %s leads to %j', (address, target) => {
  expect(previewTarget(address)).toEqual(target);
});

test.each([
  ['https://*.preview.example.org', 'https://*.preview.example.org'],
  ['http://*.localhost:4318/', 'http://*.localhost:4318'],
  ['https://preview.example.org', null],
  ['https://a*.example.org', null],
  ['https://*.*.example.org', null],
  ['https://*', null],
  ['https://*.example.org/path', null],
  ['https://user@*.example.org', null],
  ['ftp://*.example.org', null],
  ['*.example.org', null],
])('the address of previews %s is read as %s', (given, pattern) => {
  expect(parsePreviewPattern(given)).toBe(pattern);
});

const label = 'abcdefghij2345abcdef';

test('each preview has a host name of its own', () => {
  const pattern = 'https://*.preview.example.org:8443';
  expect(previewOrigin(pattern, label)).toBe(`https://${label}.preview.example.org:8443`);
  expect(labelIn(`${label.toUpperCase()}.preview.example.org:8443`, pattern)).toBe(label);
  for (const host of [
    'preview.example.org:8443',
    `${label}.preview.example.org`,
    `${label}.preview.example.org:8443.evil.example`,
    `x.${label}.preview.example.org:8443`,
    'short.preview.example.org:8443',
    '',
  ])
    expect(labelIn(host, pattern)).toBeNull();
});

test.each([
  ['https://*.preview.example.org', null, true],
  ['https://*.preview.example.org', 'https://moose.example.org', true],
  ['https://*.preview.example.org', 'https://example.org', true],
  ['https://*.preview.example.org', 'https://moose.preview.example.org', false],
  ['https://*.preview.example.org', 'https://a.b.preview.example.org', false],
  ['http://*.preview.example.org', 'http://moose.example.org', false],
  ['http://*.preview.example.org', 'http://example.org', false],
  ['http://*.preview.example.net', 'http://moose.example.org', true],
  ['http://*.preview.lan', 'http://moose.lan', true],
  ['http://*.localhost:4318', 'http://10.0.0.5:4317', true],
  ['http://*.localhost:4318', 'http://localhost:4317', true],
])('fear: previews on %s set cookies for Mission Control on %s; safe: %s', (pattern, own, isSafe) => {
  expect(previewProblem(pattern, own) === null).toBe(isSafe);
});

test.each([
  ['https://*.preview.example.org', null, null],
  ['https://*.preview.example.org', 'https://moose.example.org', 'example.org'],
  ['https://*.preview.example.org', 'https://example.org', 'example.org'],
  ['https://*.p.dev.example.org', 'https://moose.dev.example.org:8443', 'dev.example.org'],
  ['https://*.example.net', 'https://moose.example.org', null],
  ['http://*.localhost:4318', 'http://localhost:4317', null],
  ['https://*.preview.example.org', 'https://192.0.2.1', null],
])('previews on %s can set cookies that reach Mission Control on %s for %s', (pattern, own, shared) => {
  expect(sharedParent(pattern, own)).toBe(shared);
});
