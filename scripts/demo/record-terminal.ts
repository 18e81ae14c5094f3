import { spawn } from 'node:child_process';

/** What a terminal showed from this time on. */
export interface Frame {
  atMs: number;
  lines: readonly string[];
}

export const columns = 100;
export const rows = 23;
const frameCountMax = 2_000;

/** Runs a shell command in a pseudo-terminal. Returns what the terminal showed, whenever that changed. */
export async function recordTerminal(command: string): Promise<Frame[]> {
  const startedMs = performance.now();
  const sized = `stty columns ${columns} rows ${rows}; ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--command', sized, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const screen = createScreen();
  const frames: Frame[] = [];
  for await (const text of child.stdout.setEncoding('utf8')) {
    screen.take(text);
    frames.push({ atMs: performance.now() - startedMs, lines: screen.lines() });
    if (frames.length > frameCountMax)
      throw new Error(`${command} changed its output more than ${frameCountMax} times`);
  }
  const exitCode = await ended;
  if (exitCode !== 0) throw new Error(`${command} ended with exit code ${exitCode}`);
  return frames;
}

/** Understands what `src/cli/terminal/live-lines.ts` writes; colours stay in the lines. */
function createScreen() {
  const lines = [''];
  let at = 0;
  let isAtStart = true;
  let unfinished = '';
  // biome-ignore-start lint/suspicious/noControlCharactersInRegex: the patterns look for the escape character
  const part = /\x1b\[(\d*)([AJK])|\r|\n|(?:\x1b\[[\d;]*m|[^\x1b\r\n])+/g;
  const cutSequence = /\x1b(?:\[[\d;]*)?$/;
  // biome-ignore-end lint/suspicious/noControlCharactersInRegex: the patterns look for the escape character
  const take = ([text, count, move]: RegExpMatchArray) => {
    if (text === '\r') isAtStart = true;
    else if (text === '\n') {
      at += 1;
      lines[at] ??= '';
    } else if (move === 'A') at = Math.max(0, at - Number(count || 1));
    else if (move === 'J') lines.splice(at + (isAtStart ? 0 : 1), lines.length, ...(isAtStart ? [''] : []));
    else if (move === undefined) {
      lines[at] = isAtStart ? text : `${lines[at]}${text}`;
      isAtStart = false;
    }
  };
  return {
    take(text: string) {
      const all = unfinished + text;
      const cut = cutSequence.exec(all)?.index ?? all.length;
      unfinished = all.slice(cut);
      for (const match of all.slice(0, cut).matchAll(part)) take(match);
    },
    lines: () => [...lines],
  };
}
