// Reads webhooks of Gitea and Forgejo as hints where to look. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeliveryReader, ForgeHint } from '../../engine/ports/forge.ts';

type Hint = Omit<ForgeHint, 'host'>;

const headerCharsMax = 100;
const nameCharsMax = 400;
const name = z.string().max(nameCharsMax);
const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const side = z.looseObject({ ref: name, label: name.nullish(), sha: z.string().max(64).nullish() });

const pull = z.looseObject({ number: z.int().positive(), head: side.nullish() });
const repository = z.looseObject({ full_name: name });
const branchRef = /^refs\/heads\//;

const shapes = {
  pull: z.looseObject({ repository, pull_request: pull }),
  comment: z.looseObject({
    repository,
    is_pull: z.boolean().nullish(),
    issue: z.looseObject({ number: z.int().positive(), pull_request: z.unknown().optional() }).nullish(),
    pull_request: pull.nullish(),
  }),
  issue: z.looseObject({ repository, issue: z.looseObject({ number: z.int().positive() }) }),
  status: z.looseObject({ repository, sha }),
  run: z.looseObject({
    repository,
    workflow_run: z.looseObject({ head_sha: sha, head_branch: name.nullish() }).nullish(),
    workflow_job: z.looseObject({ head_sha: sha, head_branch: name.nullish() }).nullish(),
    pull_request: pull.nullish(),
  }),
  push: z.looseObject({ repository, ref: name, after: z.string().max(64).nullish() }),
  deleted: z.looseObject({ repository, ref: name, ref_type: name.nullish() }),
  repository: z.looseObject({ repository }),
} as const;

export const giteaDeliveries: DeliveryReader = {
  kind: 'gitea',
  headers: (headers) => {
    const id = headers.get('x-gitea-delivery') ?? '';
    const event = headers.get('x-gitea-event') ?? '';
    const isValid = [id, event].every((text) => text !== '' && text.length <= headerCharsMax);
    return isValid ? { id, event } : null;
  },
  isSigned: (headers, body, secret) => {
    const given = headers.get('x-gitea-signature') ?? '';
    if (!/^[0-9a-f]{64}$/.test(given)) return false;
    const expected = createHmac('sha256', secret).update(body).digest();
    return timingSafeEqual(Buffer.from(given, 'hex'), expected);
  },
  read,
};

function read(event: string, payload: unknown): Hint | null {
  switch (event) {
    // A push to a pull request is the action `synchronized`; a change of its labels is `label_updated`.
    case 'pull_request':
      return ofPull('pull request', shapes.pull.parse(payload));
    // Reviews are events of their own, with the action `reviewed`.
    case 'pull_request_approved':
    case 'pull_request_rejected':
    case 'pull_request_comment':
      return ofPull('remarks', shapes.pull.parse(payload));
    case 'issue_comment':
      return ofComment(shapes.comment.parse(payload));
    case 'issues': {
      const { repository, issue } = shapes.issue.parse(payload);
      return { ...nothing(repository), issue: issue.number, about: 'issues' };
    }
    // A status event names no branch.
    case 'status': {
      const { repository, sha } = shapes.status.parse(payload);
      return { ...nothing(repository), shas: [sha], about: 'checks' };
    }
    case 'workflow_run':
    case 'workflow_job':
      return ofRun(shapes.run.parse(payload));
    case 'push': {
      const { repository, ref, after } = shapes.push.parse(payload);
      return branchRef.test(ref) ? { ...ofBranch(repository, ref), shas: listOf(shaOrNull(after)) } : null;
    }
    case 'delete': {
      const { repository, ref, ref_type } = shapes.deleted.parse(payload);
      return ref_type === 'tag' ? null : ofBranch(repository, ref);
    }
    case 'repository':
      return { ...nothing(shapes.repository.parse(payload).repository), about: 'rights' };
    default:
      return null;
  }
}

function nothing({ full_name }: { full_name: string }) {
  return { repository: full_name.toLowerCase(), numbers: [], branches: [], shas: [], issue: null };
}

function ofBranch(repository: { full_name: string }, ref: string): Hint {
  return { ...nothing(repository), branches: [ref.replace(branchRef, '')], about: 'pull request' };
}

function ofPull(about: Hint['about'], event: z.infer<typeof shapes.pull>): Hint {
  const { number, head } = event.pull_request;
  return {
    ...nothing(event.repository),
    numbers: [number],
    branches: listOf(head?.label || head?.ref),
    shas: listOf(shaOrNull(head?.sha)),
    about,
  };
}

function ofComment({
  repository,
  is_pull,
  issue,
  pull_request,
}: z.infer<typeof shapes.comment>): Hint | null {
  const number = issue?.number ?? pull_request?.number;
  if (number === undefined) return null;
  const isPull = is_pull ?? Boolean(pull_request ?? issue?.pull_request);
  const about = nothing(repository);
  return isPull
    ? { ...about, numbers: [number], about: 'remarks' }
    : { ...about, issue: number, about: 'issues' };
}

function ofRun({ repository, workflow_run, workflow_job, pull_request }: z.infer<typeof shapes.run>) {
  const run = workflow_run ?? workflow_job;
  if (!run) return null;
  return {
    ...nothing(repository),
    numbers: listOf(pull_request?.number),
    branches: listOf(run.head_branch || null),
    shas: [run.head_sha],
    about: 'checks' as const,
  };
}

function shaOrNull(value: string | null | undefined): string | null {
  // Zeros stand for a branch that was deleted.
  return value && sha.safeParse(value).success && !/^0+$/.test(value) ? value : null;
}

function listOf<T>(value: T | null | undefined | ''): T[] {
  return value === null || value === undefined || value === '' ? [] : [value];
}
