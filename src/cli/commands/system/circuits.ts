import { type Command, Option } from 'commander';
import type { Circuit } from '../../../contract/contract.ts';
import {
  listCircuits,
  openCircuit,
  resetCircuit,
  showCircuit,
} from '../../../contract/operations/monitoring.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { table } from '../../terminal/table.ts';

interface CircuitFlags {
  reset?: boolean;
  open?: boolean;
}

const widthMax = 160;

export function addCircuits(program: Command, context: CliContext): void {
  program
    .command('circuits [key]')
    .description('show circuit breakers: what is open, why, until when, and what waits for it')
    .option('--reset', 'close the circuit KEY immediately')
    .addOption(
      new Option('--open', 'open the circuit KEY and keep it open until it is reset').conflicts('reset'),
    )
    .action(async (key: string | undefined, options: CircuitFlags, command: Command) => {
      if ((options.reset || options.open) && key === undefined) {
        command.error('error: --reset and --open need the KEY of a circuit, as in provider:anthropic');
      }
      await withMoose(context, command, async ({ ask }, printer) => {
        if (key === undefined) {
          const { items: all } = await ask(listCircuits);
          return printer.print(all, () => listLines(all));
        }
        if (options.reset) {
          const circuit = await ask(resetCircuit, { params: { key } });
          return printer.print(circuit, () => `${key} is closed; ${runs(circuit.woken_runs)} woken up.`);
        }
        const circuit = options.open
          ? await ask(openCircuit, { params: { key } })
          : await ask(showCircuit, { params: { key } });
        printer.print(circuit, () => circuitLines(circuit));
      });
    });
}

const runs = (count: number) => `${count} paused ${count === 1 ? 'run' : 'runs'}`;

function listLines(circuits: readonly Circuit[]): string[] {
  if (circuits.length === 0) return ['No circuit has ever opened.'];
  return table(
    ['CIRCUIT', 'PHASE', 'SINCE', 'OPENINGS', 'NEXT PROBE', 'PAUSED RUNS', 'BECAUSE'],
    circuits.map((circuit) => [
      circuit.key,
      phaseOf(circuit),
      circuit.since,
      String(circuit.openings),
      circuit.next_probe_at ?? '',
      String(circuit.paused_runs),
      circuit.because ? `${circuit.because.code}: ${circuit.because.message}` : '',
    ]),
    widthMax,
  );
}

function circuitLines(circuit: Circuit): string[] {
  const { because, held_by, next_probe_at, openings, paused_runs, since } = circuit;
  return [
    `${circuit.key} has been ${phaseOf(circuit)} since ${since}.`,
    ...(because ? [`Last opened by ${because.code}: ${because.message}`] : []),
    ...(openings > 1 ? [`It has opened ${openings} times since it was last closed.`] : []),
    ...(next_probe_at ? [`The next probe is at ${next_probe_at}.`] : []),
    ...(held_by ? [`${held_by} keeps it open until it is reset.`] : []),
    `Waiting for it: ${runs(paused_runs)}.`,
    ...(circuit.phase === 'closed' ? [] : [`Close it: \`moose circuits ${circuit.key} --reset\``]),
  ];
}

function phaseOf({ phase, held_by }: Circuit): string {
  if (held_by) return 'kept open';
  return phase === 'half_open' ? 'half-open' : phase;
}
