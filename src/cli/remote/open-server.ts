// Opens a server for one command, in place of a database.

import { showMe } from '../../contract/operations/sign-in.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { OpenMoose, OwnAddress } from '../context.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { createClient, type ServerAddress } from './client.ts';

/** The server's own tasks are refused with `COMMAND_NOT_ON_SERVER`. */
export function openServer(server: ServerAddress, signal: AbortSignal): OpenMoose {
  const client = createClient(server, signal);
  const refuse = async () => {
    throw notOnServer(server.url);
  };
  return {
    ask: client.ask,
    server: server.url,
    ground: `the Moose at ${server.url}`,
    work: refuse,
    serve: refuse,
    serveProbes: refuse,
    mcp: refuse,
    close: () => client.close(),
  };
}

/** What a command needs to know of the server: that it answers, and what the token allows. */
export async function diagnoseServer(server: ServerAddress, signal: AbortSignal): Promise<Diagnosis[]> {
  const client = createClient(server, signal);
  const me = await client.ask(showMe);
  const hasWorker = me.executors > 0;
  return [
    { name: 'server', state: 'ok', found: `Moose ${me.version} at ${server.url}`, advice: null },
    { name: 'token', state: 'ok', found: `${me.name}, with the role ${me.role}`, advice: null },
    {
      name: 'workers',
      state: hasWorker ? 'ok' : 'warning',
      found: `${me.executors} running`,
      advice: hasWorker ? null : 'Start one: `moose worker` on a machine with access to its database.',
    },
  ];
}

/** The address of the server's Mission Control, where the user signs in. */
export function addressOfServer({ url }: ServerAddress): OwnAddress {
  return { openUrl: url, signInUrl: url, signInPath: url, tokenPath: null };
}

export function notOnServer(url: string): ConfigurationError {
  return cliFailures.COMMAND_NOT_ON_SERVER('open', { url });
}
