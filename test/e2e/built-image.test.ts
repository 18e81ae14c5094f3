// The image of `deploy/image/Dockerfile` is built and started, without a container engine: buildah works in a chroot, on
// a Debian that mmdebstrap makes and Node is put into, in place of `node:24-bookworm-slim`. `npm run test:image` runs this;
// it takes some minutes, and needs root, buildah, mmdebstrap and a registry of npm and of Debian.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/stdx/files/own-files.ts';
import { removeTree } from '../../src/stdx/files/remove-tree.ts';

const isAsked = process.env.MOOSE_TEST_IMAGE === '1';
const minutesMax = 40;
const outputBytesMax = 64 * 1024 ** 2;

let scratch = '';
let container = '';
let image: ImageConfig = { User: '', Entrypoint: [], Cmd: [], Healthcheck: { Test: [] } };

interface ImageConfig {
  User: string;
  Entrypoint: string[];
  Cmd: string[];
  Healthcheck: { Test: string[] };
}

function run(program: string, words: readonly string[], stderr: 'inherit' | 'ignore' = 'inherit'): string {
  return execFileSync(program, words, {
    cwd: scratch,
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
    stdio: ['ignore', 'pipe', stderr],
  }).trim();
}

const store = () => [
  '--storage-driver',
  'vfs',
  '--root',
  join(scratch, 'store'),
  '--runroot',
  join(scratch, 'run'),
];
const buildah = (...words: string[]) => run('buildah', [...store(), ...words]);

/** In the container, with a network of its own: the port of the image may be in use on this machine. */
function inContainer(script: string): string {
  const enter = `ip link set lo up && exec buildah ${store().join(' ')} run --isolation chroot "$0" -- sh -c "$1"`;
  return run('unshare', ['--net', 'sh', '-c', enter, container, script], 'ignore');
}

const quoted = (words: readonly string[]) =>
  words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

function makeBase(): void {
  const base = join(scratch, 'base');
  mkdirSync(base);
  const lean = '--dpkgopt=path-exclude=/usr/share/{doc,man,locale}/*';
  run('mmdebstrap', [
    '--variant=minbase',
    '--include=ca-certificates',
    lean,
    'bookworm',
    join(base, 'rootfs.tar'),
  ]);
  copyFileSync(realpathSync(join(packageRoot, 'node_modules/.bin/node')), join(base, 'node'));
  const npm = dirname(dirname(realpathSync(run('sh', ['-c', 'command -v npm']))));
  cpSync(npm, join(base, 'npm'), { recursive: true });
  // A machine may have a certificate of its own between it and the registries.
  copyFileSync('/etc/ssl/certs/ca-certificates.crt', join(base, 'ca.crt'));
  const lines = [
    'FROM scratch',
    'ADD rootfs.tar /',
    'COPY node /usr/local/bin/node',
    'COPY npm /usr/local/lib/node_modules/npm',
    'COPY ca.crt /etc/ssl/certs/ca-certificates.crt',
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
    'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
  ];
  writeFileSync(join(base, 'Dockerfile'), `${lines.join('\n')}\n`);
  buildah('bud', '--isolation', 'chroot', '--format', 'docker', '--layers=false', '-t', 'base', base);
}

// Ten minutes, and programs that a machine seldom has: only if it is asked for.
describe.skipIf(!isAsked)('the image', { timeout: minutesMax * 60_000 }, () => {
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'moose-image-'));
    makeBase();
    const context = join(scratch, 'context');
    mkdirSync(context);
    run(process.execPath, [join(packageRoot, 'scripts/pack-moose.ts'), '--to', join(context, 'package')]);
    const base = ['--build-arg', 'BASE=localhost/base'];
    const file = ['-f', join(packageRoot, 'deploy/image/Dockerfile')];
    const startedMs = performance.now();
    buildah(
      'bud',
      '--isolation',
      'chroot',
      '--format',
      'docker',
      '--layers=false',
      ...base,
      ...file,
      '-t',
      'moose',
      context,
    );
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    container = buildah('from', 'moose');
    image = JSON.parse(buildah('inspect', '--type', 'image', 'moose')).Docker.config;
    const sizes = buildah('images', '--format', '{{.Name}} {{.Size}}').split('\n').join(', ');
    process.stdout.write(`built in ${seconds} s from ${readdirSync(context).join(' and ')}; ${sizes}\n`);
  }, minutesMax * 60_000);

  afterAll(async () => {
    if (container !== '') buildah('rm', container);
    await removeTree(scratch);
  }, 600_000);

  test('R-DIST-1: its entry point runs the demo, as an ordinary user', () => {
    expect(image).toMatchObject({ User: '10001', Cmd: ['up'] });
    const startedMs = performance.now();
    const document = JSON.parse(inContainer(`${quoted(image.Entrypoint)} demo --json`));
    expect(document).toMatchObject({ name: 'demo', ok: true, completed: 6 });
    process.stdout.write(`the demo in the image: ${Math.round((performance.now() - startedMs) / 1_000)} s\n`);
  });

  test('R-DIST-1: its check of health passes while it serves, and TERM stops it with 0', () => {
    const [, ...check] = image.Healthcheck.Test;
    const script = [
      `if ${quoted(check)}; then echo early; fi`,
      `${quoted([...image.Entrypoint, ...image.Cmd])} >/dev/null & pid=$!`,
      `n=0; until ${quoted(check)}; do n=$((n + 1)); [ $n -lt 300 ] || exit 9; sleep 1; done; echo healthy`,
      'kill -TERM $pid; wait $pid; echo "ended with $?"',
    ];
    expect(inContainer(script.join('\n'))).toBe('healthy\nended with 0');
  });
});
