// Refuses values of project settings that nobody could use: each is one that the shape of the request allows.
import { configSchema } from '../../../config-file/config-schema.ts';
import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import { readEgressEntry } from '../../../domain/machine/egress.ts';
import { noImage, parseImage } from '../../../domain/machine/image.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import { durationText } from '../../../domain/text/duration.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { assertBranchName } from '../../../git/refs/branch-name.ts';
import { type KnownNames, refuseUnknown } from '../../commands/submit/agent-choice.ts';
import { assertLabels, refuseSecretIn } from '../../commands/submit/submit.ts';
import { nobody } from '../../policy/settings/models.ts';
import { projectFailures } from './failure-catalogue.ts';

const { timeLimitMsMax } = workOrderLimits;
const ownerCharsMax = 200;
const filterPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/**
 * Returns the change with its services as they are stored.
 * @throws MooseError for an unknown agent or model; PermanentError `…_INVALID`, `SECRET_IN_CHECK`
 */
export async function assertChange(
  change: wire.ProjectChange,
  known: KnownNames,
): Promise<wire.ProjectChange> {
  const { agent, model, reviewer, checks, setup, services, base } = change;
  await refuseUnknown(known, { agent: agent ?? undefined, model: model ?? undefined });
  if (reviewer && reviewer !== nobody) await refuseUnknown(known, { model: reviewer });
  const daemons = services ? readDaemons(services) : services;
  const commands = [...(setup ?? []), ...Object.values(daemons ?? {}).map(({ command }) => command)];
  refuseSecretIn([
    ...(checks ?? []).map((check) => ({ ...check, source: 'given' })),
    ...commands.map((command) => ({ kind: 'setup' as const, command, source: 'given' })),
  ]);
  assertLabels(change.labels ?? []);
  if (typeof base === 'string') assertBranchName(base);
  refuseUnusable(change);
  return daemons === undefined ? change : { ...change, services: daemons };
}

function refuseUnusable({
  filters,
  owner,
  time_limit_ms: ms,
  agent_hosts,
  private_hosts,
  image,
}: wire.ProjectChange): void {
  const filter = filters?.find((name) => !filterPattern.test(name));
  if (filter !== undefined)
    throw projectFailures.FILTER_NAME_INVALID('change', { wrong: JSON.stringify(filter) });
  if (typeof owner === 'string' && !(/^\S+$/.test(owner) && owner.length <= ownerCharsMax))
    throw projectFailures.PROJECT_OWNER_INVALID('change', { nameCharsMax: ownerCharsMax });
  // A longer one could not be stored with a work order.
  if (typeof ms === 'number' && !(Number.isInteger(ms) && ms > 0 && ms <= timeLimitMsMax))
    throw projectFailures.TIME_LIMIT_INVALID('change', { max: durationText(timeLimitMsMax) });
  const host = [...(agent_hosts ?? []), ...(private_hosts ?? [])].find(
    (each) => readEgressEntry(each, { isPrivate: false }) === null,
  );
  if (host !== undefined)
    throw projectFailures.EGRESS_HOST_INVALID('change', { wrong: JSON.stringify(host) });
  if (typeof image === 'string' && image !== noImage && parseImage(image) === null)
    throw projectFailures.CONTAINER_IMAGE_INVALID('change', { image });
}

/** The form is that of `services` in .moose/config.yml. @throws PermanentError PROJECT_SERVICES_INVALID */
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
