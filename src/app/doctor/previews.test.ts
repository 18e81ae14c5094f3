import { expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { diagnosePreviews } from './previews.ts';

const found = (environment: Record<string, string>) => diagnosePreviews(readConfig(environment).interfaces);
const MOOSE_PREVIEW_URL = 'http://*.preview.example.org:4318';

test('R-BASE-4: the doctor shows where previews are served, and refuses an address that reaches Mission Control', () => {
  expect(found({})).toEqual([]);
  expect(found({ MOOSE_PREVIEW_URL, MOOSE_PREVIEW_PORT: '5000', MOOSE_PREVIEW_BIND: '0.0.0.0' })).toEqual([
    {
      name: 'previews',
      state: 'ok',
      found: 'http://*.preview.example.org:4318, served on port 5000 of 0.0.0.0',
      advice: null,
    },
  ]);
  expect(found({ MOOSE_PREVIEW_URL, MOOSE_BASE_URL: 'http://moose.example.org' })).toMatchObject([
    { state: 'missing', advice: expect.stringContaining('https') },
  ]);
});

test('fear: the doctor is silent about pages that can fill the cookies of Mission Control', () => {
  const MOOSE_BASE_URL = 'https://moose.example.org';
  expect(found({ MOOSE_PREVIEW_URL: 'https://*.preview.example.org', MOOSE_BASE_URL })).toMatchObject([
    {
      state: 'warning',
      found: expect.stringContaining('cookies for example.org'),
      advice: expect.stringContaining('separate domain'),
    },
  ]);
  expect(found({ MOOSE_PREVIEW_URL: 'https://*.example.net', MOOSE_BASE_URL })).toMatchObject([
    { state: 'ok', advice: null },
  ]);
});

test.each([
  ['MOOSE_PREVIEW_URL', 'https://preview.example.org', 'https://*.preview.example.org'],
  ['MOOSE_PREVIEW_PORT', '70000', 'whole number'],
])('a wrong %s is refused with what to write', (name, value, advice) => {
  const env = { MOOSE_PREVIEW_URL, [name]: value };
  let thrown: unknown;
  try {
    readConfig(env);
  } catch (cause) {
    thrown = cause;
  }
  expect(thrown).toMatchObject({
    code: 'SETTING_INVALID',
    message: expect.stringContaining(name),
    advice: expect.stringContaining(advice),
  });
});
