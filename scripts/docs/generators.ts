import { agentsMatrix, agentsTable } from './agents-tables.ts';
import { boundedMembersTable, boundsTable, hostsTable } from './bounds-tables.ts';
import { certifiedRowsTable } from './certified-rows.ts';
import { changedSettingsTable } from './changed-settings-table.ts';
import { commandsReference } from './commands-reference.ts';
import { configKeysTable } from './config-keys.ts';
import { coreProgram } from './core-program.ts';
import { crashMatrixCounts, crashMatrixState, crashMatrixTable } from './crash-matrix.ts';
import { tablesTable } from './database-tables.ts';
import { decisionsIndex } from './decisions-index.ts';
import { directorTable } from './director-table.ts';
import { driftKindsTable } from './drift-kinds.ts';
import { errorsTable } from './errors-table.ts';
import { failureCategoriesTable, failureClassesTable } from './failure-tables.ts';
import { findingsTable, strictTable } from './findings-table.ts';
import { floorsTable } from './floors-table.ts';
import type { Generators } from './generated-blocks.ts';
import { incidentsCount, incidentsTable } from './incidents/incidents-table.ts';
import { invariantsTable } from './invariants.ts';
import { metricsTable } from './metrics-table.ts';
import { hardStopWords, ladderTable, pricesTable, tiersTable } from './models-tables.ts';
import { platformsTable } from './platforms-table.ts';
import { projectSettingsTable } from './project-settings-table.ts';
import { recoveryTable } from './recovery-table.ts';
import { ringsTable } from './rings-table.ts';
import { roomsDiagram } from './rooms-diagram.ts';
import { checkEnvironmentList, environmentTable } from './settings-table.ts';
import { stagesTable, statusDiagram, stepStatesTable, stepsTable } from './transitions-diagrams.ts';

/** The generated parts of documents, each with its source in the code. To add one, add an entry. */
export const generators: Generators = {
  findings: findingsTable,
  'strict-findings': strictTable,
  floors: floorsTable,
  'core-program': coreProgram,
  'crash-matrix': crashMatrixTable,
  'crash-matrix-counts': crashMatrixCounts,
  'crash-matrix-state': crashMatrixState,
  'drift-kinds': driftKindsTable,
  statuses: statusDiagram,
  stages: stagesTable,
  steps: stepsTable,
  'step-states': stepStatesTable,
  tables: tablesTable,
  invariants: invariantsTable,
  incidents: incidentsTable,
  'incidents-count': incidentsCount,
  agents: agentsTable,
  'agents-matrix': agentsMatrix,
  'certified-rows': certifiedRowsTable,
  commands: commandsReference,
  'config-keys': configKeysTable,
  errors: errorsTable,
  'failure-classes': failureClassesTable,
  'failure-categories': failureCategoriesTable,
  director: directorTable,
  platforms: platformsTable,
  'project-settings': projectSettingsTable,
  recovery: recoveryTable,
  rings: ringsTable,
  rooms: roomsDiagram,
  environment: environmentTable,
  'check-environment': checkEnvironmentList,
  'system-settings': changedSettingsTable,
  bounds: boundsTable,
  'bounded-members': boundedMembersTable,
  'bounded-hosts': hostsTable,
  models: ladderTable,
  prices: pricesTable,
  tiers: tiersTable,
  'hard-stop-words': hardStopWords,
  metrics: metricsTable,
  decisions: decisionsIndex,
};
