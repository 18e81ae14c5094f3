import { readdirSync, readFileSync } from 'node:fs';
import { markdownTable } from './markdown-table.ts';

/** A description of each table. The check fails if a table has none, or if a description has no table. */
const holds: Readonly<Record<string, string>> = {
  legal_transitions:
    'every legal change of a status, a step or a step state; filled from `src/domain/transitions.ts` at each start, enforced by a trigger',
  projects: 'a repository with work orders, and its settings',
  work_orders: 'one unit of change: the request, its state, and what it has used',
  work_order_dependencies: 'which work orders of a running plan start only after which others',
  work_order_events:
    'each change of state and each verified fact, oldest first; written by a trigger, announced by `NOTIFY`',
  runs: 'one pass through a work order, with the fence that says who may write',
  step_results: 'the result of each finished step of a run; a later run starts from it',
  effects: 'everything done to the world outside the tables, recorded before it is done; the undo plan',
  sessions: 'one supervised process, recorded before it starts',
  executors:
    'the processes that carry runs, with their last heartbeat; one without a heartbeat loses its work',
  spending_limits: 'limits of a day and a month for a person, for each person without one, and for a project',
  job_turns:
    'when each periodic job last began and on which machine, so that more machines do not run it more often',
  artifacts: 'the change as a patch and as a git bundle, so that another machine can continue',
  plannings: 'requests for the Architect to plan a spec, each with its own reservation',
  contract_checks: 'the results of checking the contracts of a plan, by work order, and what people accepted',
  spec_plans: 'the versions of the plan of each spec, with their authors; invalid ones say why',
  work_order_estimates: 'the estimated cost of each work order of a plan, as of the decision about the plan',
  drifts: 'differences between the database and what it describes, as last found, and what people answered',
  learners: 'what the learned policy knows about the arms of each project; computed from its events',
  learner_events:
    'what the learned policy learns from: arms, prices, outcomes of tries and their corrections',
  forge_hosts:
    'the forges that Moose may use, where their credentials are found, and the limits of each host',
  pull_requests:
    'every pull request that Moose opened, as its forge last reported it; those of the local forge exist only here',
  pull_request_remarks: 'reviews and comments on pull requests, and how each was handled',
  forge_issues: 'issues that became work orders, each at most once',
  forge_intakes: 'projects whose issues become work orders, and when the forge is polled next',
  invites:
    'invites: who is invited, with which role, until when, and whether they were accepted; secrets as hashes',
  schedules: 'schedules: what they submit, when, with which limit, for whom, and why they are paused',
  work_order_groups:
    'groups of work orders that are decided about together: candidates for the same work, or one change over several repositories',
  group_members:
    'the work orders of each group, in their order, with their results and what decides about them',
  schedule_runs: 'what happened at each scheduled time of a schedule, each at most once',
  schedule_changes: 'what people changed about a schedule, with the old and the new values',
  sign_ins: 'sign-ins that a browser has begun at an OpenID Connect provider and not finished yet',
  error_events: 'every failure, with its class, its evidence and what was done about it',
  circuit_states:
    'circuits of providers, models, forges and agents: state, since when and why; shared by all machines',
  circuit_changes: 'when circuits opened and closed, and the failure that opened them',
  progress_observations:
    'the last observed progress of running work: bytes of output, position of the worktree',
  escalations: 'a question to a person, with its options',
  session_output:
    'what sessions printed, without secrets, in chunks: for machines that do not have the files',
  worktree_slots: 'the number of each live worktree on its machine, for ports and names of databases',
  base_checks:
    'the result of a check on a base commit without any change: run once, shared by all work orders on that commit',
  checked_trees:
    'whether the checks of a project pass on a tree, so that no combination of changes is checked twice',
  project_variables: 'variables and secrets of projects, encrypted with a key that is not in the database',
  allowed_secrets: 'values in changes that look like secrets but that a person has allowed, as hashes',
  system_alerts: 'problems that belong to no work order',
  decision_logs: 'why a model, a retry, a refinement or an escalation was chosen',
  pattern_confidence_scores:
    'how often each model fails at each kind of work, compared with all others, with intervals; recomputed by a job',
  policy_experiments:
    'two policies that share the work orders of a project at random, and which one was better',
  routing_exclusions: 'work that a person has excluded a model from',
  outcome_vectors:
    'the outcome of each attempt: model, agent, features, cost, time, cycles, failure class, what judged it, and whether it counts',
  system_config: 'settings that people have changed, for every machine; the limits on money',
  system_config_history: 'each version of each setting, with author and time; written by a trigger',
  budget_windows:
    'a day, a month, a project or a work order with a limit: reserved, spent and presumed spent',
  escalation_members: 'the work orders that wait for the answer to a shared question',
  answer_policies: 'standing answers, for one kind of failure in one project or in all',
  outbox: 'notices to deliver, one for each channel; written with the event that they report',
  webhook_deliveries: 'received webhooks, each once; one that arrives too early waits here',
  degradations: 'degraded features, and why',
  forecasts: 'warnings before a limit is reached, and their outcome',
  api_tokens: 'API tokens as hashes, with their roles',
  push_key: 'the key with which messages to browsers are signed; its private half encrypted',
  push_subscriptions:
    'the browsers in which people turned on notifications, and whether their last notice was delivered',
  web_sessions: 'browser sessions, by the hash of the cookie',
  previews:
    'links to services that people looked at through Moose, by the hash of the link and the cookie, until they expire',
  idempotency_keys: 'requests with an idempotency key and their answers, for a day',
  audit_log: 'every requested change, with who asked for it',
  live_events: 'changes, for clients that watch; kept for three days',
  model_prices: 'prices of models, in versions that never change: the list, and prices that a person sets',
  model_substitutions: 'which dearer models have answered for others, whose next calls reserve their price',
  cost_tracking: 'the envelope of a run, and each call that drew on it',
  gateways: 'the gateway processes, with their last heartbeat',
  gateway_keys: 'the gateway keys of runs and sessions, as hashes',
  call_bodies: 'requests to models and their answers, if recording is on',
  specs: 'uploaded specs, each with the estimated cost of its work, and how far its approved plan is',
  rolled_days: 'which days are summed up, for which figures',
  error_group_spans: 'errors of one fingerprint in a quarter of a day, or in a day, summed up',
  outcome_days: 'outcomes of attempts per day: by model, agent, complexity and failure',
  error_days: 'errors per day: by failure class and strategy, and how many recovered',
  cost_days: 'model calls per day: by model and project, how much was presumed, and how much was wasted',
  stale_days:
    'days with a row that changed after they were summed up; until the next sum they are read row by row',
};

const directory = new URL('../../src/store/schema/migrations/', import.meta.url);

export function tablesTable(): string {
  const tables = tablesOf(
    readdirSync(directory)
      .sort()
      .map((file) => readFileSync(new URL(file, directory), 'utf8')),
  );
  const rows = tables.map((name) => {
    const line = holds[name];
    if (line === undefined)
      throw new Error(
        `The migrations make the table ${name}: say what it holds in scripts/docs/database-tables.ts`,
      );
    return [`\`${name}\``, line];
  });
  const missing = Object.keys(holds).find((name) => !tables.includes(name));
  if (missing)
    throw new Error(
      `scripts/docs/database-tables.ts tells of the table ${missing}, which no migration makes`,
    );
  return markdownTable(['table', 'holds'], rows);
}

/** The tables that are there after these migrations, in the order in which they were made. */
function tablesOf(migrations: readonly string[]): string[] {
  let tables: string[] = [];
  for (const text of migrations) {
    tables.push(...namesIn(text, /^create table (\w+)/gm));
    const dropped = namesIn(text, /^drop table (\w+)/gm);
    const renamed = new Map(
      [...text.matchAll(/^alter table (\w+) rename to (\w+)/gm)].map(([, from = '', to = '']) => [from, to]),
    );
    tables = tables.filter((name) => !dropped.includes(name)).map((name) => renamed.get(name) ?? name);
  }
  return tables;
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}
