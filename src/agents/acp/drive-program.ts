// The program that the session of an agent of the Agent Client Protocol runs: `node drive-program.ts PROGRAM... INPUT`. It starts the agent,
// writes one JSON event per line, and ends with 0 if the agent has ended its turn by itself.
import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { ndJsonStream } from '@agentclientprotocol/sdk';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { type DriveInput, drive } from './drive.ts';

const inputPath = process.argv.slice(3).at(-1);
if (inputPath === undefined) throw new TypeError('Usage: drive-program.ts PROGRAM... INPUT');
const input = JSON.parse(readFileSync(inputPath, 'utf8')) as DriveInput;
const [program = '', ...args] = input.command;
const agent = spawn(program, args, { cwd: input.worktreePath, stdio: ['pipe', 'pipe', 'inherit'] });
agent.on('error', (cause) => {
  process.stderr.write(`${cause.message}\n`);
  process.exit(1);
});
agent.stdin.on('error', () => undefined);
const stream = ndJsonStream(
  Writable.toWeb(agent.stdin) as WritableStream<Uint8Array>,
  Readable.toWeb(agent.stdout) as ReadableStream<Uint8Array>,
);
const isEnded = await drive(stream, input, {
  emit: (event) => void writeSync(1, `${JSON.stringify(event)}\n`),
  keepConversation: (id) =>
    id === null
      ? rm(input.conversationPath, { force: true })
      : writePassing(input.conversationPath, `${id}\n`),
});
// What it has started is ended with the session.
agent.kill();
process.exit(isEnded ? 0 : (agent.exitCode ?? 1) || 1);
