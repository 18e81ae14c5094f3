// The queries of this page. Data that the live feed does not cover is polled.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { ErrorGroups, Range, sessionPage } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

/** The feed does not report calls. */
const moneyEveryMs = 10_000;
const healthEveryMs = 15_000;
/** Only the newest span changes. */
const trendsEveryMs = 60_000;

export type ErrorGroup = ErrorGroups['groups'][number];
export type Sessions = z.infer<typeof sessionPage>;

export const useHealth = () =>
  useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask('get /api/admin/health', { signal }),
    refetchInterval: healthEveryMs,
  });

export const useTargets = () =>
  useQuery({
    queryKey: ['targets'],
    queryFn: ({ signal }) => ask('get /api/targets', { signal }),
    refetchInterval: trendsEveryMs,
  });

export const useMachines = () =>
  useQuery({
    queryKey: ['machines'],
    queryFn: ({ signal }) => ask('get /api/machines', { signal }),
    refetchInterval: healthEveryMs,
  });

export const useReconciliation = () =>
  useQuery({
    queryKey: ['reconcile'],
    queryFn: ({ signal }) => ask('get /api/reconcile', { signal }),
    refetchInterval: trendsEveryMs,
  });

export const useStuck = () =>
  useQuery({
    queryKey: ['stuck'],
    queryFn: ({ signal }) => ask('get /api/stuck', { signal }),
    refetchInterval: trendsEveryMs,
  });

export const useBudget = () =>
  useQuery({
    queryKey: ['budget'],
    queryFn: ({ signal }) => ask('get /api/budget', { signal }),
    refetchInterval: moneyEveryMs,
  });

export const useTrends = (range: Range) =>
  useQuery({
    queryKey: ['trends', range],
    queryFn: ({ signal }) => ask('get /api/trends', { query: { range }, signal }),
    refetchInterval: trendsEveryMs,
    placeholderData: keepPreviousData,
  });

export const useErrorGroups = (range: Range) =>
  useQuery({
    queryKey: ['errors', 'groups', range],
    queryFn: ({ signal }) => ask('get /api/error-groups', { query: { range }, signal }),
    placeholderData: keepPreviousData,
  });

const errorsOnPage = 20;

export const useErrorsOf = (fingerprint: string, range: Range) =>
  useInfiniteQuery({
    queryKey: ['errors', 'of', fingerprint, range],
    queryFn: ({ pageParam, signal }) =>
      ask('get /api/errors', {
        query: { fingerprint, range, limit: errorsOnPage, cursor: pageParam },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });

/** Disabled while there is no id. */
export const useOneError = (id: string | undefined) =>
  useQuery({
    queryKey: ['errors', 'one', id],
    queryFn: ({ signal }) => ask('get /api/errors/{id}', { params: { id: id ?? '' }, signal }),
    enabled: id !== undefined,
  });

export const useCircuits = () =>
  useQuery({
    queryKey: ['circuits'],
    queryFn: ({ signal }) => ask('get /api/circuits', { signal }),
  });

export const useAlerts = (isAll: boolean) =>
  useQuery({
    queryKey: ['alerts', isAll],
    queryFn: ({ signal }) => ask('get /api/alerts', { query: { all: isAll }, signal }),
    placeholderData: keepPreviousData,
  });

export const useRunningSessions = () =>
  useQuery({
    queryKey: ['sessions', 'running'],
    queryFn: ({ signal }) => ask('get /api/sessions', { query: { state: 'running' }, signal }),
  });
