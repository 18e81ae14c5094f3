// `moose agents certify`: measures one agent against the fault matrix, with its real program, on a scratch Moose.
import type { CertifyOptions, CertifyResult } from '../../cli/context.ts';
import type { Printer } from '../../cli/terminal/printer.ts';
import type { Certification, CertifiedRow } from '../../contract/contract.ts';
import type { Agent } from '../../engine/ports/agent.ts';
import { createAgents } from '../agents.ts';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/own-environment.ts';
import { appFailures } from '../failure-catalogue.ts';
import { judge } from './judge.ts';
import { keepTable, lastTable } from './kept-table.ts';
import { type MatrixRow, matrix } from './matrix.ts';
import type { Observed } from './observed.ts';
import { certificationLines, rowLine } from './print.ts';
import { runRow } from './run-row.ts';
import { modelFor, openScratchMoose } from './scratch-moose.ts';
import { countsOf, differencesTo, mergedRows } from './tables.ts';
import { withWitness } from './witness.ts';

export async function runCertify(
  options: CertifyOptions,
  config: Config,
  environment: Environment,
): Promise<CertifyResult> {
  const startedMs = performance.now();
  const rows = chooseRows(options.rows);
  const { agent, model, version } = await chooseAgent(options.agent, config);
  const earlier = await lastTable(config.dataDirectory, agent.name);
  const { printer } = options;
  printer.note(
    `Certifying ${agent.name} ${version ?? ''}: ${rows.length} rows on a scratch Moose, nothing is spent.`,
  );
  const measured = await measureAll(agent, model, rows, { options, environment, printer });
  const table: Certification = {
    agent: agent.name,
    version: version ?? measured.version,
    model,
    certified_at: new Date().toISOString(),
    seconds: Number(((performance.now() - startedMs) / 1_000).toFixed(1)),
    ok: measured.rows.every(({ verdict }) => verdict !== 'wrong'),
    rows: measured.rows,
    counts: countsOf(measured.rows),
  };
  const all = mergedRows(
    earlier,
    table.version,
    table.rows,
    matrix.map(({ name }) => name),
  );
  await keepTable(config.dataDirectory, {
    ...table,
    rows: all,
    ok: all.every(({ verdict }) => verdict !== 'wrong'),
    counts: countsOf(all),
  });
  const document = {
    ...table,
    compared_with: earlier && { version: earlier.version, certified_at: earlier.certified_at },
    differences: earlier === null ? [] : differencesTo(earlier, table.rows),
  };
  return { document, lines: certificationLines(document), holds: table.ok };
}

/** @throws `CERTIFY_ROW_UNKNOWN` */
function chooseRows(names: readonly string[]): readonly MatrixRow[] {
  if (names.length === 0) return matrix;
  const known = matrix.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw appFailures.CERTIFY_ROW_UNKNOWN('certify', { name: unknown, known: known.join(', ') });
  return matrix.filter(({ name }) => names.includes(name));
}

/** @throws `AGENT_UNKNOWN`, `CERTIFY_WITHOUT_MODEL`, `CERTIFY_PROGRAM_MISSING` */
async function chooseAgent(
  name: string,
  config: Config,
): Promise<{ agent: Agent; model: string; version: string | null }> {
  const agents = createAgents(config);
  const agent = agents.get(name);
  if (agent === undefined)
    throw appFailures.CERTIFY_AGENT_UNKNOWN('certify', { name, known: [...agents.keys()].join(', ') });
  const model = modelFor(agent);
  if (model === null) throw appFailures.CERTIFY_WITHOUT_MODEL('certify', { name });
  const { isInstalled, version, advice } = await agent.probe();
  if (!isInstalled)
    throw appFailures.CERTIFY_PROGRAM_MISSING('certify', { name, advice: advice ?? 'See `moose doctor`.' });
  return { agent, model, version };
}

interface Measuring {
  options: CertifyOptions;
  environment: Environment;
  printer: Printer;
}

async function measureAll(
  agent: Agent,
  model: string,
  rows: readonly MatrixRow[],
  { options: { limitMs, signal }, environment, printer }: Measuring,
): Promise<{ rows: CertifiedRow[]; version: string | null }> {
  const lost = new AbortController();
  const stop = AbortSignal.any([signal, lost.signal]);
  const scratch = await openScratchMoose(environment, withWitness(agent), model, {
    signal,
    onLost: (error) => lost.abort(error),
  });
  const done: CertifiedRow[] = [];
  let version: string | null = null;
  try {
    for (const [index, row] of rows.entries()) {
      printer.note(`${index + 1} of ${rows.length}: ${row.name} (${row.provoked}) …`);
      const seen = await runRow(row, scratch, { limitMs, signal: stop });
      version ??= seen.version;
      const certified = certifiedRow(row, seen);
      printer.note(rowLine(certified));
      done.push(certified);
    }
  } finally {
    await scratch.close();
  }
  return { rows: done, version };
}

function certifiedRow(row: MatrixRow, seen: Observed): CertifiedRow {
  return {
    row: row.name,
    provoked: row.provoked,
    ...judge(row, seen),
    agent: {
      exit_code: seen.exitCode,
      signal: seen.signal,
      stopped_because: seen.stoppedBecause,
      said: seen.said,
      words: seen.words,
      duration_ms: seen.durationMs,
      sessions: seen.sessions,
      calls: seen.calls,
      changed: seen.changed,
      left: seen.left ?? [],
      other_addresses: seen.otherAddresses,
    },
    moose: {
      status: seen.status,
      code: seen.code,
      category: seen.category,
      decision: seen.decision,
      isolation: seen.isolation,
    },
  };
}
