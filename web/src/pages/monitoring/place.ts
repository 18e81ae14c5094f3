// Where the user finds what to do about a problem.

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
] as const;
export type SectionId = (typeof sectionIds)[number];

export type Place = { to: 'section'; id: SectionId } | { to: 'limits' } | { to: 'escalations' };
