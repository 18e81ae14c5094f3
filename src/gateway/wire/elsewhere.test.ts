// The addresses from which a provider may fetch for a session (R-SEC-6).
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readEgressEntry } from '../../domain/machine/egress.ts';
import { reachOf } from './elsewhere.ts';
import { recorded } from './recorded.fixture.ts';
import { wires } from './wires.ts';

const secretOf = 'https://evil.example/?file=QVdTX1NFQ1JFVA';
const hosts = ['files.example', '*.cdn.example', 'odd.example:8443', '[2001:db8::1]', '192.0.2.7'].flatMap(
  (each) => readEgressEntry(each, { isPrivate: false }) ?? [],
);

test.each([
  'https://files.example/a.png',
  'http://files.example',
  'HTTPS://FILES.example./a?b=c',
  'https://files.example:443/a%20b.png?c=d&e=(f)',
  'https://a.b.cdn.example/x',
  'https://odd.example:8443/x',
  'https://[2001:DB8:0::1]/x',
  'https://192.0.2.7/x',
])('R-SEC-6: %s is at a host on the list', (address) => {
  expect(reachOf(hosts)(address)).toBe(true);
});

test.each([
  ...['https://evil.example/', 'https://files.example.evil.example/', 'https://evilfiles.example/', secretOf],
  ...[
    'https://cdn.example/',
    'https://odd.example/',
    'https://files.example:8080/',
    'https://files.example:0443443/',
  ],
  ...[
    'https://files.example@evil.example/',
    'https://evil.example@files.example/',
    'https://a:b@files.example/',
  ],
  ...[
    'https://evil.example\\@files.example/',
    'https://files.example\\.evil.example/',
    'https:\\\\files.example/',
  ],
  ...[
    'https:files.example/',
    'https:/files.example/',
    'https:///files.example/',
    '//files.example/',
    'files.example/a',
  ],
  ...[
    ' https://files.example/',
    'https://files.example/\n',
    'https://files.exa\tmple/',
    'https://files.example/ü',
  ],
  ...[
    'https://files%2eexample/',
    'https://%66iles.example/',
    'https://ｆiles.example/',
    'https://files。example/',
  ],
  ...[
    'https://files.example../',
    'https://.files.example/',
    'https://3221226503/',
    'https://0xc0.0.2.8/',
    'https://[::1]/',
  ],
  ...[
    'ftp://files.example/',
    'file://files.example/etc/passwd',
    'gs://files.example/a',
    's3://files.example/a',
    'javascript:1',
  ],
  ...[
    'https://files.example/https://evil.example/',
    'https://files.example/?to=//evil.example',
    'https://files.example/?to=https:%2f%2Fevil.example',
  ],
  ...[
    'https://files.example/?to=https%3A%2F%2Fevil.example',
    'https://files.example/?u=%252f%252fevil.example',
    'https://files.example#@evil.example/',
    '',
  ],
])('R-SEC-6: %s is not', (address) => {
  expect(reachOf(hosts)(address)).toBe(false);
});

const recordings = readdirSync(new URL('../../../test/fixtures/gateway/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

test.each(recordings)('R-SEC-6: what %s sends is all in its request', (name) => {
  const request = { ...recorded(name), hosts: [], isThinkingBeside: true };
  const wire = [...wires.values()].find((each) => each.matches(request.method, request.path));
  expect(wire?.read(request)).not.toHaveProperty('refusal');
});
