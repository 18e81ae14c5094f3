// A port for a program that a test starts later. It is below the ports that the system hands out by itself: of those, a
// connection of another test may have taken it by then.
import { createServer } from 'node:net';

/** Also below the ports that Moose reserves for the services of worktrees. */
const portMin = 10_000;
const portMax = 19_999;
const triesMax = 100;

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = portMin + Math.floor(Math.random() * (portMax - portMin + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`None of ${triesMax} ports between ${portMin} and ${portMax} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
