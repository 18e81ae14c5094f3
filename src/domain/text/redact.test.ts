import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { readCases } from '../../../test/failure-cases.ts';
import { sourceFiles } from '../../../test/source-files.ts';
import { rememberSecrets, secretsOf } from '../secrets/known-secrets.ts';
import { knownSecretIn, redact, redactField, redactTail } from './redact.ts';

const root = new URL('../../..', import.meta.url).pathname;
const signs = 'a1B2c3D4e5F6g7H8i9J0'.repeat(6);
const given = { name: 'SHOP_API_KEY', value: 'Zx9+pl/an=ted"Q7\\w4' };
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

beforeAll(() => rememberSecrets([given]));

/** The secrets are put together here, so that no file of the project looks as if it contained one. */
const shapes: Record<string, string[]> = {
  'anthropic-key': [`sk-ant-api03-${signs.slice(0, 40)}-_AA`],
  'api-key': [`sk-proj-${signs.slice(0, 48)}`, `sk-${signs.slice(0, 32)}`],
  'github-token': [
    `ghp_${signs.slice(0, 36)}`,
    `gho_${signs.slice(0, 36)}`,
    `github_pat_${signs.slice(0, 22)}_x`,
  ],
  'gitlab-token': [`glpat-${signs.slice(0, 20)}`],
  'aws-key': [`AKIA${'IOSFODNN7EXAMPLE'}`],
  'google-key': [`AIza${signs.slice(0, 35)}`],
  'slack-token': [`xoxb-${'1234567890-'.repeat(2)}abcdef`],
  'webhook-url': [
    `https://hooks.slack.com/services/${'T00000000/B00000000'}/${signs.slice(0, 24)}`,
    `https://discord.com/api/webhooks/${'1234567890'}/${signs.slice(0, 60)}`,
  ],
  jwt: [`eyJ${signs.slice(0, 20)}.eyJ${signs.slice(0, 30)}.${signs.slice(0, 43)}`],
  'moose-token': [`moose_${signs.slice(0, 43)}`],
  'npm-token': [`npm_${signs.slice(0, 36)}`],
  token: [`hf_${signs.slice(0, 34)}`, `sk_live_${signs.slice(0, 24)}`],
  'bearer-token': [`Bearer ${signs.slice(0, 30)}`],
  'private-key': [pem.trimEnd(), pem.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY').trimEnd()],
};
const samples = Object.entries(shapes).flatMap(([kind, list]) =>
  list.map((sample) => [kind, sample] as const),
);

test.each(samples)('R-FAIL-7: a %s is replaced anywhere in a text', (kind, sample) => {
  const surroundings = [
    ['', ''],
    ['The key ', ' was refused.'],
    ['{"a":"', '"}'],
    ["export X='", "'"],
    ['line\n', '\nline'],
    ['\x1b[31m', '\x1b[0m'],
  ];
  const secret = sample.replace('Bearer ', '');
  for (const [before, after] of surroundings) {
    const safe = redact(`${before}${sample}${after}`);
    expect(safe).not.toContain(secret);
    expect(safe.startsWith(before ?? '') && safe.endsWith(after ?? ''), safe).toBe(true);
    expect(safe).toContain(`[redacted:${kind}]`);
    const json = JSON.stringify({ text: `${before}${sample}${after}` });
    expect(JSON.parse(redact(json))).toEqual({ text: safe });
  }
});

test.each([
  ['postgres://moose:s3cr-et@db:5432/moose', 'postgres://moose:[redacted:password]@db:5432/moose'],
  [
    'host=db user=moose password=correcthorse dbname=x',
    'host=db user=moose password=[redacted:password] dbname=x',
  ],
  ['Server=db;User Id=sa;Password=battery1;', 'Server=db;User Id=sa;Password=[redacted:password];'],
  ['PGPASSWORD=battery1 psql', 'PGPASSWORD=[redacted:credential] psql'],
  ['GET /v1?key=abc123def456 HTTP/1.1', 'GET /v1?key=[redacted:credential] HTTP/1.1'],
  ['{"client_secret": "abc123def456"}', '{"client_secret": "[redacted:credential]"}'],
  ['{\\"apiKey\\":\\"abc123def456\\"}', '{\\"apiKey\\":\\"[redacted:credential]\\"}'],
  [
    `cookie: a=b; moose_session=${signs.slice(0, 43)}; c=d`,
    'cookie: a=b; moose_session=[redacted:moose-session]; c=d',
  ],
  [`{"moose_session":"${signs.slice(0, 43)}"}`, '{"moose_session":"[redacted:moose-session]"}'],
  [
    `{\\"cookie\\":\\"moose_session=${signs.slice(0, 43)}\\"}`,
    '{\\"cookie\\":\\"moose_session=[redacted:moose-session]\\"}',
  ],
  ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [redacted:credential]'],
])('a password in %s is replaced, and the text around it stays', (text, safe) => {
  expect(redact(text)).toBe(safe);
});

test('R-SEC-4, fear: one known private key hides where another one begins, and that one is shown', () => {
  const known = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const value = known.export({ type: 'pkcs8', format: 'pem' }).toString();
  rememberSecrets([{ name: 'DEPLOY_KEY', value }], { isGiven: true });
  expect(redact(pem.trimEnd())).toBe('[redacted:private-key]');
  const body = value.split('\n')[1] ?? '';
  expect(redact(value)).not.toContain(body);
  expect(redact(`only ${body} of it`)).toBe('only [redacted:DEPLOY_KEY] of it');
});

test('R-SEC-4: a secret of the environment is replaced in every encoding in which it may be printed', () => {
  const { value } = given;
  const bytes = Buffer.from(value);
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    Buffer.from(`user:${value}`).toString('base64'),
    Buffer.from(`u:${value}:more`).toString('base64'),
    Buffer.from(`us:${value}`).toString('base64url'),
  ];
  for (const form of forms) {
    const safe = redact(`it is ${form}, they say`);
    expect(safe).toContain('[redacted:SHOP_API_KEY]');
    // A group of four characters of an encoded secret may remain at each end: it reveals nothing without the rest.
    const kept = safe.replace(/^it is |, they say$|\[redacted:SHOP_API_KEY\]/g, '');
    expect(kept.length, safe).toBeLessThanOrEqual(16);
    expect(safe).not.toContain(form.slice(8, 20));
    expect(knownSecretIn(`x${form}y`)).toBe('SHOP_API_KEY');
  }
  expect(knownSecretIn('nothing of the kind')).toBeNull();
});

test('a secret that was cut is replaced too', () => {
  const { value } = given;
  expect(redact(`ends with ${value.slice(0, 14)}`)).toBe('ends with [redacted:SHOP_API_KEY]');
  expect(redact(`${value.slice(-14)} comes first`)).toBe('[redacted:SHOP_API_KEY] comes first');
  const log = `${'x'.repeat(9_000)} ${value} ${'y'.repeat(95)}`;
  expect(redactTail(log, 100)).toBe(`Y_KEY] ${'y'.repeat(95)}`.slice(-100));
  expect(redactTail('short', 100)).toBe('short');
});

test('a private key without its beginning or its end, in a quotation or in JSON is replaced too', () => {
  const lines = pem.trimEnd().split('\n');
  const kept = (text: string) => lines.slice(1, -1).filter((line) => text.includes(line));
  const cuts = [
    `before\n${lines.slice(0, 9).join('\n')}`,
    `${lines.slice(5).join('\n')}\nafter`,
    `${lines.slice(5).join('\r\n')}\r\nafter`,
    lines.map((line) => `> ${line}`).join('\n'),
    JSON.stringify({ key: pem, other: 'stays' }),
    JSON.stringify({ key: lines.slice(0, 9).join('\n'), other: 'stays' }),
    JSON.stringify({ key: lines.slice(5).join('\n'), other: 'stays' }),
  ];
  for (const cut of cuts) expect(kept(redact(cut)), redact(cut)).toEqual([]);
  for (const json of cuts.slice(4)) expect(JSON.parse(redact(json))).toMatchObject({ other: 'stays' });
  expect(redact(cuts[0] ?? '')).toBe('before\n[redacted:private-key]');
  expect(redact(cuts[1] ?? '')).toBe('[redacted:private-key]\nafter');
});

test('text that only mentions secrets stays unchanged', () => {
  const texts = [
    'if (text.includes("-----BEGIN PRIVATE KEY-----")) return parse(text);\nconst more = 1;',
    'const token = readToken(options);',
    'connect(host=host, user=user, password=password)',
    'postgres://user:password@host:port/database',
    'Bearer authentication is required here',
    'sha512-9sLAvzhLzPHXDgRkPBi2lk2Y3iEZpNVqAvFrqEKCjW3l0nXUyVdTzHIXEw2cbG3vZZs1yBkUhO0sXKJ1WJX6lA==',
    '3f2a9c0e5d7b1a4c8e6f0d2b4a6c8e0f1a3b5c7d',
    '0190c0de-7a7b-7000-8000-000000000000',
    'task-risk-disk-ask-mask-flask-1234567890-abcdefgh',
    'MAX_TOKENS=100000 KEY_PATH=/etc/keys/a1.pem tokens: 1234567',
    'the token: ab12 was unexpected',
  ];
  for (const text of texts) expect(redact(text)).toBe(text);
});

test("the project's own sources and the output of real tools stay unchanged", () => {
  const changed = sourceFiles(root, ['src', 'scripts', 'bench', 'docs', ''], /\.(ts|md|json|sql|sh)$/)
    .filter(({ path }) => !/\.(test|fixture)\.ts$/.test(path))
    .filter(({ text }) => redact(text) !== text);
  expect(changed.map(({ path }) => path)).toEqual([]);
  for (const name of ['dev', 'probed'] as const)
    for (const { stdout, stderr } of readCases(name))
      for (const text of [stdout, stderr]) expect(redact(text)).toBe(text);
});

const pieces = [
  ...samples.map(([, sample]) => sample),
  ...samples.map(([, sample]) => sample.slice(0, 12)),
  given.value,
  given.value.slice(0, 13),
  '"',
  '\\',
  '\\"',
  '\\n',
  '\n',
  ' ',
  '=',
  ': ',
  '://',
  'a:',
  '@',
  ';',
  'password=',
  '"token":"',
  'Authorization: Basic ',
  '-----BEGIN ',
  'PRIVATE KEY-----',
  '-----END ',
  '-',
  '.',
  'eyJ',
  'eyJ-',
  'sk-',
  'AKIA',
  'xoxb-',
  'ghp_',
  '{',
  '}',
  '[',
  ']',
  '[redacted:',
  '\x1b[31m',
  signs,
  '&key=',
];
const texts = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12 })), { maxLength: 14 });

test('redacting twice gives the same as once, and JSON stays JSON, for any text', () => {
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join('');
      const once = redact(text);
      expect(redact(once)).toBe(once);
      JSON.parse(redact(JSON.stringify({ text, [text]: [text, 1] })));
    }),
    { numRuns: 3_000 },
  );
});

test('R-SEC-3: every text takes linear time', () => {
  const charsMax = 400_000;
  // Six times the longest expected time. With quadratic time, it would take minutes.
  const msMax = 3_000;
  for (const piece of [
    ...pieces,
    ...pieces.map((each) => `${each} `),
    'a',
    'A1',
    'pwd=a ',
    '=a;pwd',
    '://a:a:',
  ]) {
    const text = piece.repeat(Math.ceil(charsMax / piece.length));
    // Of this process alone: a busy machine takes longer, but no more of this.
    const before = process.cpuUsage();
    redact(text);
    const { user, system } = process.cpuUsage(before);
    const isLinear = (user + system) / 1_000 < msMax;
    expect(isLinear, JSON.stringify(piece.slice(0, 80))).toBe(true);
  }
});

test('variables that contain secrets are distinguished from those that only mention them', () => {
  // A digit is added, because a value of only letters would count as a word.
  const random = () => `${randomBytes(12).toString('base64url')}7`;
  const [key, password, hook] = [random(), random(), `https://chat.example/hooks/${random()}`];
  const secrets = secretsOf({
    OPENAI_API_KEY: key,
    DATABASE_URL: `postgres://me:${password}@db/x`,
    MOOSE_SLACK_WEBHOOK_URL: hook,
    PATH: '/usr/bin',
    MAX_OUTPUT_TOKENS: '16000',
    SSH_KEY_PATH: '/k/id',
    TOKEN_FILE: 'tokens.json',
    GITHUB_TOKEN: 'short',
    DB_PASSWORD: 'postgres',
    ANTHROPIC_BASE_URL: 'https://api.example.com/v1',
    MOOSE_MODEL_TIMEOUT_MS: '180000',
    API_KEY_ID: 'abc-123-def',
    EMPTY_TOKEN: '',
    GONE_TOKEN: undefined,
  });
  expect(secrets).toEqual([
    { name: 'OPENAI_API_KEY', value: key },
    { name: 'DATABASE_URL', value: password },
    { name: 'MOOSE_SLACK_WEBHOOK_URL', value: hook },
  ]);
});

test('the value of a field with the name of a secret counts as one, whatever it looks like', () => {
  expect(redactField('Authorization', 'swordfish')).toBe('[redacted:credential]');
  expect(redactField('x-api-key', 'swordfish')).toBe('[redacted:credential]');
  expect(redactField('inputTokens', 'swordfish')).toBe('swordfish');
  expect(redactField('password', '')).toBe('');
});

test('R-SEC-4: fear: a test prints a secret of its check in a form that hides it', () => {
  const value = `Kx9-${Buffer.from('transform').toString('hex')}-Qz7`;
  rememberSecrets([{ name: 'TRANSFORMED_TOKEN', value }]);
  const [chars, bytes] = [[...value], Buffer.from(value)];
  const forms = [
    chars.toReversed().join(''),
    value.toUpperCase(),
    Buffer.from(bytes.toString('base64')).toString('base64'),
    bytes.toString('hex').toUpperCase(),
    chars.join(' '),
    chars.join('\n'),
    JSON.stringify(chars),
    JSON.stringify([...bytes]),
    [...bytes].join(' '),
    bytes
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1:')
      .replaceAll(':', ' '),
  ];
  for (const form of forms)
    expect(redact(`expected ${form} to be x`)).toContain('[redacted:TRANSFORMED_TOKEN]');
});

test('a password that is not valid URL encoding is used unchanged', () => {
  expect(secretsOf({ DATABASE_URL: 'postgres://me:50%-off-forever@db/x' })).toEqual([
    { name: 'DATABASE_URL', value: '50%-off-forever' },
  ]);
});

test.each([
  ['a line of YAML', 'password: hunter2hunter2', 'hunter2hunter2'],
  ['a header', 'x-api-key: k9fj2m4Lq8w7', 'k9fj2m4Lq8w7'],
  [
    'a line of an .ini file',
    'aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCY',
    'wJalrXUtnFEMIK7MDENGbPxRfiCY',
  ],
  ['a cookie', 'Cookie: session=abc123def456ghi7; a=b', 'abc123def456ghi7'],
  ['an option', 'mysql --password hunter2x db', 'hunter2x'],
  ['a login of curl', 'curl -s -u ada:s3cr3tw0rd https://x', 's3cr3tw0rd'],
  ['netrc', 'machine x.org login ada password s3cr3tw0rd', 's3cr3tw0rd'],
  ['npm', '//r.org/:_auth=YWRhOnMzY3IzdHcwcmQ=', 'YWRhOnMzY3IzdHcwcmQ='],
  ['docker', '{"auths":{"x":{"auth":"YWRhOnMzY3IzdHcwcmQ="}}}', 'YWRhOnMzY3IzdHcwcmQ='],
  ['Kubernetes', 'client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURQ==', 'LS0tLS1CRUdJTiBSU0EgUFJJVkFURQ=='],
  ['Vault', 'got hvs.CAESIJ2k9fJ2m4Lq8w7Zx', 'hvs.CAESIJ2k9fJ2m4Lq8w7Zx'],
  ['Telegram', '1234567890:AAF9fj2m4Lq8w7ZxYv1k9fj2m4Lq8w7ZxYv', 'AAF9fj2m4Lq8w7ZxYv1k9fj2m4Lq8w7ZxYv'],
  ['a password with an @', 'postgres://app:p@ssw0rd1@db:5432/x', 'ssw0rd1'],
])('R-FAIL-7: the secret of %s is not shown, also in JSON', (_, text, secret) => {
  for (const form of [text, JSON.stringify({ text }), JSON.stringify(JSON.stringify({ text }))]) {
    const shown = redact(form);
    expect(shown).not.toContain(secret);
    expect(redact(shown)).toBe(shown);
  }
  expect(() => JSON.parse(redact(JSON.stringify({ text })))).not.toThrow();
});

test.each([
  'const password: string = readPassword(2);',
  'token: process.env.TOKEN_2',
  'password: changeme',
  'The secret: never repeat a test.',
  'expected token: identifier but found number',
  'machine learning login page password reset',
  'curl -u "$USER:$PASSWORD" https://example.org',
])('an ordinary text stays as it is: %s', (text) => {
  expect(redact(text)).toBe(text);
});

test('R-FAIL-7: fear: a line of a secret with several lines is printed alone', () => {
  const value = 'host = db.example.org\npassword = q7Rw2xK9pL\nABCDEFGHIJKLMNOPQRSTUVWXYZab';
  rememberSecrets([{ name: 'MULTI', value }], { isGiven: true });
  expect(redact('it is q7Rw2xK9pL here')).toBe('it is [redacted:MULTI] here');
  expect(redact('ABCDEFGHIJKLMNOPQRSTUVWXYZab')).toBe('[redacted:MULTI]');
  expect(redact('the host is away')).toBe('the host is away');
});
