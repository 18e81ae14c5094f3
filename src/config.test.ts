import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfig, scriptedEnvironment } from './config.ts';
import { assess } from './engine/pipeline/assess.ts';
import { withoutOwnTools } from './given-environments.ts';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const keys = {
  ANTHROPIC_API_KEY: 'sk-ant-secret',
  OPENAI_API_KEY: 'sk-secret',
  OPENAI_COMPATIBLE_API_KEY: 'secret-too',
};

test('with nothing set there are defaults for everything', () => {
  expect(readConfig({})).toMatchObject({
    ...{
      dataDirectory: join(homedir(), '.moose'),
      databaseUrl: null,
      runsMax: 64,
      logLevel: 'warn',
      dieAt: null,
    },
    engine: { defaultAgent: 'patch', models: { light: [], standard: [], strong: [] } },
    actor: expect.stringMatching(/^human:.+/),
  });
});

test('fear: a variable that is set to nothing puts the database into the current folder', () => {
  expect(readConfig({ MOOSE_DATA: '' }).dataDirectory).toBe(join(homedir(), '.moose'));
  expect(readConfig({ MOOSE_DATA: '/a' }, { data: '' }).dataDirectory).toBe('/a');
  expect(readConfig({ MOOSE_DATA: '/a' }, { data: 'b' }).dataDirectory).toBe(resolve('b'));
});

test.each([
  ['MOOSE_RUNS_MAX', '0'],
  ['MOOSE_POLL_MS', '-5'],
  ['MOOSE_MACHINE_SLOTS', 'many'],
  ['MOOSE_PROJECT_SLOTS', '1.5'],
  ['MOOSE_PROVIDER_SLOTS', ' '],
  ['MOOSE_MODEL_TIMEOUT_MS', 'Infinity'],
  ['MOOSE_SILENCE_MS', '2147483648'],
  ['MOOSE_LOG_LEVEL', 'loud'],
  ['MOOSE_ISOLATION', 'perhaps'],
  ['MOOSE_PRICES', 'qwen=1:2'],
  ['MOOSE_MODELS', 'a/a,b/b,c/c,d/d'],
])('%s=%s is refused by name, with what to write', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(
    expect.objectContaining({
      code: 'SETTING_INVALID',
      category: 'configuration',
      message: expect.stringContaining(name),
      advice: expect.stringMatching(/\.$/),
    }),
  );
});

test.each(['mysql://a/b', 'localhost:5432', 'postgres', 'https://a/b', 'postgres//a'])(
  'DATABASE_URL=%s is refused, and not told to anybody',
  (url) => {
    expect(() => readConfig({ DATABASE_URL: url })).toThrow(
      expect.objectContaining({ code: 'DATABASE_URL_INVALID', message: expect.not.stringContaining(url) }),
    );
  },
);

test('R-BASE-1: DATABASE_URL is taken as it is', () => {
  for (const url of ['postgres://u:p@h:5432/d', 'postgresql://h/d?sslmode=require'])
    expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
  expect(readConfig({ DATABASE_URL: '' }).databaseUrl).toBeNull();
});

test('models: one serves for all, two for light and the rest, and a key brings its usual ones', () => {
  const models = (env: Record<string, string>) => readConfig(env).engine.models;
  expect(models({ MOOSE_MODELS: 'a/x' })).toEqual({ light: ['a/x'], standard: ['a/x'], strong: ['a/x'] });
  expect(models({ MOOSE_MODELS: ' a/x , b/y ' })).toEqual({
    light: ['a/x'],
    standard: ['b/y'],
    strong: ['b/y'],
  });
  expect(models({ MOOSE_MODELS: 'a/x,b/y,c/z' })).toEqual({
    light: ['a/x'],
    standard: ['b/y'],
    strong: ['c/z'],
  });
  const both = models({ ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' });
  for (const tier of [both.light, both.standard, both.strong])
    expect(tier.map((name) => name.split('/')[0])).toEqual(['anthropic', 'openai']);
});

test('R-BASE-5: the environment of the scripted model makes a Moose that calls no other', () => {
  const config = readConfig({
    ...keys,
    DATABASE_URL: 'postgres://h/d',
    ...scriptedEnvironment('http://127.0.0.1:1'),
  });
  expect(config.databaseUrl).toBeNull();
  const { light, standard, strong } = config.engine.models;
  for (const name of [...light, ...standard, ...strong]) expect(name).toMatch(/^scripted\//);
});

test('R-SEC-4: no key, and nothing that is not on the list, reaches a check', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'PATH',
      'HOME',
      'GITHUB_TOKEN',
      'AWS_SECRET_ACCESS_KEY',
      'NODE_OPTIONS',
      'DATABASE_URL',
      'MOOSE_DATA',
    ),
    fc.stringMatching(/^[A-Z_]{1,20}$/),
  );
  const lists =
    /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_ALL|TZ|TMPDIR|CI|JAVA_HOME|GO\w+|CARGO_HOME|RUSTUP_HOME|VIRTUAL_ENV|PYENV_ROOT|(HTTPS?|NO)_PROXY)$/i;
  fc.assert(
    fc.property(fc.dictionary(name, fc.constantFrom('a', 'b')), (env) => {
      const given = { ...env, ...keys };
      const numbers = Object.keys(env).some((each) => each.startsWith('MOOSE_') || each === 'DATABASE_URL');
      const { checkEnvironment } = readConfig(numbers ? keys : given).engine;
      for (const [each, value] of Object.entries(checkEnvironment)) {
        expect(each).toMatch(lists);
        for (const key of Object.values(keys)) expect(value).not.toContain(key);
      }
      expect(checkEnvironment.CI).toBe('1');
    }),
  );
});

test("a project's checks run with the machine's own tools, and with the Node that runs Moose where there is no other", () => {
  const own = [
    join(packageRoot, 'node_modules', '.bin'),
    '/x/node_modules/.bin',
    '/y/@npmcli/run-script/lib/node-gyp-bin',
  ];
  const path = ['/usr/local/bin', ...own, '', '/usr/bin'].join(delimiter);
  expect(withoutOwnTools(path).split(delimiter)).toEqual([
    '/usr/local/bin',
    '/usr/bin',
    dirname(process.execPath),
  ]);
  expect(withoutOwnTools('')).toBe(dirname(process.execPath));
  expect(readConfig({ PATH: path }).engine.checkEnvironment.PATH).toBe(withoutOwnTools(path));
});

test('R-PIPE-3: a word that was set forces the strongest model, and none that Moose knows is lost', () => {
  const policy = (words: string) => readConfig({ MOOSE_HARD_STOP_WORDS: words }).engine.assessment;
  const tierOf = (title: string, words: string) =>
    assess({ title, description: '', acceptance: '', files: { pathCount: 10 }, policy: policy(words) }).tier;
  expect(tierOf('Mend the payroll export', '')).toBe('light');
  expect(tierOf('Mend the payroll export', ' Payroll, ,ledger')).toBe('strong');
  expect(tierOf('Mend the authentication', 'payroll,auth')).toBe('strong');
});
