// The catalogues of all rooms, for `moose errors explain` and the list of codes in the documents.
import { chaosFailures } from '../../../chaos/failure-catalogue.ts';
import { apiFailures } from '../../api/failure-catalogue.ts';
import { classifierFailures } from '../../classifier/failure-catalogue.ts';
import { cliFailures } from '../../cli/failure-catalogue.ts';
import { configFileFailures } from '../../config-file/failure-catalogue.ts';
import { demoFailures } from '../../demo/failure-catalogue.ts';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { FailureEntry, Listed, Texts } from '../../domain/catalogue.ts';
import { domainFailures } from '../../domain/failure-catalogue.ts';
import { durableFailures } from '../../durable/failure-catalogue.ts';
import { accessFailures } from '../../engine/access/failure-catalogue.ts';
import { notifyFailures, notifyFindings } from '../../engine/background/notify/failure-catalogue.ts';
import { answerFailures } from '../../engine/commands/answers/failure-catalogue.ts';
import { commandFailures } from '../../engine/commands/failure-catalogue.ts';
import { scheduleFailures, scheduleFindings } from '../../engine/commands/schedules/failure-catalogue.ts';
import { subtaskFailures } from '../../engine/commands/subtasks/failure-catalogue.ts';
import { errorFailures } from '../../engine/errors/failure-catalogue.ts';
import { learnerFailures } from '../../engine/learner/failure-catalogue.ts';
import { learningFailures } from '../../engine/learning/failure-catalogue.ts';
import { pipelineFailures } from '../../engine/pipeline/failure-catalogue.ts';
import { policyFailures } from '../../engine/policy/failure-catalogue.ts';
import { pagingFailures } from '../../engine/policy/paging/failure-catalogue.ts';
import { priceFailures } from '../../engine/policy/prices/failure-catalogue.ts';
import { secretFailures } from '../../engine/policy/secrets/failure-catalogue.ts';
import { modelFailures } from '../../engine/ports/model-failure-catalogue.ts';
import { questionFailures, questionFindings } from '../../engine/questions/failure-catalogue.ts';
import { reconcileFailures, reconcileFindings } from '../../engine/reconcile/failure-catalogue.ts';
import { recoveryFailures, recoveryFindings } from '../../engine/recovery/failure-catalogue.ts';
import { budgetFailures, budgetFindings } from '../../engine/run/budget/failure-catalogue.ts';
import { effectFailures, effectFindings } from '../../engine/run/effects/failure-catalogue.ts';
import { runFailures } from '../../engine/run/failure-catalogue.ts';
import { sentinelFailures, sentinelFindings } from '../../engine/sentinel/failure-catalogue.ts';
import { settingFailures } from '../../engine/settings/failure-catalogue.ts';
import { projectFailures } from '../../engine/settings/projects/failure-catalogue.ts';
import { specFailures } from '../../engine/specs/failure-catalogue.ts';
import { intakeFailures } from '../../engine/specs/intake/failure-catalogue.ts';
import { viewFailures } from '../../engine/views/failure-catalogue.ts';
import { watchFailures, watchFindings } from '../../engine/watch/failure-catalogue.ts';
import { lackFailures } from '../../engine/workplace/checks/lack-failure-catalogue.ts';
import { workplaceFailures, workplaceFindings } from '../../engine/workplace/failure-catalogue.ts';
import { judgeFailures } from '../../engine/workplace/judge/failure-catalogue.ts';
import { forgeFailures, forgeFindings } from '../../forges/failure-catalogue.ts';
import { gatewayFailures } from '../../gateway/failure-catalogue.ts';
import { gitFailures } from '../../git/failure-catalogue.ts';
import { gitSaidFailures } from '../../git/said-failure-catalogue.ts';
import { mcpFailures } from '../../mcp/failure-catalogue.ts';
import { notifierFailures } from '../../notifiers/failure-catalogue.ts';
import { postgresFailures } from '../../postgres/failure-catalogue.ts';
import { resilienceFailures } from '../../resilience/failure-catalogue.ts';
import { sessionFailures } from '../../sessions/failure-catalogue.ts';
import { storeFailures } from '../../store/failure-catalogue.ts';
import { telemetryFailures } from '../../telemetry/failure-catalogue.ts';
import { appFailures } from '../failure-catalogue.ts';

export type CatalogueEntry = { key: string } & Listed<FailureEntry | Texts>;

const catalogues: readonly Readonly<Record<string, { readonly entry: Listed<FailureEntry | Texts> }>>[] = [
  accessFailures,
  agentFailures,
  answerFailures,
  apiFailures,
  appFailures,
  budgetFailures,
  budgetFindings,
  chaosFailures,
  classifierFailures,
  cliFailures,
  commandFailures,
  configFileFailures,
  demoFailures,
  domainFailures,
  durableFailures,
  effectFailures,
  effectFindings,
  errorFailures,
  forgeFailures,
  forgeFindings,
  gatewayFailures,
  gitFailures,
  gitSaidFailures,
  intakeFailures,
  judgeFailures,
  lackFailures,
  learnerFailures,
  learningFailures,
  mcpFailures,
  modelFailures,
  notifierFailures,
  notifyFailures,
  notifyFindings,
  pagingFailures,
  pipelineFailures,
  policyFailures,
  postgresFailures,
  priceFailures,
  projectFailures,
  questionFailures,
  questionFindings,
  reconcileFailures,
  reconcileFindings,
  recoveryFailures,
  recoveryFindings,
  resilienceFailures,
  runFailures,
  scheduleFailures,
  scheduleFindings,
  secretFailures,
  sentinelFailures,
  sentinelFindings,
  sessionFailures,
  settingFailures,
  specFailures,
  storeFailures,
  subtaskFailures,
  telemetryFailures,
  viewFailures,
  watchFailures,
  watchFindings,
  workplaceFailures,
  workplaceFindings,
];

export const catalogueEntries: readonly CatalogueEntry[] = catalogues.flatMap((catalogue) =>
  Object.entries(catalogue).map(([key, { entry }]) => ({ key, ...entry })),
);
