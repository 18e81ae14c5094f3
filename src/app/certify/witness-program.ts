// Runs an agent's command inside its session, and records what only a process in there can see: what the agent has left
// running, how it took a signal, and whether it tried to reach other addresses. It ends as the command does.
//
//   node witness-program.ts FOLDER PROGRAM [ARGUMENT...]
//
// A file `act` in the folder, with the word `kill` or `freeze`, is done to everything that the command has started.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnvironmentEntry, isDead, listPids, readProcess } from '../../sessions/process-table.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { renamePassingNow, writePassingNow } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { actName, doneName, isAct, type Testimony, testimonyName } from './witness-files.ts';

const lookEveryMs = 50;
/** What an agent has told to end gets this long. */
const settleMs = 2_000;
const commandCharsMax = 100;
/** Moose's own part of an agent that speaks the Agent Client Protocol: it is not the agent that is measured. */
const ownPart = /acp\/drive-program\.[jt]s$/;

const [, , folder = '', program = '', ...args] = process.argv;
const mark = `MOOSE_SESSION=${process.env.MOOSE_SESSION ?? ''}`;
const before = new Set(listPids());
const refusedBefore = refusedPackets();

let toldAtMs: number | null = null;
process.on('SIGTERM', () => {
  toldAtMs ??= performance.now();
});

const child = spawn(program, args, { stdio: 'inherit' });
child.on('error', (cause) => {
  process.stderr.write(`${cause.message}\n`);
  process.exit(127);
});
const acting = setInterval(act, lookEveryMs);
child.on('exit', (code, signal) => void conclude(code, signal));

async function conclude(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
  clearInterval(acting);
  const untilMs = performance.now() + settleMs;
  while (started().length > 0 && performance.now() < untilMs) await sleep(lookEveryMs);
  const testimony: Testimony = {
    left: started().map(commandOf),
    endedAfterTermMs: toldAtMs === null ? null : Math.round(performance.now() - toldAtMs),
    otherAddresses: refusedPackets() - refusedBefore,
  };
  write(testimonyName, JSON.stringify(testimony));
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function act(): void {
  const path = join(folder, actName);
  if (!existsSync(path) || existsSync(join(folder, doneName))) return;
  const name = readFileSync(path, 'utf8');
  // The file is there before its word is.
  if (!isAct(name)) return;
  for (const pid of started().filter((each) => !ownPart.test(wordsOf(each)[1] ?? ''))) {
    try {
      process.kill(pid, name === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    } catch (cause) {
      // It has ended by itself meanwhile.
      if (!hasErrorCode(cause, 'ESRCH')) throw cause;
    }
  }
  write(doneName, name);
}

/** The living processes of this session that began after this one. */
function started(): number[] {
  return listPids().filter((pid) => {
    if (before.has(pid) || pid === process.pid || !hasEnvironmentEntry(pid, mark)) return false;
    const entry = readProcess(pid);
    return entry !== null && !isDead(entry);
  });
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT', 'ESRCH', 'EACCES')) throw cause;
    return [];
  }
}

function commandOf(pid: number): string {
  return wordsOf(pid).join(' ').trim().slice(0, commandCharsMax) || `process ${pid}`;
}

/** How many packets this network had no way for. In a session's own network those are to anywhere but the gateway. */
function refusedPackets(): number {
  return numberIn('/proc/net/snmp', 'Ip', 'OutNoRoutes') + numberIn('/proc/net/snmp', 'Udp', 'NoPorts');
}

function numberIn(path: string, protocol: string, name: string): number {
  if (!existsSync(path)) return 0;
  const lines = readFileSync(path, 'utf8').split('\n');
  const [names = [], values = []] = lines
    .filter((line) => line.startsWith(`${protocol}: `))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)] ?? 0);
}

/** Whole, or not there. */
function write(name: string, text: string): void {
  const path = join(folder, name);
  writePassingNow(`${path}.draft`, text);
  renamePassingNow(`${path}.draft`, path);
}
