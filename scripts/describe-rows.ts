// The types of all rows, as TypeScript, from a database that the migrations made. What SQL does not say, the shape of a JSON
// column and which text is of a type of its own, is in src/store/schema/column-shapes.ts.
import type pg from 'pg';
import { enterOwnSchema } from '../src/store/schema/own-schema.ts';

interface Column {
  table: string;
  name: string;
  /** As PostgreSQL names it, with the name of an enum. */
  type: string;
  isNullable: boolean;
  hasDefault: boolean;
  isIdentity: boolean;
  /** The table whose row it identifies, if its foreign key or its name says so; its own for a primary key. */
  identifies: string | null;
  /** The check constraint that lists its values. */
  check: string | null;
}

const columns = `select c.relname as table, a.attname as name, t.typname as type, not a.attnotnull as "isNullable",
    a.atthasdef as "hasDefault", a.attidentity <> '' as "isIdentity",
    case when a.attname = 'id' then c.relname else (select k.confrelid::regclass::text from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum]) end as identifies,
    (select pg_get_constraintdef(k.oid) from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
        and pg_get_constraintdef(k.oid) ~ ('^CHECK \\(\\(' || a.attname || ' = ANY \\(ARRAY\\[')) as check
  from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
  where c.relnamespace = 'moose'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migrations'
    and a.attnum > 0 and not a.attisdropped
  order by c.relname collate "C", a.attnum`;

const types: Readonly<Record<string, string>> = {
  text: 'string',
  uuid: 'string',
  xid8: 'string',
  int4: 'number',
  float8: 'number',
  int8: 'bigint',
  bool: 'boolean',
  bytea: 'Buffer',
  date: 'Date',
  timestamptz: 'Date',
  _text: 'string[]',
  failure_class: 'FailureClass',
  work_order_status: 'Status',
  work_order_step: 'Step',
  work_order_step_state: 'StepState',
};
const ids: Readonly<Record<string, string>> = {
  projects: 'ProjectId',
  work_orders: 'WorkOrderId',
  runs: 'RunId',
  sessions: 'SessionId',
  cost_tracking: 'ReservationId',
};
/** Columns without a foreign key, because what they name may be deleted before them. */
const byName: Readonly<Record<string, string>> = {
  project_id: 'projects',
  work_order_id: 'work_orders',
  run_id: 'runs',
  session_id: 'sessions',
  reservation_id: 'cost_tracking',
};

const head = `// Made by \`node scripts/schema.ts --types\` from the database that the migrations make, and compared with it by a test.
import type { Generated } from 'kysely';
import type { FailureClass } from '../../domain/failure.ts';
import type { ProjectId, ReservationId, RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { Status, Step, StepState } from '../../domain/transitions.ts';
import type { JsonShapes, TextShapes } from './column-shapes.ts';
import type { At, Json, JsonWithDefault, Optional, OptionalJson, WithDefault } from './column-types.ts';
`;

/** The text of the file. `named`: the text columns that have a type in \`TextShapes\`. */
export async function describeRows(client: pg.ClientBase, named: ReadonlySet<string>): Promise<string> {
  await enterOwnSchema(client);
  const { rows } = await client.query<Column>(columns);
  const tables = Map.groupBy(rows, ({ table }) => table);
  const texts = [...tables].map(([table, own]) => {
    const lines = own.map((column) => `    ${camel(column.name)}: ${typeOf(column, named)};`);
    return `  ${camel(table)}: {\n${lines.join('\n')}\n  };`;
  });
  return `${head}\nexport interface Tables {\n${texts.join('\n')}\n}\n`;
}

function typeOf(column: Column, named: ReadonlySet<string>): string {
  const { table, name, type, isNullable, hasDefault, isIdentity } = column;
  if (type === 'jsonb') {
    const wrapper = isNullable ? 'OptionalJson' : hasDefault ? 'JsonWithDefault' : 'Json';
    return `${wrapper}<JsonShapes['${table}.${name}']>`;
  }
  const plain = plainOf(column, named);
  if (isIdentity) return `Generated<${plain}>`;
  if (isNullable) return `Optional<${plain}>`;
  if (hasDefault) return type === 'timestamptz' ? 'At' : `WithDefault<${plain}>`;
  return plain;
}

function plainOf({ table, name, type, identifies, check }: Column, named: ReadonlySet<string>): string {
  if (named.has(`${table}.${name}`)) return `TextShapes['${table}.${name}']`;
  if (check !== null)
    return [...check.matchAll(/'([^']+)'::text/g)].map(([, value]) => `'${value}'`).join(' | ');
  const id = type === 'uuid' ? ids[identifies ?? byName[name] ?? ''] : undefined;
  const plain = id ?? types[type];
  if (plain === undefined)
    throw new Error(`${table}.${name}: scripts/describe-rows.ts does not know the type ${type}`);
  return plain;
}

const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The keys of \`TextShapes\`. */
export function namedTexts(columnShapes: string): Set<string> {
  const [, body = ''] = /export interface TextShapes \{([^}]*)\}/.exec(columnShapes) ?? [];
  return new Set([...body.matchAll(/^ {2}'([^']+)':/gm)].map(([, key = '']) => key));
}
