import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assess } from '../../engine/policy/assess.ts';
import { withoutOwnTools } from './child-environments.ts';
import { calledAs, callersDirectory, readConfig, scriptedEnvironment } from './config.ts';

const packageRoot = resolve(import.meta.dirname, '../../..');
const keys = {
  ANTHROPIC_API_KEY: 'sk-ant-secret',
  OPENAI_API_KEY: 'sk-secret',
  OPENAI_COMPATIBLE_API_KEY: 'secret-too',
};

test('with nothing set there are defaults for everything', () => {
  expect(readConfig({})).toMatchObject({
    dataDirectory: join(homedir(), '.moose'),
    databaseUrl: null,
    runsMax: 64,
    logLevel: 'warn',
    dieAt: null,
    engine: { defaultAgent: 'patch', models: { light: [], standard: [], strong: [] } },
    actor: expect.stringMatching(/^human:.+/),
  });
});

test('fear: an empty variable puts the database into the current folder', () => {
  expect(readConfig({ MOOSE_DATA: '' }).dataDirectory).toBe(join(homedir(), '.moose'));
  expect(readConfig({ MOOSE_DATA: '/a' }, { data: '' }).dataDirectory).toBe('/a');
  expect(readConfig({ MOOSE_DATA: '/a' }, { data: 'b' }).dataDirectory).toBe(resolve('b'));
});

test('R-UI-7: the folder that npm was called from counts only under `npm run moose`', () => {
  expect(callersDirectory({ npm_lifecycle_event: 'moose', INIT_CWD: '/srv/app' })).toBe('/srv/app');
  expect(callersDirectory({ npm_lifecycle_event: 'test', INIT_CWD: '/srv/app' })).toBeNull();
  expect(callersDirectory({ INIT_CWD: '/srv/app' })).toBeNull();
  expect(callersDirectory({ npm_lifecycle_event: 'moose', INIT_CWD: '' })).toBeNull();
});

test('R-UI-7: a command that is shown can be copied, however Moose was called', () => {
  expect(calledAs({ npm_lifecycle_event: 'moose' })).toBe('npm run moose --');
  expect(calledAs({ npm_lifecycle_event: 'npx' })).toBe('npx moose-mission-control');
  expect(calledAs({ npm_lifecycle_event: 'test' })).toBe('moose');
  expect(calledAs({})).toBe('moose');
});

test.each([
  ['MOOSE_RUNS_MAX', '0'],
  ['MOOSE_LABELS', 'gpu=yes,zone'],
  ['MOOSE_DRAIN', 'soon'],
  ['MOOSE_DRAIN', '25h'],
  ['MOOSE_MACHINE_SLOTS', 'many'],
  ['MOOSE_PROJECT_SLOTS', '1.5'],
  ['MOOSE_PROVIDER_SLOTS', ' '],
  ['MOOSE_MODEL_TIMEOUT_MS', 'Infinity'],
  ['MOOSE_SILENCE_MS', '2147483648'],
  ['MOOSE_LOG_LEVEL', 'loud'],
  ['MOOSE_ISOLATION', 'perhaps'],
  ['MOOSE_CHECK_NETWORK', 'perhaps'],
  ['MOOSE_SANDBOX_PATHS', 'relative/path'],
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
  'MOOSE_DATABASE_URL=%s is refused, and not shown',
  (url) => {
    expect(() => readConfig({ MOOSE_DATABASE_URL: url })).toThrow(
      expect.objectContaining({ code: 'DATABASE_URL_INVALID', message: expect.not.stringContaining(url) }),
    );
  },
);

test('R-BASE-7: fear: Moose writes its tables into the database of the application whose shell it runs in', () => {
  expect(readConfig({ DATABASE_URL: 'postgres://me:pw@db.example/shop' }).databaseUrl).toBeNull();
});

test('R-BASE-1: MOOSE_DATABASE_URL is taken as it is', () => {
  for (const url of ['postgres://u:p@h:5432/d', 'postgresql://h/d?sslmode=require'])
    expect(readConfig({ MOOSE_DATABASE_URL: url }).databaseUrl).toBe(url);
  expect(readConfig({ MOOSE_DATABASE_URL: '' }).databaseUrl).toBeNull();
});

test('R-BASE-1: fear: a name for its connections in the address hides the running processes of Moose', () => {
  const read = (url: string) => readConfig({ MOOSE_DATABASE_URL: url }).databaseUrl;
  const rest = 'postgres://u:p%40@h:5432/d%C3%A9';
  expect(read(`${rest}?application_name=supabase&sslmode=require`)).toBe(`${rest}?sslmode=require`);
  expect(read(`${rest}?sslmode=require&application%5Fname=%20x`)).toBe(`${rest}?sslmode=require`);
  expect(read(`${rest}?application_name=`)).toBe(rest);
});

test('models: one covers all tiers, two cover light and the rest, and a key brings its defaults', () => {
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

test('R-BASE-5: in the scripted environment, Moose calls no other model', () => {
  const config = readConfig({
    ...keys,
    MOOSE_DATABASE_URL: 'postgres://h/d',
    ...scriptedEnvironment('http://127.0.0.1:1'),
  });
  expect(config.databaseUrl).toBeNull();
  const { light, standard, strong } = config.engine.models;
  for (const name of [...light, ...standard, ...strong]) expect(name).toMatch(/^scripted\//);
});

test('R-SEC-4: no key, and nothing outside the list, reaches a check', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'PATH',
      'HOME',
      'GITHUB_TOKEN',
      'AWS_SECRET_ACCESS_KEY',
      'NODE_OPTIONS',
      'MOOSE_DATABASE_URL',
      'MOOSE_DATA',
    ),
    fc.stringMatching(/^[A-Z_]{1,20}$/),
  );
  const lists =
    /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_ALL|TZ|TMPDIR|CI|JAVA_HOME|GO\w+|CARGO_HOME|RUSTUP_HOME|VIRTUAL_ENV|PYENV_ROOT|(HTTPS?|ALL|NO)_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|PIP_CERT|CURL_CA_BUNDLE|GIT_SSL_CAINFO)$/i;
  fc.assert(
    fc.property(fc.dictionary(name, fc.constantFrom('a', 'b')), (env) => {
      const given = { ...env, ...keys };
      const numbers = Object.keys(env).some(
        (each) => each.startsWith('MOOSE_') || each === 'MOOSE_DATABASE_URL',
      );
      const { checkEnvironment } = readConfig(numbers ? keys : given).engine;
      for (const [each, value] of Object.entries(checkEnvironment)) {
        expect(each).toMatch(lists);
        for (const key of Object.values(keys)) expect(value).not.toContain(key);
      }
      expect(checkEnvironment.CI).toBe('1');
    }),
  );
});

test("R-PROJ-7: a project's checks trust the machine's authorities, and get the variables that a person names", () => {
  const trusted = {
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    SSL_CERT_FILE: '/ca.pem',
    SSL_CERT_DIR: '/certs',
    REQUESTS_CA_BUNDLE: '/ca.pem',
    PIP_CERT: '/ca.pem',
    CURL_CA_BUNDLE: '/ca.pem',
    GIT_SSL_CAINFO: '/ca.pem',
  };
  expect(readConfig(trusted).engine.checkEnvironment).toMatchObject(trusted);
  const named = {
    SHOP_URL: 'http://127.0.0.1:9',
    SHOP_MODE: 'fast',
    MOOSE_CHECK_VARIABLES: 'SHOP_URL, ABSENT',
  };
  const seen = readConfig(named).engine.checkEnvironment;
  expect(seen.SHOP_URL).toBe('http://127.0.0.1:9');
  expect(seen).not.toHaveProperty('SHOP_MODE');
  expect(seen).not.toHaveProperty('ABSENT');
});

test("a project's checks use the machine's own tools, and Moose's Node only if there is no other", () => {
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

test('R-PIPE-3: a hard-stop word from the settings forces the strongest model, and the built-in words stay', () => {
  const policy = (words: string) => readConfig({ MOOSE_HARD_STOP_WORDS: words }).engine.assessment;
  const tierOf = (title: string, words: string) =>
    assess({ title, description: '', acceptance: '', files: { pathCount: 10 }, policy: policy(words) }).tier;
  expect(tierOf('Mend the payroll export', '')).toBe('light');
  expect(tierOf('Mend the payroll export', ' Payroll, ,ledger')).toBe('strong');
  expect(tierOf('Mend the authentication', 'payroll,auth')).toBe('strong');
});

test('R-PIPE-3: an unwanted hard-stop word is removed, and no other', () => {
  const words = (given: string) =>
    Object.keys(readConfig({ MOOSE_HARD_STOP_WORDS: given }).engine.assessment.hardStopWords);
  expect(words('-token, ledger')).not.toContain('token');
  expect(words('-token, ledger')).toContain('ledger');
  expect(words('-token').length).toBe(words('').length - 1);
});

test('additional paths of isolated sessions are read as a path and its access (R-SEC-5)', () => {
  const { engine } = readConfig({
    HOME: '/srv/ada',
    MOOSE_ISOLATION: 'required',
    MOOSE_CHECK_NETWORK: 'none',
    MOOSE_SANDBOX_PATHS: '~/.m2:rw, /srv/fixtures',
  });
  expect(engine).toMatchObject({
    isolation: 'require',
    checkNetwork: 'none',
    grantedPaths: [
      { path: '/srv/ada/.m2', sight: 'write' },
      { path: '/srv/fixtures', sight: 'read' },
    ],
  });
});
