// Checks that the HTTP interface can listen, or that this Moose already does.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findAddress } from '../../api/serving/own-address.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { errorCode } from '../../stdx/system-error.ts';
import type { Config } from '../config/config.ts';

export async function diagnosePort({
  dataDirectory,
  interfaces,
}: Pick<Config, 'dataDirectory' | 'interfaces'>): Promise<Diagnosis> {
  const { port, bind } = interfaces;
  const name = 'port';
  const problem = await listenOnce(port, bind);
  if (problem === null)
    return { name, state: 'ok', found: port === 0 ? 'any free one' : `${port} is free`, advice: null };
  if (problem === 'EADDRINUSE' && (await portOfRunning(dataDirectory)) === String(port))
    return { name, state: 'ok', found: `this Moose answers on ${port}`, advice: null };
  const isTaken = problem === 'EADDRINUSE';
  return {
    name,
    state: 'warning',
    found: isTaken
      ? `${port} of ${bind} is in use by another program or another Moose`
      : `Moose cannot listen on ${port} of ${bind} (${problem})`,
    advice: isTaken
      ? 'Stop that program, or choose another port: `moose up --port N`, or MOOSE_PORT.'
      : 'Choose a port above 1023 (`moose up --port N`), and an address of this machine (MOOSE_BIND).',
  };
}

/** Null if it can listen there; otherwise the code of the error. */
async function listenOnce(port: number, bind: string): Promise<string | null> {
  const server = createServer().listen(port, bind);
  try {
    await once(server, 'listening');
    return null;
  } catch (cause) {
    return errorCode(cause) ?? String(cause);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const answerMsMax = 5_000;

/** The port of the Moose of this data directory; null if none answers. */
async function portOfRunning(dataDirectory: string): Promise<string | null> {
  const signal = AbortSignal.timeout(answerMsMax);
  return findAddress({ dataDirectory, baseUrl: null, signal }).then(
    ({ openUrl }) => new URL(openUrl).port,
    () => null,
  );
}
