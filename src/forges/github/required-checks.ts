// Which checks a base branch requires: from rulesets and from classic protection. An account without the right to read
// the list gets an empty one, and then every check counts.
import { z } from 'zod';
import { readReply } from '../call-host.ts';
import type { GitHubApi } from './api.ts';
import type { Required } from './verdict.ts';

const rulesSchema = z.array(
  z.looseObject({
    type: z.string(),
    parameters: z
      .looseObject({
        required_status_checks: z
          .array(z.looseObject({ context: z.string(), integration_id: z.number().nullish() }))
          .nullish(),
      })
      .nullish(),
  }),
);
const branchSchema = z.looseObject({
  protection: z
    .looseObject({
      required_status_checks: z
        .looseObject({
          contexts: z.array(z.string()).nullish(),
          checks: z.array(z.looseObject({ context: z.string(), app_id: z.number().nullish() })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** Old servers and some plans have no rulesets. */
const unavailable = [403, 404];
/** The number by which GitHub means any App. */
const anyApp = -1;

export async function rulesOf(api: GitHubApi, branch: string, signal?: AbortSignal) {
  const path = `/rules/branches/${encodeURIComponent(branch)}`;
  const reply = await api.call({
    method: 'GET',
    path,
    answers: unavailable,
    canWait: true,
    signal,
    query: { per_page: 100 },
  });
  return reply.status === 200 ? readReply(reply, rulesSchema) : [];
}

export async function requiredChecks(
  api: GitHubApi,
  branch: string,
  signal?: AbortSignal,
): Promise<Required[]> {
  const rules = await rulesOf(api, branch, signal);
  const ofRules = rules.flatMap(({ type, parameters }) =>
    type === 'required_status_checks' ? (parameters?.required_status_checks ?? []) : [],
  );
  const path = `/branches/${encodeURIComponent(branch)}`;
  const reply = await api.call({ method: 'GET', path, answers: unavailable, canWait: true, signal });
  const classic =
    reply.status === 200 ? readReply(reply, branchSchema).protection?.required_status_checks : null;
  const named = classic?.checks ?? [];
  const all: Required[] = [
    ...ofRules.map(({ context, integration_id }) => ({ name: context, appId: appOf(integration_id) })),
    ...named.map(({ context, app_id }) => ({ name: context, appId: appOf(app_id) })),
    ...(classic?.contexts ?? [])
      .filter((context) => !named.some((each) => each.context === context))
      .map((name) => ({ name, appId: null })),
  ];
  return all.filter(
    ({ name, appId }, index) => all.findIndex((each) => each.name === name && each.appId === appId) === index,
  );
}

function appOf(id: number | null | undefined): number | null {
  return id === null || id === undefined || id === anyApp ? null : id;
}
