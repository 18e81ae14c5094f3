// Loaded data stays valid until the live feed or the page itself invalidates it.
import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './call.ts';

const retriesMax = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refused request would be refused again.
      retry: (failures, cause) =>
        failures < retriesMax &&
        !(cause instanceof ProblemError && cause.problem.status >= 400 && cause.problem.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
