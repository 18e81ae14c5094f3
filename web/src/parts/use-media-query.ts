import { useSyncExternalStore } from 'react';

/** Whether it holds now: for what is another thing on a small screen, and not the same in another place. */
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

/** From here on a table fits. */
export const isWideQuery = '(min-width: 48rem)';
