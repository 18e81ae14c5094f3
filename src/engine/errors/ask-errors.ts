// Queries about errors: their groups, all of them, or one in full.
import type * as wire from '../../contract/contract.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { findErrorEvent, listErrorEvents } from '../../store/failures/error-events.ts';
import { errorPeriod, errorPicture } from '../../store/failures/error-groups.ts';
import { findWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { pageFrom } from '../policy/paging/page-cursor.ts';
import { type ErrorView, viewOfError, viewOfEvidence, viewOfGroup } from './error-view.ts';
import { findMaterial } from './reproduce/find-material.ts';
import { reproduceError, reproductionFiles } from './reproduce/reproduce-error.ts';
import type { Reproduction, ReproductionFile, Tools } from './reproduce/reproduction.ts';

export interface ErrorQuestion {
  /** The work order as a person names it: an ID, or a part of one. */
  workOrder?: string;
  failureClass?: FailureClass;
  component?: string;
  code?: string;
  fingerprint?: string;
  /** How far back to look, in milliseconds. */
  withinMs: number;
}

export interface PageRequest {
  limit: number;
  /** The `next_cursor` of the previous page. */
  cursor?: string;
}

export function askErrors({ database, clock }: { database: Database; clock: Clock }) {
  const filterOf = (question: ErrorQuestion) => readQuestion(database, clock.now(), question);
  return {
    /** Groups by fingerprint, most frequent first; the trend compares with the preceding period of the same length. */
    async groups(question: ErrorQuestion): Promise<wire.ErrorGroups> {
      const { filter, until } = await filterOf(question);
      const period = errorPeriod(until, question.withinMs);
      const { evidence, groups } = await database.run((query) => errorPicture(query, period, filter));
      return {
        since: period.since.toISOString(),
        until: until.toISOString(),
        evidence: viewOfEvidence(evidence),
        groups: groups.map((group) => viewOfGroup(group, period.since)),
      };
    },
    /** Newest first, continuing after the error that `cursor` names. @throws PermanentError `CURSOR_INVALID` */
    async page(question: ErrorQuestion, { limit, cursor }: PageRequest): Promise<wire.Page<ErrorView>> {
      const { filter, since } = await filterOf(question);
      const rows = await database.run((query) =>
        listErrorEvents(query, { ...filter, since }, limit + 1, cursor),
      );
      return pageFrom(rows, limit, { item: viewOfError, cursor: ({ id }) => id });
    },
    /**
     * Finds an error by its ID, the start or end of its ID, or its group's fingerprint.
     * @throws PermanentError `ERROR_NOT_FOUND`, `ERROR_AMBIGUOUS`
     */
    one: async (given: string): Promise<ErrorView> =>
      viewOfError(await database.run((query) => findErrorEvent(query, given))),
    /** The files of a folder with which the error can be reproduced. @throws as `one` */
    async reproduction(given: string, tools: Tools): Promise<ErrorReproduction> {
      const material = await database.run(async (query) =>
        findMaterial(query, await findErrorEvent(query, given)),
      );
      const { kind, does, expects, ...rest } = reproduceError(material);
      const files = reproductionFiles(material, { kind, does, expects, ...rest }, tools);
      return { error: material.error, kind, does, expects, files };
    },
  };
}

async function readQuestion(
  database: Database,
  until: Date,
  { workOrder, failureClass, component, code, fingerprint, withinMs }: ErrorQuestion,
) {
  const found = workOrder ? await database.run((query) => findWorkOrder(query, workOrder)) : undefined;
  const filter = {
    ...(found ? { workOrderId: found.id as WorkOrderId } : {}),
    ...(failureClass ? { failureClass } : {}),
    ...(component ? { component } : {}),
    ...(code ? { code } : {}),
    ...(fingerprint ? { fingerprint } : {}),
  };
  return { filter, until, since: new Date(until.getTime() - withinMs) };
}

export interface ErrorReproduction extends Pick<Reproduction, 'kind' | 'does' | 'expects'> {
  error: ErrorView;
  files: ReproductionFile[];
}
