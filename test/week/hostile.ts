// Puts hostile text into every field of the invented week that somebody can write: models, programs, remotes, people.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';

/** A part of the hostile text by which a test sees that a page shows it. */
export const hostileMark = 'onerror=';
const act = 'window.hacked=1';
const markup = [
  `<img src=x onerror="${act}">"><script>${act}</script><svg onload=${act}>`,
  `x{{7*7}}y x\${7*7}y [link](javascript:${act})`,
  `\u202Etxet desrever\u202C \u001b[31mred\u001b[0m \u001b]8;;javascript:${act}\u0007link\u001b]8;;\u0007 \u0001\u0008\u007f`,
].join(' ');
const unbroken = `<img src=x onerror=${act}>${'W'.repeat(5_000)}`;
const texts = [markup, unbroken];
const address = `javascript:${act}`;

/** The free text columns of each table; a unique one gets a number in addition. */
const columns: Readonly<Record<string, readonly string[]>> = {
  projects: ['name', 'repository_path'],
  work_orders: [
    'title',
    'description',
    'acceptance',
    'branch',
    'base_branch',
    'changed_by',
    'requested_by',
    'changed_because',
  ],
  work_order_events: ['actor', 'reason'],
  error_events: ['error_message', 'stack', 'rule', 'component', 'operation', 'recovery_strategy'],
  escalations: ['title', 'note', 'component', 'operation', 'resolved_by'],
  circuit_states: ['updated_by'],
  system_alerts: ['message', 'component', 'operation'],
  degradations: ['feature', 'because'],
  forecasts: ['message', 'subject'],
  decision_logs: ['agent_type'],
  sessions: ['name', 'command', 'end_reason'],
  outcome_vectors: ['model', 'agent'],
  cost_tracking: ['model', 'provider', 'service_name'],
  audit_log: ['actor', 'act', 'subject'],
  answer_policies: ['note', 'created_by'],
  forge_hosts: ['paused_because'],
  schedules: ['requested_by'],
  schedule_runs: ['because', 'asked_by'],
  schedule_changes: ['changed_by'],
  pull_requests: ['title', 'url', 'waiting_for'],
  pull_request_remarks: ['author', 'body', 'path', 'because', 'url'],
};
const documents: Readonly<Record<string, readonly string[]>> = {
  work_orders: ['failure'],
  work_order_events: ['detail'],
  error_events: ['metadata'],
  escalations: ['context', 'options'],
  circuit_states: ['because'],
  decision_logs: ['input_context', 'decision_output'],
  effects: ['detail'],
  schedules: ['template'],
  step_results: ['result'],
  audit_log: ['detail'],
  pull_requests: ['checks'],
};
/** Fields with free text in JSON documents; fields that contain names stay unchanged. */
const freeKeys = new Set([
  'advice',
  'message',
  'because',
  'summary',
  'conclusion',
  'brief',
  'outputTail',
  'stdoutTail',
  'stderrTail',
  'command',
  'label',
  'chanceBasis',
  'branch',
  'worktreePath',
  'title',
  'description',
  'reasons',
  'problem',
  'model',
  'fact',
]);

export async function makeHostile(url: string, dataDirectory: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  try {
    await client.query('begin');
    await client.query("set local session_replication_role = 'replica'");
    for (const [table, names] of Object.entries(columns)) await spoilColumns(client, table, names);
    for (const [table, names] of Object.entries(documents))
      for (const name of names) await spoilDocuments(client, table, name);
    await addMore(client);
    await client.query('commit');
    const { rows } = await client.query<{ directory: string }>(
      "select directory from sessions where state = 'running' and directory like $1",
      [`${join(dataDirectory, '%')}`],
    );
    for (const { directory } of rows)
      await writeFile(join(directory, 'stdout.log'), output).catch(ignoreMissing);
  } finally {
    await client.end();
  }
}

const output = Buffer.concat([
  Buffer.from(`${markup}\n${unbroken}\n\u001b]0;title\u0007\u001b[2J\u001b[?1049h`),
  Buffer.from([0x80, 0xff, 0xc3, 0x28, 0xf0, 0x9f, 0x0a]),
]);

function ignoreMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause;
}

/** The lengths that the schema allows. */
const charsMax = (table: string, name: string) =>
  table === 'work_orders' && name === 'title' ? 200 : 10_000;

async function spoilColumns(client: pg.Client, table: string, names: readonly string[]): Promise<void> {
  const set = names.map(
    (name, at) =>
      `${name} = left(n.number || ' ' || ($1::text[])[1 + (n.number + ${at}) % 2], ${charsMax(table, name)})`,
  );
  await client.query(
    `update ${table} t set ${set.join(', ')} from
      (select ctid as place, row_number() over () as number from ${table}) n where n.place = t.ctid`,
    [texts],
  );
}

async function spoilDocuments(client: pg.Client, table: string, name: string): Promise<void> {
  const { rows } = await client.query<{ place: string; document: unknown }>(
    `select ctid::text as place, ${name} as document from ${table} where ${name} is not null`,
  );
  await client.query(
    `update ${table} t set ${name} = n.document
      from jsonb_to_recordset($1::jsonb) as n(place tid, document jsonb) where t.ctid = n.place`,
    [JSON.stringify(rows.map(({ place, document }, at) => ({ place, document: spoiled(document, at) })))],
  );
}

function spoiled(value: unknown, at: number): unknown {
  if (Array.isArray(value)) return value.map((each) => spoiled(each, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner], place) => {
      if (key === 'url') return [key, address];
      if (!freeKeys.has(key)) return [key, spoiled(inner, at)];
      const text = texts[(at + place) % texts.length];
      return [key, typeof inner === 'string' ? text : Array.isArray(inner) ? [text] : inner];
    }),
  );
}

const path = `<img src=x onerror=${act}>.ts`;
const patch = `diff --git a/${path} b/${path}
index 3f1c2aa..b9d04e1 100644
--- a/${path}
+++ b/${path}
@@ -1,2 +1,3 @@ <script>${act}</script>
-${markup}
+${unbroken}
+${markup}
 </script></style></textarea>
`;

/** Replaces URLs and the patch, and adds the kinds of rows that the week lacks. */
async function addMore(client: pg.Client): Promise<void> {
  await client.query('update work_orders set pull_request_url = $1 where pull_request_url is not null', [
    address,
  ]);
  await client.query('update artifacts set content = $1', [Buffer.from(patch)]);
  await client.query("update circuit_states set key = kind || ':' || $1::text || generation || phase", [
    markup,
  ]);
  await client.query(
    `insert into api_tokens (id, name, hash, role, created_by) values (gen_random_uuid(), $1, '\\x00', 'viewer', $2)`,
    texts,
  );
  const estimate = {
    tokens: 1,
    sections: 1,
    architect_model: markup,
    architect_usd: 0,
    basis: unbroken,
    work_orders: { low: 1, high: 2 },
    work_usd: { low: 0, high: 1 },
    warnings: texts,
  };
  for (const [at, text] of texts.entries())
    await client.query(
      'insert into specs (id, name, content, estimate, created_by) values (gen_random_uuid(), $1, $2, $3, $4)',
      [text, texts[1 - at], JSON.stringify(estimate), text],
    );
  await client.query('update system_config_history set changed_by = $1', [markup]);
}
