// `moose upgrade --check` with the real npm, and a registry on loopback.
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { printedDocuments } from '../../../contract/contract.ts';
import { ExternalServiceError } from '../../../domain/failure.ts';
import { scratchDirectory, writeScript } from '../../../git/scratch-repository.fixture.ts';
import { packageName } from '../../../stdx/files/own-files.ts';
import type { CliContext } from '../../context.ts';
import { createPrinter } from '../../terminal/printer.ts';
import { addUpgrade } from './upgrade.ts';

let stopRegistry: () => Promise<void> = async () => undefined;
afterEach(() => stopRegistry());

/** Answers what npm asks for, on loopback; npm uses it until the end of the test. */
async function registry(listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}/`);
  stopRegistry = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

const publishing =
  (latest: string): RequestListener =>
  ({ url }, response) => {
    const manifest = { name: packageName, version: latest, dist: { tarball: 'http://127.0.0.1:9/t.tgz' } };
    const isOurs = url === `/${packageName}`;
    response.writeHead(isOurs ? 200 : 404, { 'content-type': 'application/json' });
    const found = { name: packageName, 'dist-tags': { latest }, versions: { [latest]: manifest } };
    response.end(JSON.stringify(isOurs ? found : { error: 'not found' }));
  };

async function upgrade(...words: string[]) {
  const printed = { document: {} as unknown, text: '' };
  const context: Pick<CliContext, 'version' | 'signal' | 'printer'> = {
    version: '1.4.0',
    signal: new AbortController().signal,
    printer: (isJson) => ({
      ...createPrinter(isJson),
      print: (document, lines) => {
        printed.document = printedDocuments.upgrade.strict().parse(document);
        printed.text = [lines()].flat().join('\n');
      },
    }),
  };
  const program = new Command('moose').exitOverride();
  addUpgrade(program, context as CliContext);
  await program.parseAsync(['upgrade', ...words], { from: 'user' });
  return printed;
}

/** npm takes a second to start, and twenty on a very busy machine. */
const npmMsMax = 90_000;

describe('with the real npm', { timeout: npmMsMax }, () => {
  test('R-DIST-1: a newer version is named, with how to get it', async () => {
    await registry(publishing('1.10.0'));
    const { document, text } = await upgrade('--check');
    expect(document).toEqual({
      package: packageName,
      version: '1.4.0',
      newest: '1.10.0',
      has_newer: true,
      installation: 'checkout',
      commands: ['git pull', 'npm ci'],
    });
    expect(text).toBe(
      [
        'Moose 1.10.0 is available; this is 1.4.0.',
        'To upgrade: stop Moose, make a copy with `moose backup DIRECTORY`, run',
        '  git pull',
        '  npm ci',
        'and start Moose. It continues the work in progress.',
      ].join('\n'),
    );
  });

  test.each(['1.4.0', '1.3.9'])(
    'R-DIST-1: if the registry has %s, 1.4.0 is the newest version',
    async (latest) => {
      await registry(publishing(latest));
      const { document, text } = await upgrade('--check');
      expect(document).toMatchObject({ newest: latest, has_newer: false });
      expect(text).toBe('Moose 1.4.0 is the newest version.');
    },
  );

  test('without --check, nobody is asked', async () => {
    let calls = 0;
    await registry(() => {
      calls += 1;
    });
    const { document, text } = await upgrade();
    expect(document).toMatchObject({ newest: null, has_newer: null });
    expect(text).toMatch(/^This is Moose 1\.4\.0\.\nTo upgrade: /);
    expect(calls).toBe(0);
  });

  test('R-DIST-1: without a network, one sentence says so', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    await expect(upgrade('--check')).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message:
        'npm got no version from its registry (ECONNREFUSED), so it is unknown whether there is a newer Moose.',
    });
  });

  test('a registry without the package is told apart from no network', async () => {
    await registry((_, response) => response.writeHead(404).end('{}'));
    await expect(upgrade('--check')).rejects.toMatchObject({ code: 'PACKAGE_NOT_PUBLISHED' });
  });

  test('the fear: a registry puts control characters on the terminal as a version', async () => {
    await registry(publishing('\u001b[2J9.0.0'));
    await expect(upgrade('--check')).rejects.toBeInstanceOf(ExternalServiceError);
  });

  test.each(['"1.10.0"', '[\n  "1.10.0"\n]'])(
    'npm before 12 and since prints it differently: %j',
    async (printed) => {
      const folder = scratchDirectory();
      writeScript(join(folder, 'npm'), `echo '${printed}'`);
      vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
      expect(await upgrade('--check')).toMatchObject({ document: { newest: '1.10.0', has_newer: true } });
    },
  );

  test('without npm, the missing program is named', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(upgrade('--check')).rejects.toMatchObject({ code: 'NPM_MISSING' });
  });
});
