// Answers that people give by a button in Slack. Slack's signature says that Slack sent it, the mapping says
// which person pressed it, and then the rules for that person are those of the interface.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { type SlackChoice, slackActionsSchema, slackChoiceSchema } from '../contract/contract.ts';
import { receiveSlackAction } from '../contract/operations/webhooks.ts';
import type { ConfigurationError, PermanentError } from '../domain/failure.ts';
import { apiRoles } from '../domain/people/api-role.ts';
import type { AllowRule } from '../domain/people/sign-in-allow.ts';
import { audited } from '../engine/access/audited.ts';
import { roleOfPerson } from '../engine/access/role-now.ts';
import type { ErrorLog } from '../engine/errors/error-log.ts';
import type { Moose } from '../engine/moose.ts';
import { type Clock, systemClock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import { roleToAnswer } from './escalations.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';
import { problemOf } from './request/error-answer.ts';
import { readBody } from './request/read-json.ts';
import { toApiError } from './request/request-errors.ts';

export interface SlackButtons {
  signingSecret: string;
  /** The name of each person, by the ID of the Slack user. */
  people: ReadonlyMap<string, string>;
  /** Tells the channel, or only the person who pressed the button. */
  reply(url: string, said: { text: string; isForAll: boolean }, signal: AbortSignal): Promise<void>;
}

interface Deps {
  database: Database;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  mooseFor(actor: string): Moose;
  slack?: SlackButtons | null;
  /** Which people may sign in elsewhere. */
  signIn?: { allow: readonly AllowRule[] };
  clock?: Clock;
}

const bodyBytesMax = 256 * 1024;
/** Slack's own advice: an older request may be a repetition by somebody else. */
const ageSMax = 5 * 60;
/** Slack shows an error to the person if there is no answer within three seconds. */
const replyMsMax = 2_000;

export function addSlack(api: Api, deps: Deps): void {
  const { slack = null, clock = systemClock } = deps;
  api.openapi(receiveSlackAction, async (c) => {
    if (slack === null) throw notConfigured();
    const { headers } = c.req.raw;
    const body = await readBody(c.req.raw, bodyBytesMax);
    if (!isSignedBySlack(headers, body, slack.signingSecret, clock.now())) throw signatureInvalid();
    const { user, url, choice } = readPayload(body);
    const said = await choose(deps, slack, user, choice, c.get('signal'));
    await slack.reply(url, said, AbortSignal.timeout(replyMsMax)).catch((cause: unknown) => {
      // The answer is stored, and the question's notice reports it too.
      deps.errors.record(toApiError(cause)).resolved(false);
    });
    return c.json({ ok: true }, 200);
  });
}

/** `v0:TIME:BODY`, by HMAC-SHA256: https://api.slack.com/authentication/verifying-requests-from-slack */
function isSignedBySlack(headers: Headers, body: Uint8Array, secret: string, now: Date): boolean {
  const at = headers.get('x-slack-request-timestamp') ?? '';
  const given = Buffer.from(headers.get('x-slack-signature') ?? '');
  if (!/^\d{1,12}$/.test(at) || Math.abs(now.getTime() / 1_000 - Number(at)) > ageSMax) return false;
  const own = Buffer.from(
    `v0=${createHmac('sha256', secret).update(`v0:${at}:`).update(body).digest('hex')}`,
  );
  return given.length === own.length && timingSafeEqual(given, own);
}

function readPayload(body: Uint8Array): { user: string; url: string; choice: SlackChoice } {
  const text = new URLSearchParams(new TextDecoder().decode(body)).get('payload') ?? '';
  const payload = slackActionsSchema.safeParse(parsed(text));
  const [action] = payload.data?.actions ?? [];
  const choice = slackChoiceSchema.safeParse(parsed(action?.value ?? ''));
  if (!payload.success || !choice.success) throw payloadInvalid();
  return { user: payload.data.user.id, url: payload.data.response_url, choice: choice.data };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

async function choose(
  { database, mooseFor, logger, errors, signIn }: Deps,
  { people }: SlackButtons,
  user: string,
  { escalation, option }: SlackChoice,
  signal: AbortSignal,
): Promise<{ text: string; isForAll: boolean }> {
  try {
    const person = people.get(user);
    if (person === undefined) throw unknownPerson(user);
    const rules = signIn?.allow ?? [];
    const role = await database.run((query) => roleOfPerson(query, person, rules), signal);
    const needed = roleToAnswer(option);
    if (role === null || apiRoles.indexOf(role) < apiRoles.indexOf(needed)) throw mayNot(person, needed);
    const by = `human:${person}`;
    const detail = { option, slack_user: user };
    const { escalations } = mooseFor(by);
    const answered = await audited(
      database,
      { by, act: 'escalation.answer', subject: escalation, detail },
      signal,
      () => escalations.answerOnce(escalation, option, { always: false }),
    );
    const label = answered.options.find(({ id }) => id === option)?.label ?? option;
    return { text: `${person} chose: ${label}`, isForAll: true };
  } catch (thrown) {
    const error = toApiError(thrown);
    const { status, detail, advice } = problemOf(error);
    if (status >= 500) {
      logger.warn({ err: error }, 'failed to answer from Slack');
      errors.record(error).resolved(false);
    }
    return { text: [detail, advice].filter(Boolean).join(' '), isForAll: false };
  }
}

const fields = { operation: 'answer from Slack' };

function notConfigured(): ConfigurationError {
  return apiFailures.SLACK_NOT_CONFIGURED(fields);
}

function signatureInvalid(): PermanentError {
  return apiFailures.SLACK_SIGNATURE_INVALID(fields);
}

function payloadInvalid(): PermanentError {
  return apiFailures.REQUEST_INVALID_SLACK(fields);
}

function unknownPerson(user: string): PermanentError {
  return apiFailures.SLACK_USER_UNKNOWN(fields, { user });
}

function mayNot(person: string, role: string): PermanentError {
  return apiFailures.ROLE_TOO_LOW_OF_PERSON(fields, { role, person });
}
