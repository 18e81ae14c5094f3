import { expect, test } from 'vitest';
import { upstreamUrl } from './route.ts';

const asked = (baseUrl: string, path: string, saysVersion?: true) =>
  upstreamUrl({ upstream: { baseUrl, apiKey: null, wires: [], saysVersion }, path, search: '' }).href;

test.each([
  ['https://api.example/v1', '/v1/chat/completions', 'https://api.example/v1/chat/completions'],
  ['https://host.example/openai/', '/v1/chat/completions', 'https://host.example/openai/chat/completions'],
  [
    'https://g.example/v1beta',
    '/v1/models/m:generateContent',
    'https://g.example/v1beta/models/m:generateContent',
  ],
  [
    'https://g.example/v1beta',
    '/v1beta/models/v1:generateContent',
    'https://g.example/v1beta/models/v1:generateContent',
  ],
])('R-BUD-3: %s says the version, and %s goes below it', (baseUrl, path, url) => {
  expect(asked(baseUrl, path, true)).toBe(url);
});

test('below a base without a version, the path says it', () => {
  expect(asked('https://api.example', '/v1/messages')).toBe('https://api.example/v1/messages');
});
