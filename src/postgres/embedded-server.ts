// What a process holds while it uses the embedded server. The last process to release it stops the server.

import { sleep } from '../stdx/async/sleep.ts';
import { connectPresence, type Presence } from './presence.ts';
import type { RunningServer } from './start/bring-up.ts';
import { findPostmaster } from './start/postmaster-file.ts';
import { withStartLock } from './start/start-lock.ts';
import { stopPostmaster } from './start/stop-postmaster.ts';

export interface EmbeddedServer {
  /** Connection URL of the maintenance database: postgres://moose:<password>@127.0.0.1:<port>/postgres */
  readonly url: string;
  readonly port: number;
  readonly wasAdopted: boolean;
  /** Stops the server if nobody else is connected; otherwise it keeps running. Callers close their own pools first. */
  release(): Promise<'stopped' | 'left running'>;
  /** Always stops the server (fast shutdown). */
  stop(): Promise<void>;
}

export interface StartedServer extends EmbeddedServer {
  /** Resolves once the server has died, or has disconnected this process. */
  readonly lost: Promise<void>;
}

/** A client that has just disconnected may still be visible for a moment. */
const leavingLimitMs = 200;
const leavingPollMs = 10;

export function embeddedServer(running: RunningServer): StartedServer {
  let released: Promise<'stopped' | 'left running'> | undefined;
  let stopped: Promise<void> | undefined;
  return {
    url: `postgres://moose:${running.password}@127.0.0.1:${running.port}/postgres`,
    port: running.port,
    wasAdopted: running.wasAdopted,
    lost: running.presence.lost,
    release: () => {
      released ??= release(running);
      return released;
    },
    stop: () => {
      stopped ??= stop(running);
      return stopped;
    },
  };
}

// `release` and `stop` hold the start lock: a process that adopts the server meanwhile is either counted, or finds the
// server stopped and starts it.

function release(running: RunningServer): Promise<'stopped' | 'left running'> {
  return withStartLock(running.directory, undefined, async () => {
    const isUsed = await isUsedByOthers(running);
    await running.presence.end();
    if (isUsed) return 'left running';
    await stopPostmaster(running.data);
    return 'stopped';
  });
}

function stop(running: RunningServer): Promise<void> {
  return withStartLock(running.directory, undefined, async () => {
    await running.presence.end();
    await stopPostmaster(running.data);
  });
}

async function isUsedByOthers(running: RunningServer): Promise<boolean> {
  const first = running.presence;
  if (!first.isLost()) {
    try {
      return await othersStay(first);
    } catch (cause) {
      if (!first.isLost()) throw cause;
    }
  }
  return isUsedAfterRestart(running);
}

/** The first connection ended when its server did; another server may run there now. */
async function isUsedAfterRestart({ data, password }: RunningServer): Promise<boolean> {
  const port = (await findPostmaster(data))?.port ?? null;
  if (port === null) return false;
  const presence = await connectPresence({ port, password, data, signal: undefined });
  try {
    return presence !== null && (await othersStay(presence));
  } finally {
    await presence?.end();
  }
}

async function othersStay(presence: Presence): Promise<boolean> {
  const deadlineMs = performance.now() + leavingLimitMs;
  for (;;) {
    const { connections, processes } = await presence.countOthers();
    if (connections === 0) return false;
    if (processes > 0 || performance.now() > deadlineMs) return true;
    await sleep(leavingPollMs);
  }
}
