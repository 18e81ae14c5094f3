// For tests: a project with a small HTTP server as its service, and a check that sends it requests.
import type { Database } from '../../../store/database.ts';
import { atStep, type Given, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';

/** Answers with the content of `made.txt` in its worktree; `/end` stops the server, `/env` returns a variable. */
export const server = `
const { readFileSync } = require('node:fs');
const port = Number(process.env.MOOSE_PORT_BASE);
require('node:http').createServer((request, response) => {
  if (request.url === '/end') process.exit(3);
  let said = 'nothing';
  try { said = readFileSync('made.txt', 'utf8'); } catch {}
  response.end(said);
}).listen(port, '127.0.0.1', () => console.log('listening on ' + port));
`;

/** Prints the server's answer at a path; fails if there is no answer. */
export const asks = `
const url = 'http://127.0.0.1:' + process.env.MOOSE_PORT_BASE + (process.argv[2] ?? '/');
fetch(url).then((response) => response.text()).then(console.log, (cause) => {
  console.log(String(cause.cause ?? cause));
  process.exitCode = 1;
});
`;

const node = JSON.stringify(process.execPath);

export interface DaemonGiven extends Given {
  /** The `services` section of `.moose/config.yml`. */
  services?: string;
  check?: string;
}

export const webDaemon = `  web:
    command: exec ${node} server.js
    ready: { port: 0 }
    preview: true
`;

export const asking = `${node} ask.js`;

export function daemonProject(
  database: Database,
  step: Parameters<typeof atStep>[1],
  { services = webDaemon, check = asking, ...given }: DaemonGiven = {},
): Promise<Ground> {
  const config = `checks:\n  - kind: test\n    command: ${JSON.stringify(check)}\nservices:\n${services}`;
  return atStep(database, step, {
    ...given,
    settings: { isolation: 'auto', ...given.settings },
    files: { 'server.js': server, 'ask.js': asks, '.moose/config.yml': config, ...given.files },
  });
}
