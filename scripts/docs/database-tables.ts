import { readdirSync, readFileSync } from 'node:fs';
import { markdownTable } from './markdown-table.ts';

/** What each table holds. A table without a line here, or a line without a table, is a failure of the check. */
const holds: Readonly<Record<string, string>> = {
  legal_transitions:
    'every legal change of a status, a step or a step state; filled from `src/domain/transitions.ts` at each start, asked by a trigger',
  projects: 'a repository that work orders were submitted for, with its settings',
  work_orders: 'one unit of change: what is asked, where it stands, what it has used up',
  work_order_events:
    'each change of state and each verified fact, oldest first; written by a trigger, announced by `NOTIFY`',
  runs: 'one pass over a work order, with the fence that says who carries it',
  step_results: 'what each finished step of a run found out; a later run starts from them',
  effects: 'everything done to the world outside the tables, recorded before it is done; the undo plan',
  sessions: 'one supervised process, recorded before it starts',
  artifacts: 'the change as a patch and as a git bundle, so that another machine can go on',
  pull_requests: "the local forge's pull requests",
  error_events: 'every failure, with its class, its evidence and what was done about it',
  circuit_states:
    'which provider, model, forge or agent is left alone, since when and why; shared by all machines',
  progress_observations:
    'what was last seen of work under way: how much its processes have written, where its worktree has stood',
  escalations: 'a question to a person, with the options to choose from',
  system_alerts: 'what is wrong without a work order to tell it by',
  decision_logs: 'why a model, a retry, a refinement or an escalation was chosen',
  outcome_vectors: 'what came of each run: model, agent, cost, time, cycles, failure class',
  system_config: 'settings that people have changed, for every machine; the limits on money',
  system_config_history: 'each version of each setting, with who made it and when; written by a trigger',
  budget_windows:
    'a day, a month, a project or a work order with a limit: what is held, spent and presumed spent',
  escalation_members:
    'the work orders that wait for the answer to a question that is asked once for all of them',
  answer_policies: 'answers that hold from now on, for one kind of failure in one project or in all',
  outbox: 'what is to be delivered to channels, once for each; written with what it tells of',
  webhook_deliveries: 'webhooks as they came, each once; one that comes too early waits here',
  degradations: 'what is done without for a while, and why',
  forecasts: 'warnings before a limit is crossed, and what came of each',
  api_tokens: 'who may call the interface, by the hash of a token, with a role',
  web_sessions: 'who is signed in with a browser, by the hash of what its cookie holds',
  idempotency_keys: 'what was asked for under a key, and what was answered, for a day',
  audit_log: 'every change that was asked for through the interface',
  live_events: 'what has changed, for those who watch; kept for three days',
  model_prices:
    'what models cost, in versions that are added and never changed: what is listed, and what a person gives',
  cost_tracking: 'the money set aside for a run, and each call that drew on it',
  gateways: 'the processes that carry model calls, and when each was last heard of',
  gateway_keys: 'what a run or a session may call models with, by the hash of a key',
  call_bodies: 'what was sent to a model and what came back, where that is asked for',
  specs: 'texts that say what is to be made, each with what its work was estimated to cost',
  rolled_days: 'which days are summed up, of what',
  error_group_spans: 'the errors of one fingerprint in a quarter of a day, or in a day, in sum',
  outcome_days: 'what came of the attempts of a day, in sum: by model, agent, complexity and failure',
  error_days: 'the errors of a day in sum: by failure class and strategy, and how many were recovered from',
  cost_days: 'the calls of a day in sum: by model and project, what of it was presumed, and what was wasted',
  stale_days:
    'days of which a row has changed since they were summed up: until then they are read row by row',
};

const directory = new URL('../../src/store/migrations/', import.meta.url);

export function tablesTable(): string {
  const rows: string[][] = [];
  for (const file of readdirSync(directory).sort()) {
    for (const [, name = ''] of readFileSync(new URL(file, directory), 'utf8').matchAll(
      /^create table (\w+)/gm,
    )) {
      const line = holds[name];
      if (line === undefined)
        throw new Error(
          `${file} makes the table ${name}: say what it holds in scripts/docs/database-tables.ts`,
        );
      rows.push([`\`${name}\``, line, `\`${file}\``]);
    }
  }
  const missing = Object.keys(holds).find((name) => !rows.some(([code]) => code === `\`${name}\``));
  if (missing)
    throw new Error(
      `scripts/docs/database-tables.ts tells of the table ${missing}, which no migration makes`,
    );
  return markdownTable(['table', 'holds', 'made by'], rows);
}
