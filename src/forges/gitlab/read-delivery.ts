// Reads GitLab's webhooks as hints where to look: untrusted text, validated and limited in size. Nothing is decided by
// a hint; Moose asks the forge. https://docs.gitlab.com/user/project/integrations/webhook_events/
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeliveryReader, ForgeHint } from '../../engine/ports/forge.ts';

type Hint = Omit<ForgeHint, 'host'>;

const headerCharsMax = 100;
const nameCharsMax = 400;
const name = z.string().max(nameCharsMax);
const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const number = z.int().positive();

const base = z.looseObject({
  project: z.looseObject({ path_with_namespace: z.string().min(3).max(nameCharsMax) }),
});
const request = z.looseObject({ iid: number, source_branch: name.nullish() });
const mergeRequest = base.extend({
  object_attributes: request.extend({ last_commit: z.looseObject({ id: sha }).nullish() }),
});
const note = base.extend({
  object_attributes: z.looseObject({ noteable_type: z.string() }),
  merge_request: request.nullish(),
  issue: z.looseObject({ iid: number }).nullish(),
});
const pipeline = base.extend({
  object_attributes: z.looseObject({ sha, ref: name.nullish(), status: z.string() }),
  merge_request: request.nullish(),
});
const build = base.extend({ sha, ref: name.nullish(), build_status: z.string() });
const issue = base.extend({ object_attributes: z.looseObject({ iid: number }) });

const readers: Readonly<Record<string, (payload: unknown) => Hint | null>> = {
  'Merge Request Hook': (payload) => {
    const event = mergeRequest.parse(payload);
    const { iid, source_branch: branch, last_commit: commit } = event.object_attributes;
    return hint(event, 'pull request', { numbers: [iid], ...at(branch, commit?.id) });
  },
  'Note Hook': (payload) => {
    const event = note.parse(payload);
    const kind = event.object_attributes.noteable_type;
    if (kind === 'MergeRequest' && event.merge_request)
      return hint(event, 'remarks', { numbers: [event.merge_request.iid] });
    return kind === 'Issue' && event.issue ? hint(event, 'issues', { issue: event.issue.iid }) : null;
  },
  'Pipeline Hook': (payload) => {
    const event = pipeline.parse(payload);
    const { sha: head, ref, status } = event.object_attributes;
    if (beginning.has(status)) return null;
    const numbers = event.merge_request ? [event.merge_request.iid] : [];
    return hint(event, 'checks', { numbers, ...at(ref, head) });
  },
  'Job Hook': (payload) => {
    const event = build.parse(payload);
    return beginning.has(event.build_status) ? null : hint(event, 'checks', at(event.ref, event.sha));
  },
  'Issue Hook': (payload) => {
    const event = issue.parse(payload);
    return hint(event, 'issues', { issue: event.object_attributes.iid });
  },
};

/** A pipeline that begins changes no verdict. */
const beginning: ReadonlySet<string> = new Set(['created', 'pending', 'preparing', 'waiting_for_resource']);

function at(branch: string | null | undefined, head: string | undefined): Partial<Hint> {
  return { branches: branch ? [branch] : [], shas: head === undefined ? [] : [head] };
}

function hint({ project }: z.infer<typeof base>, about: Hint['about'], place: Partial<Hint>): Hint {
  const repository = project.path_with_namespace.toLowerCase();
  return { repository, about, numbers: [], branches: [], shas: [], issue: null, ...place };
}

export const gitlabDeliveries: DeliveryReader = {
  kind: 'gitlab',
  headers: (headers) => {
    const id = headers.get('x-gitlab-event-uuid') ?? headers.get('idempotency-key') ?? '';
    const event = headers.get('x-gitlab-event') ?? '';
    const isUsable = [id, event].every((text) => text !== '' && text.length <= headerCharsMax);
    return isUsable ? { id, event } : null;
  },
  // GitLab sends the secret itself. Hashes have equal length, so that the comparison takes constant time.
  isSigned: (headers, _body, secret) => {
    const hash = (text: string) => createHash('sha256').update(text).digest();
    return secret !== '' && timingSafeEqual(hash(headers.get('x-gitlab-token') ?? ''), hash(secret));
  },
  read: (event, payload) => (Object.hasOwn(readers, event) ? (readers[event]?.(payload) ?? null) : null),
};
