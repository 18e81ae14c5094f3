import { expect, test } from 'vitest';
import { isMooseError } from '../domain/failure.ts';
import { previewOf } from '../domain/machine/daemon.ts';
import { daemonsOf } from './daemon-order.ts';
import { readConfig } from './read-config.ts';

test('R-PROJ-2: every key is read', () => {
  const text = `setup: npm ci
checks:
  - kind: typecheck
    command: npm run typecheck
  - { kind: test, command: npm test }
environment:
  DATABASE_URL: postgres://localhost/test
  PORT: "3000"
files: [.env.test, "config/*.local.yml"]
base: release/2.x
agent: codex
model: openai/gpt-5
limit: 2.50
time: 1.5h
reviewer: anthropic/claude
egress: [packages.example.com, "*.example.com", "proxy.example.com:8443"]
agent_egress: [docs.example.com, { host: docs.internal, private: true }]
services:
  database:
    command: postgres -D data
    ready: { port: 5432 }
    port: 5432
  web:
    command: npm start
    ready: { url: "http://localhost:3000/healthz" }
    preview: true
`;
  expect(readConfig(text)).toEqual({
    setup: ['npm ci'],
    checks: [
      { kind: 'typecheck', command: 'npm run typecheck' },
      { kind: 'test', command: 'npm test' },
    ],
    environment: { DATABASE_URL: 'postgres://localhost/test', PORT: '3000' },
    files: ['.env.test', 'config/*.local.yml'],
    base: 'release/2.x',
    agent: 'codex',
    model: 'openai/gpt-5',
    limitUsd: 2.5,
    timeMs: 5_400_000,
    reviewer: 'anthropic/claude',
    egress: ['packages.example.com', '*.example.com', 'proxy.example.com:8443'],
    agent_egress: ['docs.example.com', { host: 'docs.internal', private: true }],
    services: {
      database: { command: 'postgres -D data', ready: { port: 5432 }, port: 5432 },
      web: { command: 'npm start', ready: { url: 'http://localhost:3000/healthz' }, preview: true },
    },
  });
});

test.each(['', '# nothing yet\n', '{}', '\uFEFF\r\n'])('a file without any settings is valid: %j', (text) => {
  expect(readConfig(text)).toEqual({});
});

test('several setup commands run in their order', () => {
  expect(readConfig('setup:\n  - npm ci\n  - npm run build:deps\n')).toEqual({
    setup: ['npm ci', 'npm run build:deps'],
  });
});

test.each<[string, string]>([
  ['- a list\n', '1:1: the file must be a map of keys to values.'],
  ['a: 1\na: 2\n', '2:1: map keys must be unique.'],
  ['a: &x 1\nb: *x\n', '2:4: it uses an alias (*name), which is not supported here.'],
  ['setpu: npm ci\n', '1:1: there is no key "setpu".'],
  ['checks:\n  - kind: test\n    comand: x\n', '3:5: there is no key "comand" in checks entry 1.'],
  ['checks:\n  - kind: test\n', '2:5: checks entry 1.command is missing.'],
  ['checks: npm test\n', '1:9: checks must be a list.'],
  ['checks:\n  - kind: test\n    command: ""\n', '3:14: checks entry 1.command must not be empty.'],
  ['setup: [a, 3]\n', '1:12: setup entry 2 must be a command: a text in quotes.'],
  ['setup: 3\n', '1:8: setup must be a command, or a list of commands.'],
  ['environment:\n  PORT: 3000\n', '2:9: environment.PORT must be a text: put the value in quotes.'],
  ['environment:\n  PATH: /x\n', '2:3: the name "PATH" is set by Moose: choose another name.'],
  ['environment:\n  MOOSE_X: a\n', '2:3: the name "MOOSE_X" is set by Moose: choose another name.'],
  ['environment:\n  a-b: x\n', '2:3: the name "a-b" must be letters, digits and underscores.'],
  ['environment:\n  A: "a\\0b"\n', '2:6: environment.A must not contain a NUL character.'],
  ['base: -x\n', '1:7: base must be the name of a branch, for example main.'],
  ['base: a..b\n', '1:7: base must be the name of a branch, for example main.'],
  ['limit: "5"\n', '1:8: limit must be an amount in US dollars: a number such as 2.50.'],
  ['limit: .inf\n', '1:8: limit must be an amount in US dollars: a number such as 2.50.'],
  ['limit: 0\n', '1:8: limit must be above 0.'],
  ['time: 90\n', '1:7: time must be a duration: 90s, 10m or 2h.'],
  ['time: 48h\n', '1:7: time must be at most 24h.'],
  ['services:\n  DB: {}\n', '2:3: the name "DB" must be lowercase letters, digits and hyphens.'],
])('R-PROJ-2: a mistake is reported with its line and column: %j', (text, said) => {
  expect(messageOf(text)).toBe(`.moose/config.yml:${said}`);
});

test.each(['../secrets', '/etc/passwd', '~/.ssh/id', 'a/../../b', '.git/config', 'C:\\x', 'a\\..\\b'])(
  'fear: a pattern copies files from outside the repository: %s',
  (pattern) => {
    expect(messageOf(`files:\n  - '${pattern}'\n`)).toContain('files entry 1 must be a path inside');
  },
);

test.each(['http://x.org', '*', 'a b', '-x.org', '*.*.org', ''])('an invalid host is refused: %j', (host) => {
  expect(messageOf(`egress: ["${host}"]\n`)).toContain('egress entry 1 must');
});

test.each(['{}', '{ port: 80, url: "http://x" }', '{ url: "file:///etc" }', '{ port: 70000 }'])(
  'a service has exactly one way to tell that it is ready: %s',
  (ready) => {
    expect(messageOf(`services:\n  db:\n    command: x\n    ready: ${ready}\n`)).toContain(
      'services.db.ready',
    );
  },
);

const web = (more: string) => `services:\n  web:\n    command: x\n    ready: { port: 0 }\n    ${more}\n`;

test('R-PROJ-4: a service has its needs, its time limit and its address', () => {
  const text = `services:
  web:
    command: npm start
    ready: { log: "listening on" }
    timeout: 2m
    needs: [db]
    url: "http://localhost:$MOOSE_PORT_BASE/app"
  db: { command: postgres, ready: { command: pg_isready } }
  shown: { command: x, ready: { port: 3 }, preview: true }
`;
  const services = daemonsOf(readConfig(text));
  expect(services.map(({ name }) => name)).toEqual(['db', 'web', 'shown']);
  expect(services[1]).toMatchObject({ timeoutMs: 120_000, needs: ['db'], ready: { log: 'listening on' } });
  expect(services.map((each) => previewOf(each, 20_040))).toEqual([
    null,
    'http://localhost:20040/app',
    'http://localhost:20043/',
  ]);
  expect(services[0]?.timeoutMs).toBe(60_000);
});

test.each([
  ['needs: [db]', 'services.web.needs entry 1 must be the name of a service: web.'],
  ['needs: [web]', 'services.web.needs must not lead back to it: web needs web.'],
  ['timeout: 11m', 'services.web.timeout must be at most 10m.'],
  ['timeout: soon', 'services.web.timeout must be a duration'],
  ['url: "javascript:alert(1)"', 'services.web.url must be an http or https URL'],
  ['url: "http://user:pw@localhost/"', 'services.web.url must be an http or https URL'],
  ['reddy: 1', 'there is no key "reddy" in services.web.'],
  ['command: y', 'map keys must be unique.'],
])('R-PROJ-4: a service that cannot be started is refused with one sentence: %s', (more, said) => {
  expect(messageOf(web(more))).toContain(said);
});

test('R-PROJ-4: services that wait for each other are named', () => {
  const each = (name: string, needs: string) =>
    `  ${name}: { command: x, ready: { port: 1 }, needs: [${needs}] }\n`;
  const text = `services:\n${each('a', 'b')}${each('b', 'c')}${each('c', 'b')}`;
  expect(messageOf(text)).toContain('services.b.needs must not lead back to it: b needs c needs b.');
});

test('R-PROJ-4: more services than a machine can carry are refused', () => {
  const many = Array.from({ length: 21 }, (_, at) => `  s${at}: { command: x, ready: { port: 1 } }\n`);
  expect(messageOf(`services:\n${many.join('')}`)).toContain('services must have at most 20 services.');
});

test('the error about an unknown key names the nearest existing one', () => {
  expect(adviceOf('enviroment: {}\n')).toContain('Did you mean "environment"?');
  expect(adviceOf('services:\n  db:\n    command: x\n    ready: { prot: 1 }\n')).toContain(
    'Did you mean "port"?',
  );
  expect(adviceOf('zzzzzzzz: {}\n')).not.toContain('Did you mean');
});

test('R-PROJ-6: an install is not a check: it belongs under setup', () => {
  expect(messageOf('checks:\n  - { kind: setup, command: npm ci }\n')).toContain('belongs under setup');
});

const key = `sk-ant-api03-${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'.repeat(3)}AA`;

test.each([
  `environment:\n  API_KEY: "${key}"\n`,
  `setup: KEY=${key} npm ci\n`,
  'environment:\n  DB_PASSWORD: "hunter2hunter2XyZ9"\n',
])('fear: a secret in the file is accepted', (text) => {
  const message = messageOf(text);
  expect(message).toContain('contains a secret');
  expect(message).not.toContain('aB3dE6');
  expect(message).not.toContain('hunter2');
});

function messageOf(text: string): string {
  return failureOf(text).message;
}

function adviceOf(text: string): string {
  return failureOf(text).advice ?? '';
}

function failureOf(text: string) {
  try {
    readConfig(text);
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'PROJECT_CONFIG_INVALID') return cause;
    throw cause;
  }
  throw new Error(`It is read: ${text}`);
}
