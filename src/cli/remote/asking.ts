// The questions that commands ask of the routes, and the bodies of their requests.
import { z } from '@hono/zod-openapi';
import type {
  messageSchema,
  retrySchema,
  scheduleChangeSchema,
  submissionSchema,
} from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { ScheduleChange } from '../../engine/commands/schedules/change-schedule.ts';
import type { Moose } from '../../engine/moose.ts';
import { cliFailures } from '../failure-catalogue.ts';
import type { Question, ServerClient } from './client.ts';

export interface Asking {
  get<Answer>(path: string, answer: z.ZodType<Answer>, more?: Partial<Question<Answer>>): Promise<Answer>;
  /** Requests a change: never repeated without a key, and made by the person if the token belongs to one. */
  change<Answer>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    answer: z.ZodType<Answer>,
    given?: { body?: unknown; key?: string },
  ): Promise<Answer>;
}

/** For changes whose answer is not used. */
export const anything = z.unknown();
export const listOf = <Item>(item: z.ZodType<Item>) => z.object({ items: z.array(item) });

export function askingOf({ ask }: ServerClient): Asking {
  return {
    get: (path, answer, more = {}) => ask({ path, answer, ...more }),
    change: (method, path, answer, given = {}) => ask({ method, path, answer, ...given, asPerson: true }),
  };
}

/**
 * One escaped part of a path.
 * @throws PermanentError `NAME_NOT_SENDABLE`: in an address, these names mean other paths, even encoded
 */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..')
    throw cliFailures.NAME_NOT_SENDABLE('ask the server', { text });
  return encodeURIComponent(text.toWellFormed());
}

type Body<Schema extends z.ZodType> = z.input<Schema>;
/**
 * Undefined members are left out of the JSON. The type requires every member, so that none that the server understands
 * is forgotten.
 */
type Loose<Given> = { [Key in keyof Given]-?: Given[Key] | undefined };

export function submissionBody(given: Parameters<Moose['submit']>[0]): Loose<Body<typeof submissionSchema>> {
  const { limitNanoUsd, timeLimitMs, needsApproval, allowCiChanges, checks, ...same } = given;
  return {
    title: same.title,
    repository_path: same.repositoryPath,
    project: same.project,
    base: same.base,
    description: same.description,
    acceptance: same.acceptance,
    agent: same.agent,
    model: same.model,
    command: same.command,
    // Only an admin may send checks, so none are sent if none were given.
    checks: checks?.length ? checks.map(({ kind, command }) => ({ kind, command })) : undefined,
    allow_ci_changes: allowCiChanges,
    asked: same.asked,
    labels: same.labels?.length ? [...same.labels] : undefined,
    limit_usd: limitNanoUsd === undefined ? undefined : usdNumber(limitNanoUsd),
    time_limit_ms: timeLimitMs,
    needs_approval: needsApproval,
    best_of: same.bestOf,
    agents: same.agents?.length ? [...same.agents] : undefined,
    models: same.models?.length ? [...same.models] : undefined,
    also_in: same.alsoIn?.map(({ repositoryPath, project }) => ({
      repository_path: repositoryPath,
      project,
    })),
  };
}

export function scheduleChangeBody(given: ScheduleChange): Loose<Body<typeof scheduleChangeSchema>> {
  const { limitNanoUsd, timeLimitMs, needsApproval, allowCiChanges, checks, labels, ...same } = given;
  return {
    name: same.name,
    cron: same.cron,
    time_zone: same.timeZone,
    when_open: same.whenOpen,
    title: same.title,
    description: same.description,
    acceptance: same.acceptance,
    repository_path: same.repositoryPath,
    project: same.project,
    base: same.base,
    agent: same.agent,
    model: same.model,
    command: same.command,
    catch_up_ms: same.catchUpMs,
    checks: checks === null ? null : checks?.map(({ kind, command }) => ({ kind, command })),
    labels: labels && [...labels],
    limit_usd: limitNanoUsd === undefined ? undefined : usdNumber(limitNanoUsd),
    time_limit_ms: timeLimitMs,
    allow_ci_changes: allowCiChanges,
    asked: same.asked,
    needs_approval: needsApproval,
  };
}

export function messageBody(message: Parameters<Moose['send']>[1]): Loose<Body<typeof messageSchema>> {
  const { text, file, line, now } = message;
  return { text, file, line, now };
}

export function retryBody(options: Parameters<Moose['retry']>[1]): Loose<Body<typeof retrySchema>> {
  const { from, model, agent, note, limitNanoUsd, timeLimitMs } = options;
  return {
    from,
    model,
    agent,
    note,
    limit_usd: limitNanoUsd === undefined ? undefined : usdNumber(limitNanoUsd),
    time_limit_ms: timeLimitMs,
  };
}
