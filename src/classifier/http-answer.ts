// Reads an HTTP answer, either the answer itself or a client program's report of it.

import type { FailureContext } from '../domain/failure-context.ts';
import { dateIn, readLimitResetMs, readRetryAfterMs } from '../stdx/http/retry-after.ts';
import { spokenDuration, spokenDurationMs } from '../stdx/text/spoken-duration.ts';
import type { FailureCase, Verdict } from './failure-case.ts';
import { machinery, moneyGone, remote, timedOut } from './verdicts.ts';

export interface HttpAnswer {
  status?: number;
  errorCode?: string;
  retryAfterS?: number;
}

const textCharsMax = 64 * 1024;

/** The formats in which client programs print a status. The first match counts. */
const statusPatterns: readonly RegExp[] = [
  /\b(?:[A-Z]\w{1,60})?(?:Error|Exception)\b[^\n]{0,40}?: (?:Error code: )?(?<status>[1-5]\d\d)\b/,
  /\bAPI Error: (?:\()?(?<status>[1-5]\d\d)\b/,
  /\bapi_error_status["']?: ?(?<status>[1-5]\d\d)\b/,
  /["']?(?:status|statusCode|status_code|http_status|httpStatus|error_status)["']?[:=] ?"?(?<status>[1-5]\d\d)\b/,
  /\bError code: (?<status>[1-5]\d\d)\b/,
  /\bHTTP(?:\/[\d.]{1,3})?(?: status| error| code| response| Error| Status)?(?: code)?:? ?\(?(?<status>[1-5]\d\d)\b/,
  /\b(?:ERROR|returned error|status code|Response code|response code|response status|unexpected status|bad status|with status|status was|responded with(?: a)?|answered with|statuscode|server error|returned|code|got):? ?\(?(?<status>[1-5]\d\d)\b/,
  /["']code["']: ?(?<status>[1-5]\d\d)\b/,
  /\b(?<status>[45]\d\d) (?:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Request Timeout|Conflict|Gone|Payload Too Large|Unprocessable|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|Service Temporarily|Gateway Time-?out|Overloaded)/i,
  /^(?:error: |Error: )?(?<status>[45]\d\d)\b(?: \{|: | status code)/m,
  // POST https://forge.example/api: 409 {message: …}; Error: (Request ID: C2F1) 402 You have no quota
  /\bhttps?:\/\/\S{1,300}: (?<status>[45]\d\d)\b/,
  /^(?:[Ee]rror: )(?:\([^)\n]{1,80}\) )?(?<status>[45]\d\d) (?:\{|[A-Z][a-z'’]{1,20} \w)/m,
];

const codePatterns: readonly RegExp[] = [
  /["']?code["']?: ?["'](?<code>[a-zA-Z][\w.-]{3,60})["']/,
  /\bAn error occurred \((?<code>\w{3,60})\) when calling/,
  /"error": ?\{"type": ?"(?<code>[a-z][\w.]{3,60})"/,
  /["']?status["']?: ?["'](?<code>[A-Z][A-Z_]{4,40})["']/,
  /["']?type["']?: ?["'](?<code>[a-z][a-z_]{1,40}(?:_error|_too_large|_exceeded|_quota|_not_found|_denied|_failed|_requests|_limit)|tokens|requests)["']/,
  /"type": ?"(?<code>[A-Z]\w{2,60}Error|invalid_model|rate_limit|server_error)"/,
  /["']?code["']?: ?["'](?<code>\d{4,6})["']/,
  /["']?__type["']?: ?["'](?:[\w.]{1,60}#)?(?<code>[A-Z]\w{3,60}(?:Exception|Error))["']/,
];

/** Delays in all spellings, as seconds; some are written in minutes or milliseconds. */
const waits: readonly { pattern: RegExp; unitS: number }[] = [
  { pattern: /["']?\bretry[-_]?after[-_]?ms["']?[:=] ?["']?(\d{1,9})/i, unitS: 0.001 },
  {
    pattern:
      /["']?\b(?:x-)?retry[-_]?after["']?\]?[:=] ?\[? ?["']?(\d{1,7}(?:\.\d{1,6})?)\b(?!\w|:| \w{3} \d)/i,
    unitS: 1,
  },
  {
    pattern: /["']?\b(?:retryAfter(?:Seconds)?|retry_after_seconds)["']?[:=] ?["']?(\d{1,7}(?:\.\d{1,6})?)/,
    unitS: 1,
  },
  { pattern: /["']?\bretryDelay["']?: ?["']?(\d{1,7}(?:\.\d{1,9})?)s/, unitS: 1 },
  { pattern: /\b(?:wait|retry after|Retry-After)[: ]{1,2}(\d{1,7}(?:\.\d{1,9})?)$/im, unitS: 1 },
];
/** Delays in words: 'try again in 1m30s', 'Wait 5 minutes' */
const spokenWait = new RegExp(
  String.raw`\b(?:(?:try again|retry|retrying|wait|reset|resets|available)[\w ]{0,24}? (?:in|after|for|within)(?: about| another)?|wait|retry after:?|retry-after:) (${spokenDuration})`,
  'i',
);
/** The headers of an answer that a client printed, as lines, as JSON or as an object of its language. */
const printedHeaders =
  /(?:^|[\s"'{,<[])(?<name>date|retry-after(?:-ms)?|[\w-]{0,40}ratelimit-[\w-]{1,40})["']?: ?(?:"(?<value>[^"\n]{1,60})"|'(?<value2>[^'\n]{1,60})'|\[(?<value3>[^\]\n]{1,60})\]|(?<value4>\w[^"'\n]{0,59}?)[ \r]{0,4}$)/gim;

export function readHttpAnswer(failure: FailureCase, text: string): HttpAnswer {
  const read = `${failure.httpBody ?? ''}\n${text}`.slice(0, textCharsMax).replaceAll('\\"', '"');
  const answer: HttpAnswer = {};
  const status = failure.httpStatus ?? numberOf(firstGroup(statusPatterns, read, 'status'));
  if (status !== undefined) answer.status = status;
  const code = firstGroup(codePatterns, read, 'code');
  if (code !== undefined) answer.errorCode = code;
  const retryAfterS = waitInHeaders(failure) ?? waitInText(read) ?? waitInPrintedHeaders(failure, read);
  if (retryAfterS !== undefined) answer.retryAfterS = retryAfterS;
  return answer;
}

function firstGroup(patterns: readonly RegExp[], text: string, group: string): string | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.groups?.[group];
    if (found !== undefined) return found;
  }
  return undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function waitInHeaders({ httpHeaders, at }: FailureCase): number | undefined {
  const headers = Object.entries(httpHeaders ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return waitIn(Object.fromEntries(headers), at);
}

function waitInPrintedHeaders({ at }: FailureCase, text: string): number | undefined {
  const headers = [...text.matchAll(printedHeaders)].map(({ groups = {} }) => {
    const { name = '', value, value2, value3, value4 } = groups;
    return [name.toLowerCase(), value ?? value2 ?? value3 ?? value4 ?? ''];
  });
  return waitIn(Object.fromEntries(headers), at);
}

/** A time is compared with that of the answer itself, because the clocks of two machines differ. */
function waitIn(headers: Readonly<Record<string, string>>, at: Date | undefined): number | undefined {
  const answeredAt = headers.date === undefined ? undefined : dateIn(headers.date);
  const now = answeredAt === undefined ? at : new Date(answeredAt);
  const max = Number.POSITIVE_INFINITY;
  const waitMs = readRetryAfterMs(headers, now, max) ?? readLimitResetMs(headers, now, max);
  return waitMs === undefined ? undefined : waitMs / 1_000;
}

function waitInText(text: string): number | undefined {
  const spoken = spokenWait.exec(text)?.[1];
  const spokenMs = spoken === undefined ? undefined : spokenDurationMs(spoken);
  for (const { pattern, unitS } of waits) {
    const found = pattern.exec(text);
    if (found) return Math.round(Number(found[1]) * unitS * 1e6) / 1e6;
  }
  return spokenMs === undefined ? undefined : spokenMs / 1_000;
}

/** The verdict of a status, if the text of the answer says nothing more specific. */
export function verdictOfStatus(status: number): Verdict | undefined {
  if (status === 402) return moneyGone;
  if (status === 408 || status === 504 || status === 524 || status === 522) return timedOut;
  if (status === 409 || status === 412 || status === 423 || status === 425 || status === 429)
    return remote.passing;
  if ([401, 403, 404, 407, 410, 421, 426, 451, 501, 505, 511].includes(status)) return remote.settings;
  if (status >= 400 && status < 500) return remote.refused;
  if (status >= 500) return remote.passing;
  return status >= 300 && status !== 304 ? remote.settings : undefined;
}

/**
 * The verdict of an answer that has a status of success but no valid body, such as a proxy's page or a cut-off answer.
 */
export function verdictOfBadBody({ httpStatus, httpHeaders, httpBody }: FailureCase): Verdict | undefined {
  if (httpStatus === undefined || httpStatus >= 300 || httpBody === undefined) return undefined;
  const type =
    Object.entries(httpHeaders ?? {}).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const body = httpBody.trim();
  if (/html/i.test(type) || /^<(?:!doctype|html)/i.test(body)) return remote.passing;
  if (/event-stream/.test(type)) return isWholeStream(body) ? undefined : remote.passing;
  if (!/json/.test(type) || httpStatus === 204) return undefined;
  return isJson(body) ? undefined : remote.passing;
}

function isWholeStream(body: string): boolean {
  return /\[DONE\]|message_stop|response\.completed|"finishReason"|"finish_reason": ?"/.test(body);
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** GraphQL answers with status 200 and puts the failure into the body. */
export function verdictOfGraphqlErrors({ httpStatus, httpBody }: FailureCase): Verdict | undefined {
  if (httpStatus !== 200 || httpBody === undefined || !/^\s*\{[\s\S]{0,4000}"errors" ?: ?\[/.test(httpBody))
    return undefined;
  if (/RATE_LIMITED|rate limit/i.test(httpBody)) return remote.passing;
  if (/NOT_FOUND|FORBIDDEN|INSUFFICIENT_SCOPES|UNAUTH/i.test(httpBody)) return remote.settings;
  if (/timeout|something went wrong/i.test(httpBody)) return machinery.passing;
  return remote.refused;
}

export function addAnswer(context: FailureContext, answer: HttpAnswer): void {
  if (answer.status !== undefined) context.httpStatus ??= answer.status;
  if (answer.errorCode !== undefined) context.errorCode ??= answer.errorCode;
  if (answer.retryAfterS !== undefined) context.retryAfterS ??= answer.retryAfterS;
}
