import { expect, test } from 'vitest';
import type { CheckKind, CheckResult } from '../domain/work-order/check.ts';
import { seenIn, signs } from './lack.ts';

function red(outputTail: string, kind: CheckKind = 'test', exitCode = 1): CheckResult {
  const command = kind === 'setup' ? 'npm ci' : 'npm test';
  const ended = { signal: null, stoppedBecause: null, durationMs: 1 };
  return { kind, command, passed: false, exitCode, ...ended, outputTail };
}

const nodeTest = (error: string) =>
  `✖ connects (1.2ms)\n  ${error}\n      at x.js:3:9\nℹ tests 1\nℹ fail 1\n`;

test.each<[string, CheckResult, { kind: string; name: string }]>([
  [
    'a variable that a failing test asks for',
    red(nodeTest('Error: DATABASE_URL is not set')),
    { kind: 'variable', name: 'DATABASE_URL' },
  ],
  [
    'a variable that Python asks for',
    red(
      `>       os.environ["API_URL"]\nE       KeyError: 'API_URL'\nFAILED tests/test_a.py::test_a - KeyError: 'API_URL'\n1 failed in 0.03s\n`,
    ),
    { kind: 'variable', name: 'API_URL' },
  ],
  [
    'a database that does not answer a test',
    red(nodeTest('Error: connect ECONNREFUSED 127.0.0.1:5432')),
    { kind: 'service', name: '127.0.0.1:5432' },
  ],
  [
    'an authority that npm does not know',
    red(
      'npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error request to https://registry.example.org/x failed\n',
      'setup',
    ),
    { kind: 'certificate', name: 'registry.example.org' },
  ],
  [
    'an authority that pip does not know',
    red(
      "WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1000)'))': /simple/requests/\nERROR: No matching distribution found for requests\n",
      'setup',
    ),
    { kind: 'certificate', name: '' },
  ],
  [
    'an authority that Maven does not know',
    red(
      '[ERROR] Could not transfer artifact junit:junit:pom:4.13.2 from/to central (https://repo.maven.apache.org/maven2): PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target\n',
      'setup',
    ),
    { kind: 'certificate', name: '' },
  ],
  [
    'an authority that uv does not know',
    red(
      'error: Failed to fetch: `https://pypi.org/simple/pytest/`\n  Caused by: invalid peer certificate: UnknownIssuer\n',
      'setup',
    ),
    { kind: 'certificate', name: '' },
  ],
  [
    'a token that the settings of npm ask for',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm prints it so
    red('npm error Failed to replace env in config: ${NPM_TOKEN}\n', 'setup'),
    { kind: 'variable', name: 'NPM_TOKEN' },
  ],
  [
    'a package of Python',
    red("E   ModuleNotFoundError: No module named 'requests'\nERROR tests/test_a.py\n1 error in 0.05s\n"),
    { kind: 'package', name: 'requests' },
  ],
  ['a program', red('sh: 1: jest: not found\n', 'test', 127), { kind: 'program', name: 'jest' }],
  [
    'a registry that is away',
    red(
      'npm error code EAI_AGAIN\nnpm error request to http://registry.local/x failed, reason: getaddrinfo EAI_AGAIN registry.local\n',
      'setup',
    ),
    { kind: 'registry', name: 'registry.local' },
  ],
  [
    'watched files',
    red("Error: ENOSPC: System limit for number of file watchers reached, watch '/w/a'\n✖ a"),
    { kind: 'limit', name: 'watched files' },
  ],
  [
    'open files',
    red("Error: EMFILE: too many open files, open '/w/a'"),
    { kind: 'limit', name: 'open files' },
  ],
  [
    'a folder that may be written to',
    red("Error: EROFS: read-only file system, open '/var/lib/x'"),
    { kind: 'path', name: '/var/lib/x' },
  ],
  [
    'a browser for the tests',
    red(
      "browserType.launch: Executable doesn't exist at /c/chrome\nLooks like Playwright was just installed or updated.\n  1 failed",
    ),
    { kind: 'program', name: '' },
  ],
  [
    'packages of a build tool that has no network',
    red(
      'error: failed to download from `https://index.crates.io/config.json`\nCaused by: [6] Could not resolve host: index.crates.io',
    ),
    { kind: 'registry', name: '' },
  ],
  [
    'a disk with room, as Go says it',
    red('write /tmp/x: no space left on device\n'),
    { kind: 'disk', name: '' },
  ],
  ['a newer Java', red('error: invalid target release: 21\n'), { kind: 'program', name: '21' }],
  [
    'a newer Go',
    red('go: go.mod requires go >= 1.24 (running go 1.21.0; GOTOOLCHAIN=local)\n'),
    { kind: 'program', name: 'go >= 1.24' },
  ],
  [
    'a port that is free',
    red(nodeTest('Error: listen EADDRINUSE: address already in use :::3000')),
    { kind: 'port', name: '3000' },
  ],
  ['a database', red('Connection to localhost:5432 refused\n'), { kind: 'service', name: 'localhost:5432' }],
  ['a password', red('password authentication failed for user "app"\n'), { kind: 'login', name: 'app' }],
  [
    'a variable that a sentence asks for',
    red('Error: Set the DATABASE_URL environment variable\n'),
    { kind: 'variable', name: 'DATABASE_URL' },
  ],
  ['a login of a registry', red('npm error code E401\n'), { kind: 'login', name: 'E401' }],
  ['a certificate', red('npm error code CERT_HAS_EXPIRED\n'), { kind: 'certificate', name: '' }],
  ['a command, by its exit code', red('', 'test', 127), { kind: 'program', name: '' }],
  ['a disk with room', red('Error: ENOSPC: no space left on device, write\n'), { kind: 'disk', name: '' }],
])('R-PROJ-7: the missing thing is named: %s', (_, check, lack) => {
  expect(seenIn(check, '/checkout').lack).toEqual(lack);
});

test('R-PROJ-7: each sign matches its own sample', () => {
  for (const { pattern, sample } of signs) expect(sample).toMatch(pattern);
});

test.each([
  ['a test that fails', nodeTest('AssertionError: 1 == 2')],
  ['a type that is wrong', "a.ts(1,1): error TS2322: Type 'string' is not assignable to type 'number'.\n"],
  ['a sentence about settings', nodeTest('AssertionError: Title is required')],
])('R-PROJ-7: %s lacks nothing', (_, output) => {
  expect(seenIn(red(output), '/checkout').lack).toBeNull();
});

test('R-PROJ-6: places are relative to the checkout, so that two runs can be compared', () => {
  const output = (root: string) => `${root}/src/a.ts(1,1): error TS2322: Type 'string' is not assignable.\n`;
  expect(seenIn(red(output('/one'), 'typecheck'), '/one')).toEqual(
    seenIn(red(output('/two'), 'typecheck'), '/two'),
  );
});
