// What the address of a work order's page says: the tab, the open part of Debug, and the session whose output is shown.

export const tabs = ['review', 'activity', 'cost', 'debug'] as const;
export type Tab = (typeof tabs)[number];

export const debugParts = [
  'checks',
  'errors',
  'decisions',
  'processes',
  'effects',
  'events',
  'postmortem',
] as const;
export type DebugPart = (typeof debugParts)[number];

export interface WorkOrderSearch {
  tab?: Tab | undefined;
  part?: DebugPart | undefined;
  session?: string | undefined;
}

/** Where the links of earlier versions lead, which stand in messages and notes. */
const earlier: Readonly<Record<string, WorkOrderSearch>> = {
  timeline: { tab: 'activity' },
  output: { tab: 'activity' },
  diff: { tab: 'review' },
  'pull-request': { tab: 'review' },
  ...Object.fromEntries(debugParts.map((part) => [part, { tab: 'debug', part } as const])),
};

export function searchOf({ tab, part, session }: Record<string, unknown>): WorkOrderSearch {
  const moved = Object.hasOwn(earlier, String(tab)) ? earlier[String(tab)] : undefined;
  return {
    tab: moved?.tab ?? tabs.find((each) => each === tab),
    part: moved?.part ?? debugParts.find((each) => each === part),
    session: typeof session === 'string' && session !== '' ? session : undefined,
  };
}

/** What a person wants to see first: the change, as soon as there is something to judge. */
export function firstTab({
  stage,
  proof,
}: {
  stage: string;
  proof: readonly unknown[];
}): Extract<Tab, 'review' | 'activity'> {
  const isOver = stage === 'ready_to_merge' || stage === 'merged' || stage === 'completed';
  return isOver || (proof.length > 0 && stage === 'needs_you') ? 'review' : 'activity';
}
