// What a person sees while it runs: one line that changes at a terminal, and one line for each round.
import type { Face } from '../src/cli/face.ts';
import type { Instance } from './instance.ts';
import { roundLine } from './round-line.ts';
import type { RoundResult } from './run-round.ts';
import type { Round } from './scenario.ts';

const redrawEveryMs = 250;
const eraseLine = '\r\u001b[K';

export interface Screen {
  tell(what: string): void;
  begin(round: Round): void;
  end(result: RoundResult): void;
  close(): void;
}

export function openScreen(face: Face, { processes, submitted }: Instance): Screen {
  const isLive = face.isTerminal && !face.isJson && process.stderr.isTTY === true;
  let what = '';
  let sinceMs = performance.now();
  const draw = () => {
    const seconds = ((performance.now() - sinceMs) / 1_000).toFixed(0);
    const living = processes.living().map(({ role, pid }) => `${role} ${pid}`);
    const line = `     ${what}  ${seconds} s  ·  ${submitted.length} work orders  ·  ${living.join(', ') || 'no Moose'}`;
    process.stderr.write(`${eraseLine}${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  };
  const timer = isLive ? setInterval(draw, redrawEveryMs) : null;
  const erase = () => {
    if (isLive) process.stderr.write(eraseLine);
  };
  const tell = (text: string) => {
    what = text;
    sinceMs = performance.now();
  };
  return {
    tell,
    begin: ({ number, scenario }) => tell(`round ${number}: ${scenario.name}`),
    end(result) {
      erase();
      face.note(roundLine(result));
    },
    close() {
      if (timer) clearInterval(timer);
      erase();
    },
  };
}
