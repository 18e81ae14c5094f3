import { type Command, Option } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import type { CircuitStanding } from '../../engine/recovery/circuit-steering.ts';
import type { CliContext } from '../context.ts';
import { withMoose } from '../flags.ts';
import { table } from '../table.ts';

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
      await withMoose(context, command, async ({ moose }, printer) => {
        if (key === undefined) {
          const all = await moose.circuits();
          return printer.print(all.map(circuitDocument), () => listLines(all));
        }
        if (options.reset) {
          const { wokenRuns, ...circuit } = await moose.resetCircuit(key);
          const document = { ...circuitDocument(circuit), woken_runs: wokenRuns };
          return printer.print(document, () => `${key} is closed; ${runs(wokenRuns)} woken up.`);
        }
        const circuit = options.open ? await moose.openCircuit(key) : await moose.circuit(key);
        printer.print(circuitDocument(circuit), () => circuitLines(circuit));
      });
    });
}

const runs = (count: number) => `${count} paused ${count === 1 ? 'run' : 'runs'}`;

function circuitDocument(circuit: CircuitStanding): Extract<PrintedDocument<'circuits'>, unknown[]>[number] {
  return {
    key: circuit.key,
    kind: circuit.kind,
    phase: circuit.phase,
    since: circuit.since.toISOString(),
    opened_at: circuit.openedAt?.toISOString() ?? null,
    openings: circuit.openings,
    because: circuit.because,
    next_probe_at: circuit.nextProbeAt?.toISOString() ?? null,
    held_by: circuit.heldBy,
    updated_by: circuit.updatedBy,
    paused_runs: circuit.pausedRuns,
  };
}

function listLines(circuits: readonly CircuitStanding[]): string[] {
  if (circuits.length === 0) return ['No circuit has ever opened.'];
  return table(
    ['CIRCUIT', 'PHASE', 'SINCE', 'OPENINGS', 'NEXT PROBE', 'PAUSED RUNS', 'BECAUSE'],
    circuits.map((circuit) => [
      circuit.key,
      phaseOf(circuit),
      circuit.since.toISOString(),
      String(circuit.openings),
      circuit.nextProbeAt?.toISOString() ?? '',
      String(circuit.pausedRuns),
      circuit.because ? `${circuit.because.code}: ${circuit.because.message}` : '',
    ]),
    widthMax,
  );
}

function circuitLines(circuit: CircuitStanding): string[] {
  const { because, heldBy, nextProbeAt, openings, pausedRuns, since } = circuit;
  return [
    `${circuit.key} has been ${phaseOf(circuit)} since ${since.toISOString()}.`,
    ...(because ? [`Last opened by ${because.code}: ${because.message}`] : []),
    ...(openings > 1 ? [`It has opened ${openings} times since it was last closed.`] : []),
    ...(nextProbeAt ? [`The next probe is at ${nextProbeAt.toISOString()}.`] : []),
    ...(heldBy ? [`${heldBy} keeps it open until it is reset.`] : []),
    `Waiting for it: ${runs(pausedRuns)}.`,
    ...(circuit.phase === 'closed' ? [] : [`Close it: moose circuits ${circuit.key} --reset`]),
  ];
}

function phaseOf({ phase, heldBy }: CircuitStanding): string {
  if (heldBy) return 'kept open';
  return phase === 'half_open' ? 'half-open' : phase;
}
