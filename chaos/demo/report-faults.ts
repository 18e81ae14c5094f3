// What a demo with faults prints: while it runs, and a line per fault at its end. Pure except for colours.
import { paint } from '../../src/cli/terminal/printer.ts';
import type { DemoFault, DemoStrike } from '../../src/contract/contract.ts';

/** Prints what is new about a fault since the last call. */
export function narrator(note: (line: string) => void): (strike: DemoStrike) => void {
  const told = new Set<string>();
  const once = (strike: DemoStrike, line: string) => {
    const key = `${strike.number} ${line}`;
    if (told.has(key)) return;
    told.add(key);
    note(line);
  };
  return (strike) => {
    const { state, noticed, did } = strike;
    if (strike.injected_at !== null)
      once(strike, paint('red', `FAULT      ${strike.title}: ${strike.fault}`));
    for (const { after_ms, what } of noticed)
      once(strike, paint('yellow', `NOTICED    after ${seconds(after_ms)}: ${what}`));
    const isOver = state !== 'beginning' && state !== 'injected';
    // A question about an outage is taken back when the outage ends.
    for (const one of did)
      if (isOver || !one.startsWith('asked')) once(strike, paint('cyan', `MOOSE      ${one}`));
    if (isOver) once(strike, endOf(strike));
  };
}

function endOf({ state, recovered_ms, because }: DemoStrike): string {
  if (state === 'recovered')
    return paint('green', `RECOVERED  all work was completed ${seconds(recovered_ms)} after the fault`);
  if (state === 'asked') return paint('yellow', 'ASKED      Moose asked a person');
  if (state === 'skipped') return `SKIPPED    ${because ?? ''}`;
  return paint('red', `NOT ENDED  ${because ?? 'the work did not end in time'}`);
}

/** One line for each fault. */
export function faultLines(strikes: readonly DemoStrike[]): string[] {
  return strikes.map((strike) => {
    const { fault, state, noticed, noticed_ms, did, recovered_ms, because } = strike;
    if (state === 'skipped') return `–  ${fault}: skipped. ${because ?? ''}`;
    const isGood = state === 'recovered' || state === 'asked';
    const seen =
      noticed_ms === null
        ? 'left no trace'
        : `noticed after ${seconds(noticed_ms)} (${firstSentence(noticed[0]?.what ?? '')})`;
    const ends = {
      recovered: `recovered after ${seconds(recovered_ms)}`,
      asked: 'a person decides',
      not_ended: `not ended: ${because ?? 'too late'}`,
      beginning: 'interrupted',
      injected: 'interrupted',
    };
    const mark = isGood ? paint('green', '✓') : paint('red', '✗');
    return `${mark} ${fault}: ${seen}; ${did.length > 0 ? `${did.join(', ')}; ` : ''}${ends[state]}`;
  });
}

export function faultListLines(faults: readonly DemoFault[]): string[] {
  const width = Math.max(...faults.map(({ name }) => name.length));
  return faults.map(({ name, does, expects }) => {
    const end = expects === 'question' || does.includes('a person') ? '' : '; Moose recovers on its own';
    return `${name.padEnd(width)}  ${does}${end}`;
  });
}

const firstSentence = (text: string) => (text.split('. ')[0] ?? '').replace(/\.$/, '');

const seconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);
