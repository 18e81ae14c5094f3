// Errors of requests that are refused before Moose is asked, and of answers that cannot be given.

import { HTTPException } from 'hono/http-exception';
import type { MooseError, PermanentError } from '../../domain/failure.ts';
import { issueText } from '../../domain/text/plain-issues.ts';
import { toMooseError } from '../../engine/errors/to-moose-error.ts';
import { apiFailures } from '../failure-catalogue.ts';

const retryAfterMs = 1_000;
const issuesMax = 20;
const issuesSaidMax = 5;
const pathCharsShown = 200;
const strangersEveryMs = 60_000;
/** How many kinds are logged per minute: a stranger can make up more. */
const strangersKindsMax = 100;

export function toApiError(thrown: unknown): MooseError {
  if (thrown instanceof HTTPException) {
    return thrown.status === 415
      ? apiFailures.MEDIA_TYPE_NOT_JSON('read')
      : apiFailures.REQUEST_INVALID('read');
  }
  const isTimeout = thrown instanceof DOMException && thrown.name === 'TimeoutError';
  if (!isTimeout) return toMooseError(thrown, 'api', 'answer');
  return apiFailures.REQUEST_TIMED_OUT({ operation: 'answer', retryAfterMs });
}

interface Issue {
  path: PropertyKey[];
  message: string;
  /** For a value with several possible shapes: the problems with each of them. */
  errors?: ReadonlyArray<readonly Issue[]>;
}

/** The issues of the shape that matches best. */
function ofNearest(issue: Issue): Issue[] {
  const [nearest] = [...(issue.errors ?? [])].sort((a, b) => a.length - b.length);
  if (nearest === undefined) return [issue];
  return nearest.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

export function requestInvalid(found: readonly Issue[]): PermanentError {
  const issues = found
    .flatMap(ofNearest)
    .slice(0, issuesMax)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const said = issues
    .slice(0, issuesSaidMax)
    .map((issue) => issueText(issue, 'the body'))
    .join('; ');
  return apiFailures.REQUEST_INVALID_ISSUES({ operation: 'read', metadata: { issues } }, { said });
}

export function pathNotFound(method: string, path: string): PermanentError {
  return nothingHere(method, path, []);
}

/** @param allowed - the methods that exist at this path */
export function nothingHere(method: string, path: string, allowed: readonly string[]): PermanentError {
  const shown = path.slice(0, pathCharsShown);
  if (allowed.length === 0) {
    return apiFailures.PATH_NOT_FOUND('read', { method, shown });
  }
  return apiFailures.METHOD_NOT_ALLOWED(
    { operation: 'read', metadata: { allow: allowed } },
    { shown, method, allowed: allowed.join(', ') },
  );
}

/** For a plain HTTP request to the WebSocket's path. */
export function upgradeRequired(): PermanentError {
  return apiFailures.UPGRADE_REQUIRED('read');
}

/** Requests without a token must not fill the disk or the error table: one per kind is logged each minute. */
export function warnOfStrangersSparingly(): (kind: string, hasToken: boolean) => boolean {
  // In the order of their times.
  const told = new Map<string, number>();
  return (kind, hasToken) => {
    if (hasToken) return true;
    const nowMs = performance.now();
    for (const [each, atMs] of told) {
      if (nowMs - atMs < strangersEveryMs) break;
      told.delete(each);
    }
    if (told.has(kind) || told.size >= strangersKindsMax) return false;
    told.set(kind, nowMs);
    return true;
  };
}
