// fear: root gets no database, changes the machine to get one, or opens a private directory to everybody.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../domain/failure.ts';
import { findBinaryPackage } from './binaries/binaries.ts';
import { embeddedServer } from './embedded-server.ts';
import { reachableHome } from './home.ts';
import { postmasterOf, query, quick, scratch, scratchWithCluster, starter } from './scratch.fixture.ts';
import { findAccount } from './start/account.ts';
import { bringUp } from './start/bring-up.ts';
import { relocationRoot, startEmbedded } from './start/start-embedded.ts';

const nobody = { uid: 65_534, gid: 65_534 };
const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;
const one = 'SELECT 1 AS one';

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('the server runs as an existing account, which owns nothing but its data', async () => {
    const passwd = readFileSync('/etc/passwd', 'utf8');
    const directory = join(scratch(), 'embedded');
    const server = await startEmbedded({ directory, settings: quick });
    const { uid } = statSync(join(directory, 'data'));
    expect(uid).toBe(findAccount(passwd)?.uid);
    expect(statSync(`/proc/${postmasterOf(directory)}`).uid).toBe(uid);
    const foreign = readdirSync(directory).filter((name) => statSync(join(directory, name)).uid !== 0);
    expect(foreign).toEqual(['data']);
    expect(readFileSync('/etc/passwd', 'utf8')).toBe(passwd);
    await server.stop();
  });

  test('data of an earlier account is served by that account', async () => {
    const directory = await scratchWithCluster();
    execFileSync('chown', ['-R', `${nobody.uid}:${nobody.gid}`, join(directory, 'data')]);
    const server = await startEmbedded({ directory, settings: quick });
    expect(statSync(`/proc/${postmasterOf(directory)}`).uid).toBe(nobody.uid);
    await server.stop();
  });

  test('an ordinary user gets a server under the same account', async (context) => {
    const parent = scratch();
    chmodSync(parent, 0o777);
    const directory = join(parent, 'embedded');
    const child = starter({ directory, settings: quick }, nobody);
    const said = await child.said();
    if (said.url === undefined && said.code === undefined)
      context.skip('this checkout is closed to other accounts');
    expect(said).toMatchObject({ uid: nobody.uid, wasAdopted: false });
    expect(await query(said.url, one)).toEqual([{ one: 1 }]);
    expect(statSync(`/proc/${postmasterOf(directory)}`).uid).toBe(nobody.uid);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const again = starter({ directory, settings: quick }, nobody);
    expect(await again.said()).toMatchObject({ wasAdopted: true, port: said.port });
    again.child.stdin?.write('stop\n');
    await again.said();
  });

  test('fear: a user id without a name, as a container may have, gets no database and no reason', async (context) => {
    const parent = scratch();
    chmodSync(parent, 0o777);
    const nameless = { uid: 54_321, gid: 54_321 };
    const child = starter({ directory: join(parent, 'embedded'), settings: quick }, nameless);
    const said = await child.said();
    if (said.url === undefined && said.code === undefined)
      context.skip('this checkout is closed to other accounts');
    // Where the kernel forbids user namespaces, the reason is told.
    if (said.url === undefined) return expect(said).toMatchObject({ code: 'EMBEDDED_USER_NAMELESS' });
    expect(await query(said.url, one)).toEqual([{ one: 1 }]);
    expect(statSync(join(parent, 'embedded', 'data', 'PG_VERSION')).uid).toBe(nameless.uid);
    child.child.stdin?.write('stop\n');
    await child.said();
  });

  test('fear: where that is not possible, nobody is told that the user id needs a name', () => {
    const script = `const { wordsForName } = await import(${JSON.stringify(import.meta.resolve('./start/nameless-user.ts'))});
      await wordsForName('/dev/null').catch(({ code, message, advice }) => console.log(JSON.stringify({ code, message, advice })));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      uid: 54_321,
      gid: 54_321,
      cwd: '/',
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({
      code: 'EMBEDDED_USER_NAMELESS',
      message: expect.stringContaining('54321 has no name'),
      advice: expect.stringContaining('`moose:x:54321:54321::/:/bin/sh`'),
    });
  });

  test('a directory of another user is refused, both under root and under an ordinary account', async () => {
    const directory = join(scratch(), 'embedded');
    mkdirSync(directory);
    chownSync(directory, nobody.uid, nobody.gid);
    await expect(startEmbedded({ directory })).rejects.toMatchObject({
      code: 'EMBEDDED_DIRECTORY_OF_OTHER_USER',
    });
    chownSync(directory, 0, 0);
    const child = starter({ directory, settings: quick }, nobody);
    expect((await child.said()).code ?? 'EMBEDDED_DIRECTORY_OF_OTHER_USER').toBe(
      'EMBEDDED_DIRECTORY_OF_OTHER_USER',
    );
  });

  test('below a private directory, the data goes elsewhere and the directory stays private', async () => {
    const { closed, directory, machine, elsewhere } = closedHome();
    const start = async () => embeddedServer(await bringUp(machine, { directory, settings: quick }));
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    expect(readdirSync(elsewhere)).toHaveLength(1);
    expect(existsSync(join(directory, 'relocated', 'data', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(directory, 'data'))).toBe(false);

    const adopted = await start();
    expect(adopted.wasAdopted).toBe(true);
    await adopted.stop();
    const second = await start();
    expect(second.wasAdopted).toBe(false);
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(readdirSync(elsewhere)).toHaveLength(1);
    await second.stop();
  });

  test('permanent data is kept in a permanent place, temporary data in a temporary one', () => {
    expect(relocationRoot('/root/.moose/embedded')).toBe('/var/lib/moose');
    const temporary = realpathSync(tmpdir());
    expect(relocationRoot(join(temporary, 'closed', 'embedded'))).toBe(temporary);
  });

  test('relocated data that is missing is refused, not replaced by an empty database', async () => {
    const { directory, machine, elsewhere } = closedHome();
    const server = embeddedServer(await bringUp(machine, { directory, settings: quick }));
    await server.stop();
    rmSync(elsewhere, { recursive: true });
    const failure = await bringUp(machine, { directory, settings: quick }).catch((cause) => cause);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({
      code: 'EMBEDDED_DATA_MISSING',
      advice: expect.stringContaining('relocated'),
    });
    expect(existsSync(elsewhere)).toBe(false);
  });

  test('data that its account can no longer reach is refused with advice', async () => {
    const directory = await scratchWithCluster();
    const parent = join(directory, '..');
    chmodSync(parent, 0o700);
    const failure = await startEmbedded({ directory, settings: quick }).catch((cause) => cause);
    expect(failure).toMatchObject({
      code: 'EMBEDDED_DIRECTORY_UNREACHABLE',
      advice: expect.stringContaining('chmod'),
    });
    expect(existsSync(join(directory, 'data', 'PG_VERSION'))).toBe(true);
  });

  test.runIf(hasSetpriv)(
    "a server is adopted even if root may not inspect other users' processes",
    async () => {
      const directory = await scratchWithCluster();
      const server = await startEmbedded({ directory, settings: quick });
      const child = starter({ directory }, {}, without('sys_ptrace'));
      expect(await child.said()).toMatchObject({ wasAdopted: true, port: server.port });
      await server.stop();
    },
  );

  test.runIf(hasSetpriv)('if root may not switch users, the failure says so', async () => {
    const directory = await scratchWithCluster();
    const child = starter({ directory }, {}, without('setuid'));
    expect(await child.said()).toMatchObject({ code: 'EMBEDDED_ACCOUNT_UNUSABLE' });
  });

  test('a home that the account cannot enter is refused if there is no other place for it either', async () => {
    const { closed } = closedHome();
    const account = { uid: 65_534, gid: 65_534 };
    const moved = (root: string) =>
      reachableHome(closed, closed, {
        account,
        hasData: false,
        relocationRoot: root,
        signal: undefined,
      });
    await expect(moved(join(closed, 'lib'))).rejects.toBeInstanceOf(ConfigurationError);
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(moved(file)).rejects.toBeInstanceOf(ConfigurationError);
  });

  function without(capability: string): string[] {
    return ['setpriv', `--bounding-set=-${capability}`, `--inh-caps=-${capability}`];
  }

  function closedHome() {
    const root = scratch();
    const closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const elsewhere = join(root, 'lib', 'moose');
    const machine = { findBinaryPackage, relocationRoot: () => elsewhere };
    return { closed, directory: join(closed, 'home', 'embedded'), machine, elsewhere };
  }
});

test('the account is postgres, or else nobody, and never root under another name', () => {
  const nobodyRow = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
  const postgresRow = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash';
  expect(findAccount(`root:x:0:0::/root:/bin/sh\n${nobodyRow}\n${postgresRow}\n`)).toEqual({
    uid: 101,
    gid: 104,
  });
  expect(findAccount(`${nobodyRow}\n`)).toEqual({ uid: 65_534, gid: 65_533 });
  expect(findAccount(`postgres:x:0:0::/:/bin/sh\n${nobodyRow}\n`)).toEqual({ uid: 65_534, gid: 65_533 });
  expect(findAccount('root:x:0:0::/root:/bin/sh\n')).toBe(null);
});
