// If the machine cannot keep a session away from the repository's git settings (below the level `files`), Moose
// compares those settings before and after the session and reports changes: the user's own git would run what they name
// (R-SEC-5).

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shortId } from '../../../domain/ids.ts';
import { isThere, readIfThere } from '../../../git/run/is-there.ts';
import { changedSettings, isAddress, settingsOf } from '../../../git/sessions/repository-settings.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { parseKept } from '../../../stdx/files/kept-json.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import { fenced, type Work } from '../../run/work.ts';
import { workplaceFailures, workplaceFindings } from '../failure-catalogue.ts';

const noteFile = 'git-settings.json';
const shape = z.record(z.string(), z.string());
const namedMax = 10;

export async function noteSettings({ project, signal }: Work, { directory }: SessionRow): Promise<void> {
  if (!(await isThere(project.repositoryPath))) return;
  await replaceFile(
    join(directory, noteFile),
    JSON.stringify(await settingsOf(project.repositoryPath, { signal })),
  );
}

/** @throws REMOTE_MOVED_BY_SESSION, so that nothing is published to the wrong place */
export async function reportTampering(work: Work, session: SessionRow): Promise<void> {
  const { project, order, signal } = work;
  const before = parseKept(await readIfThere(join(session.directory, noteFile)), shape);
  if (before === null || !(await isThere(project.repositoryPath))) return;
  const changed = changedSettings(before, await settingsOf(project.repositoryPath, { signal }));
  if (changed.length > 0) await tell(work, session, changed);
  // Reported once, even if the step starts again.
  await rm(join(session.directory, noteFile), { force: true });
  const address = changed.find(isAddress);
  if (address === undefined) return;
  throw workplaceFailures.REMOTE_MOVED_BY_SESSION(
    { operation: 'end session', metadata: { changed: changed.slice(0, namedMax), sessionId: session.id } },
    { name: session.name, address, repositoryPath: project.repositoryPath, id: shortId(order.id) },
  );
}

async function tell(work: Work, session: SessionRow, changed: readonly string[]): Promise<void> {
  const { project, order } = work;
  const named = changed.slice(0, namedMax).join(', ');
  const more = changed.length > namedMax ? ` and ${changed.length - namedMax} more` : '';
  const message = `While ${session.name} ran for ${shortId(order.id)}, the git settings of ${project.repositoryPath} were changed: ${named}${more}. Check them before you run git there: git may start programs that they name.`;
  await fenced(work, async (query) => {
    const event = { workOrderId: order.id, kind: 'git_settings.changed', actor: session.name };
    await recordEvent(query, {
      ...event,
      reason: message,
      detail: { sessionId: session.id, changed: [...changed] },
    });
    await raiseAndNotify(query, {
      key: `git-settings:${project.id}`,
      severity: 'high',
      component: 'workplace',
      operation: 'end session',
      ...workplaceFindings.GIT_SETTINGS_CHANGED({ message }),
    });
  });
}
