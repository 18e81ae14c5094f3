// The reviewer, the setup and the services that a person chooses for a project, instead of those of its file (R-PROJ-2).

import { configSchema } from '../../../config-file/config-schema.ts';
import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import { type KnownNames, refuseUnknown } from '../../commands/submit/agent-choice.ts';
import { refuseSecretIn } from '../../commands/submit/submit.ts';
import { nobody } from '../../policy/settings/models.ts';
import type { ProjectChange } from './ask-projects.ts';
import { projectFailures } from './failure-catalogue.ts';

/** @throws PermanentError PROJECT_SERVICES_INVALID, SECRET_IN_CHECK; MooseError for an unknown model */
export async function assertCommands(change: Change, known: KnownNames): Promise<void> {
  const { reviewer, setup, services } = change;
  if (reviewer && reviewer !== nobody) await refuseUnknown(known, { model: reviewer });
  const ofServices = services ? Object.values(readDaemons(services)).map(({ command }) => command) : [];
  refuseSecretIn(
    [...(setup ?? []), ...ofServices].map((command) => ({ kind: 'setup', command, source: 'given' })),
  );
}

type Change = Pick<ProjectChange, 'reviewer' | 'setup' | 'services'>;

/** @throws PermanentError PROJECT_SERVICES_INVALID */
export function commandSettings({ reviewer, setup, services }: Change): {
  reviewer?: string | null;
  setup?: string[] | null;
  services?: NonNullable<ProjectSettings['services']> | null;
} {
  return {
    ...(reviewer === undefined ? {} : { reviewer }),
    ...(setup === undefined ? {} : { setup: setup && [...setup] }),
    ...(services === undefined ? {} : { services: services === null ? null : readDaemons(services) }),
  };
}

/** The form is that of `services` in .moose/config.yml. */
function readDaemons(given: unknown): NonNullable<ProjectSettings['services']> {
  const read = configSchema.shape.services.safeParse(given);
  if (read.success && read.data !== undefined) return read.data;
  const [issue] = read.error?.issues ?? [];
  const at = ['services', ...(issue?.path ?? [])].join('.');
  throw daemonsInvalid(`${at} ${issue?.message ?? 'must be a map of names to services'}`);
}

export function daemonsInvalid(problem: string): PermanentError {
  return projectFailures.PROJECT_SERVICES_INVALID('change', { problem });
}

export const commandsOf = ({
  reviewer,
  setup,
  services,
}: ProjectSettings): Pick<wire.Project, 'reviewer' | 'setup' | 'services'> => ({
  reviewer: reviewer ?? null,
  setup: setup ?? null,
  services: services ?? null,
});
