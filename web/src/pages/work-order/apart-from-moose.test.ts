import { expect, test } from 'vitest';
import { apartFromMoose } from './apart-from-moose.ts';

test.each([
  ['http://127.0.0.1:20002/a?b=1#c', '127.0.0.1', 'http://localhost:20002/a?b=1#c'],
  ['http://localhost:20002/', 'localhost', 'http://127.0.0.1:20002/'],
  ['http://LOCALHOST:20002/', 'localhost', 'http://127.0.0.1:20002/'],
  ['http://[::1]:20002/', '[::1]', 'http://localhost:20002/'],
  ['http://0x7f.1:20002/', '127.0.0.1', 'http://localhost:20002/'],
  ['http://localhost:20002/', '127.0.0.1', 'http://localhost:20002/'],
  ['https://moose.example.org:8443/x', 'moose.example.org', 'https://moose.example.org:8443/x'],
  ['https://forge.example.org/pull/1', '127.0.0.1', 'https://forge.example.org/pull/1'],
  ['no address', '127.0.0.1', 'no address'],
])(
  'R-SEC-1: fear: a service of a repository gets the cookie of whoever opens %s on %s',
  (href, own, apart) => {
    expect(apartFromMoose(href, own)).toBe(apart);
  },
);
