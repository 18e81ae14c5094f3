// fear: the server comes back on a port where nobody looks for it.

import { existsSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { MooseError } from '../domain/failure.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { keepUp } from './keep-up.ts';
import { postmasterOf, query, quick, scratchWithCluster } from './scratch.fixture.ts';
import { type EmbeddedServer, startEmbedded } from './start/start-embedded.ts';

async function kept(directory: string): Promise<{ server: EmbeddedServer; problems: string[] }> {
  const problems: string[] = [];
  const server = await keepUp({ directory, settings: quick }, (problem) =>
    problems.push((problem as MooseError).code),
  );
  onTestFinished(() => server.stop());
  return { server, problems };
}

/** Kills the server, and listens on its port before it is started again. */
async function takePort(directory: string, port: number): Promise<Server> {
  const taker = createServer();
  onTestFinished(() => void taker.close());
  const isTaken = () => {
    killServer(directory);
    return new Promise<boolean>((resolve) => {
      taker.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
  };
  await until('the port is taken', isTaken);
  return taker;
}

function killServer(directory: string): void {
  try {
    process.kill(postmasterOf(directory), 'SIGKILL');
  } catch {
    // It is dead already.
  }
}

const answers = (url: string) =>
  query(url, 'SELECT 1 AS one').then(
    () => true,
    () => false,
  );

test('R-BASE-1: fear: another program takes the port of a dead server, and Moose waits for it without a word', async () => {
  const directory = await scratchWithCluster();
  const { server, problems } = await kept(directory);
  const taker = await takePort(directory, server.port);
  await until('the taken port is told', () => problems.includes('EMBEDDED_PORT_TAKEN'));
  taker.close();
  await until('the server is back where it was', () => answers(server.url));
});

test('R-BASE-1: fear: another process starts the server on another port, and this one never finds it', async () => {
  const directory = await scratchWithCluster();
  const { server, problems } = await kept(directory);
  const taker = await takePort(directory, server.port);
  const other = await startEmbedded({ directory, settings: quick });
  expect(other.port).not.toBe(server.port);
  await until('the other port is told', () => problems.includes('EMBEDDED_PORT_CHANGED'));
  taker.close();
  await other.release();
  await until('the server is back where it was', () => answers(server.url));
});

test('R-BASE-1: fear: after its files are removed, an empty database is started in their place, and outlives Moose', async () => {
  const directory = await scratchWithCluster();
  const { server, problems } = await kept(directory);
  const aside = `${directory}.aside`;
  killServer(directory);
  renameSync(directory, aside);
  onTestFinished(() => rmSync(aside, { recursive: true, force: true }));
  await until('the missing database is told', () => problems.includes('EMBEDDED_DATA_GONE'));
  expect(existsSync(directory)).toBe(false);
  // Its disk is mounted again.
  renameSync(aside, directory);
  await until('the server is back with its database', () => answers(server.url));
});
