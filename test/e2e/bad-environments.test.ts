// What the machine or the project's surroundings lack is found before a model is paid, and the sentence says what to do
// (R-PROJ-7). The programs are real, and so is what they print.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { json } from './npm-project.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

/** Several at once, each with processes of its own. */
const settledMsMax = 120_000;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const root = { name: 'shop', version: '1.0.0', dependencies: { dep: '1.0.0' } };

/** An npm project whose only package is in a registry at this address. */
const npmProject = (registry: string, settings = '') => ({
  '.gitignore': 'node_modules\n',
  '.npmrc': `registry=${registry}\nfetch-retries=0\n${settings}`,
  'package.json': json({ ...root, scripts: { test: 'node --test' } }),
  'package-lock.json': json({
    name: root.name,
    version: root.version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': root,
      'node_modules/dep': {
        version: '1.0.0',
        resolved: `${registry}dep/-/dep-1.0.0.tgz`,
        integrity: 'sha512-AA==',
      },
    },
  }),
});

/** A registry in the sandbox, with a certificate that nobody has signed. */
const untrusted = {
  'registry.cjs': `const { readFileSync: read, writeFileSync: write } = require('node:fs');
const server = require('node:https').createServer({ key: read('/tmp/key.pem'), cert: read('/tmp/cert.pem') }, (_, answer) => answer.end());
server.listen(18443, '127.0.0.1', () => write('/tmp/listens', ''));
`,
  'setup.sh': `openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout /tmp/key.pem -out /tmp/cert.pem 2>/dev/null
node registry.cjs &
until test -e /tmp/listens; do sleep 0.1; done
npm ci
status=$?
kill $!
exit $status
`,
};

const config = (text: string) => ({
  '.moose/config.yml': `${text}\nchecks:\n  - kind: test\n    command: 'true'\n`,
});

/** What the project has, the error, and what its sentences must name. */
const table: ReadonlyArray<
  readonly [lack: string, code: string, names: readonly string[], files: Record<string, string>]
> = [
  [
    'a missing variable',
    'CHECK_VARIABLE_MISSING',
    ['SHOP_TOKEN', 'moose project variable set'],
    { ...config('setup: sh setup.sh'), 'setup.sh': 'set -u\necho "token $SHOP_TOKEN"\n' },
  ],
  [
    'a certificate that nobody trusts',
    'CHECK_CERTIFICATE_UNTRUSTED',
    ['NODE_EXTRA_CA_CERTS'],
    { ...npmProject('https://localhost:18443/'), ...untrusted, ...config('setup: sh setup.sh') },
  ],
  [
    'a registry that does not answer',
    'CHECK_REGISTRY_AWAY',
    ['127.0.0.1'],
    { ...npmProject('http://127.0.0.1:9/'), ...config('setup: npm ci') },
  ],
  [
    'a missing toolchain',
    'CHECK_PROGRAM_MISSING',
    ['no-such-toolchain'],
    config('setup: no-such-toolchain install'),
  ],
  [
    'a service that does not come up',
    'SERVICE_NOT_READY',
    ['no such database'],
    config('services:\n  db: { command: "echo no such database; exit 1", ready: { port: 0 } }'),
  ],
];

async function expectFound(...[lack, code, names, files]: (typeof table)[number]): Promise<void> {
  const repositoryPath = await makeRepository(join(ground.directory, lack.replaceAll(' ', '-')), files);
  const answer = () => writes('made.txt', 'new\n');
  const { id } = await ground.submit({ repositoryPath, checks: undefined as never, answer });
  const detail = await ground.settled(id, settledMsMax);
  const { failure, errors } = detail;
  expect(detail, JSON.stringify(errors)).toMatchObject({
    status: 'failed',
    step: 'preparing',
    failure: { code },
    counters: { refinement_cycles: 0, agent_runs: 0 },
  });
  expect(errors.at(-1)).toMatchObject({ code, category: 'configuration' });
  for (const name of names) expect(`${failure?.message} ${failure?.advice}`).toContain(name);
  expect(failure?.advice).toContain('moose retry');
  expect(ground.callsFor(id)).toBe(0);
}

test.concurrent.each(table)(
  'R-PROJ-7: %s is found before a model is paid, and the sentence names what to do',
  expectFound,
);

test.concurrent('R-PROJ-6: for a base whose checks are red, a model is paid for the change alone', async () => {
  const repositoryPath = await makeRepository(join(ground.directory, 'red'), {
    'package.json': json({ name: 'shop', private: true, scripts: { test: 'node --test' } }),
    'old.test.cjs': "require('node:test')('is red already', () => { throw new Error('off by one'); });\n",
  });
  const answer = () => writes('made.txt', 'new\n');
  const { id } = await ground.submit({ repositoryPath, checks: undefined as never, answer });
  const detail = await ground.settled(id, settledMsMax);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0 } });
  expect(ground.callsFor(id)).toBe(1);
});

test('R-PROJ-7: an install that hangs is stopped before a model is paid', async () => {
  await ground.opened.moose.settings.change('settings.limits.check_time_limit_ms', { value: 2_000 });
  await expectFound(
    'an install that hangs',
    'SETUP_TIMED_OUT',
    ['did not end within 2 s', '--from preparing'],
    config('setup: sleep 600'),
  );
});

test('after all of these nothing is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
