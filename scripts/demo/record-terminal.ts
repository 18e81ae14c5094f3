import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RecordedLine {
  atMs: number;
  text: string;
}

const lineCountMax = 2_000;

/** Runs a shell command in a pseudo-terminal. Returns each line that it prints, with its time. */
export async function recordTerminal(command: string): Promise<RecordedLine[]> {
  const startedMs = performance.now();
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const lines: RecordedLine[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push({ atMs: performance.now() - startedMs, text });
    if (lines.length > lineCountMax) throw new Error(`${command} printed more than ${lineCountMax} lines`);
  }
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`${command} ended with exit code ${exitCode}`);
  return lines;
}
