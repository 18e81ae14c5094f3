// Forwards connections to 127.0.0.1:PORT in a session's network to a Unix socket outside, the gateway's or the egress
// proxy's, byte by byte, both ways. Its arguments are pairs of a port and a socket.
// enter-namespace.pl runs it as it is, also in an installed package, which has no TypeScript. Without types to strip it
// starts in half the time and memory, and there is one for each agent.

import { closeSync, openSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const given = process.argv.slice(2);
const ways = given.flatMap((port, index) =>
  index % 2 === 0 ? [{ port: Number(port), socketPath: given[index + 1] ?? '' }] : [],
);

/** Far more than an agent's concurrent calls. */
const connectionsMax = 1_024;

/** A gateway that is being replaced is unavailable for about a second. */
const gatewayAwayMsMax = 5_000;
const gatewayLookMs = 100;

// The forwarder ends with the agent, not before. It ignores signals, because signals to the agent reach this process
// too: it is in the same group.
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) process.on(name, () => undefined);

let missing = ways.length;

for (const { port, socketPath } of ways) {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    const giveUpAt = performance.now() + gatewayAwayMsMax;
    const reach = () => {
      const gateway = connect({ path: socketPath, allowHalfOpen: true });
      const refused = () => {
        if (performance.now() >= giveUpAt) client.resetAndDestroy();
        else void sleep(gatewayLookMs).then(reach);
      };
      gateway.once('error', refused);
      gateway.once('connect', () => {
        gateway.off('error', refused);
        // If one half breaks, the other is broken too, so that neither side takes a cut-off stream for a complete one.
        gateway.on('error', () => client.resetAndDestroy());
        client.on('error', () => gateway.destroy());
        client.pipe(gateway);
        gateway.pipe(client);
      });
    };
    // The pipes do not exist yet, so no other side has to learn of an error.
    client.on('error', () => undefined);
    reach();
  });
  server.maxConnections = connectionsMax;
  server.listen(port, '127.0.0.1', () => {
    missing -= 1;
    if (missing > 0) return;
    writeSync(1, 'ready\n');
    // The process that waits for the end of this stream continues now. The file descriptor is then occupied again, so
    // that no connection gets it.
    closeSync(1);
    openSync('/dev/null', 'w');
  });
}
