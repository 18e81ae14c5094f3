import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkKinds } from '../domain/work-order/check.ts';
import { readConfig } from './read-config.ts';
import { configText, type WrittenCommand } from './write-config.ts';

const command = (over: Partial<WrittenCommand>): WrittenCommand => ({
  kind: 'test',
  command: 'npm test',
  source: 'package.json',
  why: 'from package.json',
  leftOutBecause: null,
  ...over,
});

test('R-PROJ-2: the written file says what is in effect, why, and what is not', () => {
  const text = configText(
    [
      command({ kind: 'setup', command: 'npm ci', why: 'installs what package-lock.json says' }),
      command({}),
      command({ kind: 'lint', command: 'make lint', leftOutBecause: 'it fails on this commit' }),
    ],
    [
      { name: 'claude-code', isChosen: true, time: '45m', limitUsd: 5 },
      { name: 'aider', isChosen: false, time: '30m', limitUsd: 3 },
    ],
  );
  expect(text).toContain(
    '  # from package.json; it fails on this commit\n  # - kind: lint\n  #   command: make lint\n',
  );
  expect(text).toContain('# limit: 5\n# Installed too: agent: aider, time: 30m, limit: 3\n');
  expect(readConfig(text)).toEqual({
    setup: ['npm ci'],
    checks: [{ kind: 'test', command: 'npm test' }],
    agent: 'claude-code',
    timeMs: 2_700_000,
  });
});

test('R-PROJ-4: a service is in effect with its variables, or only a comment', () => {
  const database = {
    name: 'postgres',
    command: 'set -e\nexec postgres -p 5433',
    log: 'ready: now',
    source: 'compose.yaml',
    environment: { DATABASE_URL: 'postgres://shop@localhost:5433/shop' },
  };
  const text = configText([], [], [], [{ ...database, leftOutBecause: null }]);
  expect(readConfig(text)).toMatchObject({
    environment: database.environment,
    services: { postgres: { command: 'set -e\nexec postgres -p 5433', ready: { log: 'ready: now' } } },
  });
  const without = configText([], [], [], [{ ...database, leftOutBecause: 'it did not become ready here' }]);
  expect(readConfig(without)).toEqual({});
  expect(without).toContain('# from compose.yaml; it did not become ready here\n  # postgres:\n');
});

test('fear: a file without a check means that there are none, and hides those that Moose finds', () => {
  expect(readConfig(configText([], []))).toEqual({});
  expect(readConfig(configText([command({ leftOutBecause: 'it fails' })], []))).toEqual({});
});

test('property: for any commands, reading the file returns exactly those', () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('true', '.5', '.inf', '- a', 'a: b', 'x #y', '*a', '"', "'", '{}', '1', '~'),
    )
    .map((each) => each.replaceAll('\0', '').trim())
    .filter((each) => each !== '');
  const commands = fc.array(
    fc.record({ kind: fc.constantFrom(...checkKinds), command: text, why: text, isIn: fc.boolean() }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(commands, (all) => {
      const written = configText(
        all.map(({ isIn, ...each }) => command({ ...each, leftOutBecause: isIn ? null : 'not proved' })),
        [],
      );
      const inEffect = all.filter(({ isIn }) => isIn);
      const setup = inEffect.filter(({ kind }) => kind === 'setup').map((each) => each.command);
      const checks = inEffect.filter(({ kind }) => kind !== 'setup');
      expect(readConfig(written)).toEqual({
        ...(setup.length > 0 ? { setup } : {}),
        ...(checks.length > 0
          ? { checks: checks.map((each) => ({ kind: each.kind, command: each.command })) }
          : {}),
      });
    }),
  );
});

test('R-SEC-6: proposed hosts are read back, and a private one says that a person confirms it', () => {
  const hosts = [
    { host: 'registry.internal:4873', isPrivate: true, source: '.npmrc' },
    { host: 'pip.example.com', isPrivate: false, source: 'pip.conf' },
  ];
  const text = configText([], [], hosts);
  expect(readConfig(text).egress).toEqual([
    { host: 'registry.internal:4873', private: true },
    'pip.example.com',
  ]);
  expect(text).toContain('# from .npmrc; a person confirms it: `moose project set NAME --confirm-hosts`\n');
});
