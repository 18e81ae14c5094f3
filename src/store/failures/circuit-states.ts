// The circuits that all machines share. A row is written only when the state changes, and only if its generation is
// lower.

import { type Selectable, sql } from 'kysely';
import { newCircuit } from '../../resilience/circuit.ts';
import type { Query } from '../database.ts';
import type { CircuitKind } from '../schema/row-kinds.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';
import { findsAny } from '../work/runs/due-jobs.ts';

export type CircuitRow = Selectable<Tables['circuitStates']>;

/** What a machine writes about a circuit. Only people set who keeps it open, so that is not part of it. */
export type CircuitFact = Pick<
  CircuitRow,
  'key' | 'kind' | 'state' | 'because' | 'openedAt' | 'notBefore' | 'openings'
>;

/** More than there are: circuits exist for providers, models, forges and agents. */
const rowsMax = 1_000;
const messageCharsMax = 2_000;

/** The circuits, newest first. */
export function allCircuits(query: Query): Promise<CircuitRow[]> {
  return query.selectFrom('circuitStates').selectAll().orderBy('updatedAt', 'desc').limit(rowsMax).execute();
}

export function circuitByKey(query: Query, key: string): Promise<CircuitRow | undefined> {
  return query.selectFrom('circuitStates').selectAll().where('key', '=', key).executeTakeFirst();
}

/** The circuits that are not closed, by their keys. */
export function listOpenCircuits(
  query: Query,
): Promise<Array<Pick<CircuitRow, 'key' | 'phase' | 'openedAt' | 'because'>>> {
  return query
    .selectFrom('circuitStates')
    .select(['key', 'phase', 'openedAt', 'because'])
    .where('phase', '<>', 'closed')
    .orderBy('key')
    .execute();
}

const restMs = 5_000;

/**
 * A circuit that has admitted probes for a while, and for which no run waits, affects nobody: the next caller finds out
 * whether the dependency works.
 */
const isAtRest = sql<boolean>`(held_by is null and phase <> 'closed'
  and coalesce(not_before, updated_at) < now() - ${restMs} * interval '1 millisecond'
  and not exists (select from runs r where r.state = 'running' and r.paused_by = circuit_states.key))`;

/** The circuits of dependencies that are unavailable now: neither closed nor at rest. */
export async function listUnavailableCircuits(query: Query): Promise<string[]> {
  const rows = await query
    .selectFrom('circuitStates')
    .select('key')
    .where('phase', '<>', 'closed')
    .where(sql<boolean>`not ${isAtRest}`)
    .execute();
  return rows.map(({ key }) => key);
}

export async function listCircuitsAtRest(query: Query): Promise<string[]> {
  const rows = await query.selectFrom('circuitStates').select('key').where(isAtRest).execute();
  return rows.map(({ key }) => key);
}

/** Returns the row after the write; undefined if the stored row has the same generation, or a higher one. */
export function writeCircuit(query: Query, fact: CircuitFact, by: string): Promise<CircuitRow | undefined> {
  const { state, because } = fact;
  const values = {
    ...fact,
    phase: state.phase,
    generation: BigInt(state.generation),
    state: toJson(state),
    because:
      because && toJson({ ...because, message: storableText(because.message).slice(0, messageCharsMax) }),
    updatedBy: by,
  };
  return query
    .insertInto('circuitStates')
    .values(values)
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          ...values,
          phase: sql<
            CircuitRow['phase']
          >`case when circuit_states.held_by is null then excluded.phase else 'open' end`,
          updatedAt: sql<Date>`clock_timestamp()`,
        })
        .where('circuitStates.generation', '<', values.generation),
    )
    .returningAll()
    .executeTakeFirst();
}

/**
 * A person keeps the circuit open until a person resets it, whatever the machines find; its state still shows their
 * findings.
 */
export async function holdCircuit(
  query: Query,
  key: string,
  kind: CircuitKind,
  by: string,
): Promise<CircuitRow> {
  const held = { phase: 'open' as const, heldBy: by, updatedBy: by };
  return query
    .insertInto('circuitStates')
    .values({ key, kind, generation: BigInt(newCircuit.generation), state: toJson(newCircuit), ...held })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ ...held, updatedAt: sql<Date>`clock_timestamp()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A person closes the circuit for all machines, whatever they found before; new failures open it again. */
export function resetCircuit(query: Query, key: string, by: string): Promise<CircuitRow | undefined> {
  return query
    .updateTable('circuitStates')
    .set({
      phase: 'closed',
      generation: sql<bigint>`generation + 1`,
      state: sql<string>`jsonb_build_object('phase', 'closed', 'generation', generation + 1,
        'sinceGeneration', generation + 1, 'failedAt', '[]'::jsonb)`,
      notBefore: null,
      openings: 0,
      heldBy: null,
      updatedBy: by,
      updatedAt: sql<Date>`clock_timestamp()`,
    })
    .where('key', '=', key)
    .returningAll()
    .executeTakeFirst();
}

/** How many runs each circuit pauses. */
export async function pausedRunsByCircuit(query: Query): Promise<Map<string, number>> {
  const { rows } = await sql<{ key: string; runs: number }>`select paused_by as key, count(*)::int as runs
    from runs where paused_by is not null and state = 'running' group by paused_by`.execute(query);
  return new Map(rows.map(({ key, runs }) => [key, runs]));
}

/**
 * How late a machine may still pause a run: it may not know yet that the circuit is closed, or its clock may be ahead.
 */
const heardLateMs = 2_000;

/** The closed circuits that have paused runs, and until when. */
export async function closedBehindPausedRuns(query: Query): Promise<Array<{ key: string; until: Date }>> {
  const { rows } = await closedBehindPaused.execute(query);
  return rows;
}

const closedBehindPaused = sql<{ key: string; until: Date }>`
    select c.key, c.updated_at + ${heardLateMs} * interval '1 ms' as until
    from circuit_states c where c.phase = 'closed' and exists (select from runs r
      where r.paused_by = c.key and r.state = 'running'
        and r.paused_at <= c.updated_at + ${heardLateMs} * interval '1 ms')`;

/** Whether `closedBehindPausedRuns` finds any. */
export const isClosedBehindPausedRun = findsAny(closedBehindPaused);
