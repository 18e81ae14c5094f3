// Finds the page on which the user can deal with a problem.

export const sectionIds = [
  'budget',
  'stuck',
  'errors',
  'circuits',
  'machines',
  'reconcile',
  'sessions',
  'agents',
  'alerts',
  'ahead',
  'targets',
] as const;
export type SectionId = (typeof sectionIds)[number];

export type Place = { to: 'section'; id: SectionId } | { to: 'limits' } | { to: 'escalations' };
