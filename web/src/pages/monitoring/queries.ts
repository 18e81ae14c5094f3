// The queries of this page. Data that the live feed does not cover is polled.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  AdminHealth,
  Alert,
  Budget,
  Circuit,
  ErrorCard,
  ErrorGroups,
  errorPage,
  Machines,
  Range,
  Reconciliation,
  Stuck,
  sessionPage,
  Targets,
  Trends,
} from '../../../../src/contract/contract.ts';
import { call, queryOf } from '../../api/call.ts';

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
    queryFn: ({ signal }) => call<AdminHealth>('/api/admin/health', { signal }),
    refetchInterval: healthEveryMs,
  });

export const useTargets = () =>
  useQuery({
    queryKey: ['targets'],
    queryFn: ({ signal }) => call<Targets>('/api/targets', { signal }),
    refetchInterval: trendsEveryMs,
  });

export const useMachines = () =>
  useQuery({
    queryKey: ['machines'],
    queryFn: ({ signal }) => call<Machines>('/api/machines', { signal }),
    refetchInterval: healthEveryMs,
  });

export const useReconciliation = () =>
  useQuery({
    queryKey: ['reconcile'],
    queryFn: ({ signal }) => call<Reconciliation>('/api/reconcile', { signal }),
    refetchInterval: trendsEveryMs,
  });

export const useStuck = () =>
  useQuery({
    queryKey: ['stuck'],
    queryFn: ({ signal }) => call<Stuck>('/api/stuck', { signal }),
    refetchInterval: trendsEveryMs,
  });

export const useBudget = () =>
  useQuery({
    queryKey: ['budget'],
    queryFn: ({ signal }) => call<Budget>('/api/budget', { signal }),
    refetchInterval: moneyEveryMs,
  });

export const useTrends = (range: Range) =>
  useQuery({
    queryKey: ['trends', range],
    queryFn: ({ signal }) => call<Trends>(`/api/trends${queryOf({ range })}`, { signal }),
    refetchInterval: trendsEveryMs,
    placeholderData: keepPreviousData,
  });

export const useErrorGroups = (range: Range) =>
  useQuery({
    queryKey: ['errors', 'groups', range],
    queryFn: ({ signal }) => call<ErrorGroups>(`/api/error-groups${queryOf({ range })}`, { signal }),
    placeholderData: keepPreviousData,
  });

const errorsOnPage = 20;

export const useErrorsOf = (fingerprint: string, range: Range) =>
  useInfiniteQuery({
    queryKey: ['errors', 'of', fingerprint, range],
    queryFn: ({ pageParam, signal }) =>
      call<z.infer<typeof errorPage>>(
        `/api/errors${queryOf({ fingerprint, range, limit: errorsOnPage, cursor: pageParam })}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });

/** Disabled while there is no id. */
export const useOneError = (id: string | undefined) =>
  useQuery({
    queryKey: ['errors', 'one', id],
    queryFn: ({ signal }) => call<ErrorCard>(`/api/errors/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== undefined,
  });

export const useCircuits = () =>
  useQuery({
    queryKey: ['circuits'],
    queryFn: ({ signal }) => call<{ items: Circuit[] }>('/api/circuits', { signal }),
  });

export const useAlerts = (isAll: boolean) =>
  useQuery({
    queryKey: ['alerts', isAll],
    queryFn: ({ signal }) => call<{ items: Alert[] }>(`/api/alerts${queryOf({ all: isAll })}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const useRunningSessions = () =>
  useQuery({
    queryKey: ['sessions', 'running'],
    queryFn: ({ signal }) => call<Sessions>(`/api/sessions${queryOf({ state: 'running' })}`, { signal }),
  });
