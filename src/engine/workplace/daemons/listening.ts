// Whether something listens on a port in another session's network. This is read from the kernel's list, so that Moose
// does not have to enter that network.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hasErrorCode } from '../../../stdx/system-error.ts';

const connectMsMax = 1_000;
/** TCP_LISTEN in the kernel's tcp_states.h. */
const listenState = '0A';

/** `networkPid` is a process in that network; null for the machine's network. */
export async function isListening(port: number, networkPid: number | null): Promise<boolean> {
  if (networkPid === null) return (await answers(port, '127.0.0.1')) || (await answers(port, '::1'));
  return ['tcp', 'tcp6'].some((name) => isListed(port, `/proc/${networkPid}/net/${name}`));
}

function isListed(port: number, path: string): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readIfThere(path)
    .split('\n')
    .some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === listenState && local?.endsWith(`:${wanted}`) === true;
    });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (cause) {
    // The process that holds the network has ended, or the machine has no IPv6.
    if (hasErrorCode(cause, 'ENOENT', 'ESRCH', 'EINVAL')) return '';
    throw cause;
  }
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: connectMsMax });
    const done = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => done(true));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
  });
}
