// Opens connections to loopback ports in the network of a session, for Moose, which does not enter it: each opened
// connection is handed over to Moose as it is. network-door.ts runs this as it is, also in an installed package.

import { readlinkSync } from 'node:fs';
import { Socket } from 'node:net';

const hosts = ['127.0.0.1', '::1'];

// It ends with Moose, or when Moose lets go of it, and not with a signal to Moose's process group.
process.on('disconnect', () => process.exit());
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) process.on(name, () => undefined);

/** @param {{ id: number, port: number }} asked */
function reach({ id, port }, [host, ...others] = hosts) {
  const socket = new Socket({ allowHalfOpen: true });
  // Not a byte may be read here: it would be lost to Moose.
  socket.pause();
  const failed = ({ code }) =>
    others.length > 0 && code === 'ECONNREFUSED'
      ? reach({ id, port }, others)
      : tell({ id, code: code ?? 'UNKNOWN' });
  socket.once('error', failed);
  socket.connect({ host, port }, () => {
    socket.off('error', failed);
    socket.on('error', () => undefined);
    tell({ id }, socket);
  });
}

function tell(said, socket) {
  process.send(said, socket, (cause) => {
    if (cause) process.exit(1);
  });
}

process.on('message', (asked) => reach(asked));
tell({ network: readlinkSync('/proc/self/ns/net') });
