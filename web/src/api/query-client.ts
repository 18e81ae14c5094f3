// What was read is shown until something says that it has changed: the live feed, or the page itself.
import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './call.ts';

const retriesMax = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the server refuses it refuses again.
      retry: (failures, cause) =>
        failures < retriesMax &&
        !(cause instanceof ProblemError && cause.problem.status >= 400 && cause.problem.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
