import { paint } from '../src/cli/terminal/printer.ts';
import type { RoundResult } from './run-round.ts';

/** Describes the outcome of a round for people. */
export function roundLine({ round, outcome, because, detectedMs, recoveredMs, orders }: RoundResult): string {
  const ms = (value: number | null) => (value === null ? '–' : `${(value / 1_000).toFixed(1)} s`);
  const colour = { recovered: 'green', escalated: 'yellow', not_ended: 'red', skipped: 'gray' } as const;
  const how = paint(colour[outcome], outcome.replace('_', ' '));
  const told = because ?? `detected ${ms(detectedMs)}, recovered ${ms(recoveredMs)}`;
  const asked =
    outcome === 'escalated'
      ? [...new Set(orders.flatMap(({ asked }) => asked.map((one) => one.split(':')[0] ?? '')))]
      : [];
  return [
    `${String(round.number).padStart(3)}  ${round.scenario.name.padEnd(24)} ${how}  ${told}`,
    ...asked,
  ].join('  ');
}
