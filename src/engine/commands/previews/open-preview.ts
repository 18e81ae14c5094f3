// Makes the link with which a person looks at a service of a work order through Moose: it opens once, within a minute.
import type * as wire from '../../../contract/contract.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import { portBaseOf, portsPerWorktree } from '../../../domain/machine/daemon.ts';
import { type PreviewTarget, previewOrigin, previewTarget } from '../../../domain/machine/preview.ts';
import { addPreview } from '../../../store/access/previews.ts';
import type { Database } from '../../../store/database.ts';
import { type SessionRow, sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { slotOfOrder } from '../../../store/work/sessions/worktree-slots.ts';
import { type Here, isHere } from '../../run/session-here.ts';
import { commandFailures } from '../failure-catalogue.ts';
import { linkPath } from './link-path.ts';

export interface PreviewDeps {
  database: Database;
  actor: string;
  settings?: { current: Here['settings'] };
  machine?: () => Promise<string>;
  /** The address of previews, as in `https://*.preview.example.org`; null or absent: previews are off. */
  previews?: string | null;
}

export interface PreviewAsked {
  /** May be left out if one service can be opened. */
  service?: string | undefined;
  /** How the person who asks is signed in; null for the command line on this machine. */
  tokenId: string | null;
  webSessionId: string | null;
}

/**
 * @throws `PREVIEWS_OFF`, `PREVIEW_NOT_RUNNING`, `PREVIEW_SERVICE_NEEDED`, `PREVIEW_ELSEWHERE`, `PREVIEW_PORT_NOT_OWN`
 */
export async function openPreview(
  deps: PreviewDeps,
  order: { id: WorkOrderId },
  { service, tokenId, webSessionId }: PreviewAsked,
): Promise<wire.Preview> {
  const { database, actor, previews = null } = deps;
  if (previews === null) throw commandFailures.PREVIEWS_OFF(operation);
  const rows = await database.run((query) => sessionsOf(query, order.id));
  const session = chosen(rows, order, service);
  const target = await reachable(deps, session);
  const { label, secret, expiresAt } = await database.transaction((query) =>
    addPreview(query, { sessionId: session.id, target, actor, tokenId, webSessionId }),
  );
  return {
    work_order_id: order.id,
    service: session.name,
    url: `${previewOrigin(previews, label)}${linkPath}${secret}`,
    expires_at: expiresAt.toISOString(),
  };
}

const operation = 'open preview';

function chosen(rows: readonly SessionRow[], { id }: { id: WorkOrderId }, service?: string): SessionRow {
  const open = rows.filter(
    ({ purpose, state, readyAt, previewUrl, unreachableSince }) =>
      purpose === 'service' &&
      state === 'running' &&
      readyAt !== null &&
      unreachableSince === null &&
      previewTarget(previewUrl) !== null,
  );
  const names = [...new Set(open.map(({ name }) => name))];
  if (service === undefined && names.length > 1)
    throw commandFailures.PREVIEW_SERVICE_NEEDED(operation, { id: shortId(id), names: names.join(', ') });
  const session = open.findLast(({ name }) => name === (service ?? names[0]));
  if (session !== undefined) return session;
  const named = service === undefined ? '' : ` under the name "${service}"`;
  throw commandFailures.PREVIEW_NOT_RUNNING(operation, { id: shortId(id), named });
}

async function reachable(
  { database, settings, machine }: PreviewDeps,
  session: SessionRow,
): Promise<PreviewTarget> {
  const { name: service, host, workOrderId } = session;
  const target = previewTarget(session.previewUrl);
  if (target === null || settings === undefined || machine === undefined)
    throw new TypeError('Only a Moose with its own data directory opens previews');
  if (!isHere(session, { machine: await machine(), settings: settings.current }))
    throw commandFailures.PREVIEW_ELSEWHERE(operation, { service, host });
  if (session.egress === 'none') return target;
  // On the machine's network, a port that a repository names may be anybody's, such as Moose's own.
  const slot = await database.run((query) => slotOfOrder(query, host, workOrderId));
  const first = slot === undefined ? null : portBaseOf(slot.slot);
  if (first !== null && target.port >= first && target.port < first + portsPerWorktree) return target;
  throw commandFailures.PREVIEW_PORT_NOT_OWN(operation, { service, port: target.port });
}
