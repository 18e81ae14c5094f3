import { useSyncExternalStore } from 'react';

/** Whether the query matches now; for content that differs on small screens, not only in layout. */
export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (tell) => {
      const list = matchMedia(query);
      list.addEventListener('change', tell);
      return () => list.removeEventListener('change', tell);
    },
    () => matchMedia(query).matches,
  );
}

/** Wide enough for a table. */
export const isWideQuery = '(min-width: 48rem)';

/** Too narrow for a table with more than two columns. */
export const isPhoneQuery = '(max-width: 39.99rem)';
