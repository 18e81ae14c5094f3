// What each category of failure means, and what Moose does then.
import type { FailureCategory } from './failure.ts';

export const aboutCategories: Readonly<Record<FailureCategory, { means: string; follows: string }>> = {
  transient: {
    means: 'The same operation may succeed later.',
    follows: 'It is retried after growing delays, as often as the recovery table says.',
  },
  permanent: {
    means: 'The work, or the request, has to change.',
    follows: 'It is refined, or a person is asked.',
  },
  configuration: {
    means: 'Something on the machine or in the settings has to change.',
    follows:
      'The next agent works if one is not installed; otherwise a person is asked, with advice that says what.',
  },
  external: {
    means: 'A third party has to act: billing, quota, outage.',
    follows:
      'The next model is asked where there is one. Otherwise the work is paused, a person is asked, and it continues by itself when the third party is back.',
  },
};
