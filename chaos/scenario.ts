// What a fault is, and how it starts and ends. Each is a file in `chaos/scenarios/`.
import type { Instance, Submitted } from './instance.ts';

/** Where the cause of the fault lies; the report counts by it. */
export const faultGroups = [
  'provider',
  'agent',
  'process',
  'database',
  'disk',
  'forge',
  'machine',
  'people',
] as const;
export type FaultGroup = (typeof faultGroups)[number];

/** Faults of one lane run one after the other, beside those of other lanes. */
export type Lane = 'provider' | 'ground' | `own ${number}`;

/** One injection of a fault, with everything that is chosen at random. */
export interface Round {
  number: number;
  /** Null if rounds run one after the other. */
  lane: Lane | null;
  scenario: Scenario;
  /** The delay between the submission of the round's work orders and the fault. */
  afterMs: number;
  lastsMs: number;
  /** Selects one of several possible targets; from 0 to 1. */
  pick: number;
}

/** An instance, and the work orders that the fault may hit. */
export interface Stage extends Instance {
  orders: readonly Submitted[];
}

/** Ends the fault. @throws NoTarget if it has hit nothing */
export type End = () => Promise<void>;

export interface Scenario {
  name: string;
  group: FaultGroup;
  /** One sentence for people. */
  does: string;
  /** The shortest and the longest duration of the fault. */
  lastsMs: readonly [number, number];
  /**
   * What the fault can hit: only its round's own work orders, the shared provider, or everything that work depends on
   * (the default). A fault that makes all work ask a person runs alone.
   */
  reach?: 'own' | 'provider' | 'alone';
  /** True if the fault hits PostgreSQL itself, so that no work can be submitted meanwhile. */
  hitsServer?: true;
  /** True if the fault ends by itself, so that Moose needs no person. */
  isTransient: boolean;
  /** If set, the scripted coding agent does the round's work orders and behaves like this. */
  agent?: 'works' | 'crashes once' | 'hangs';
  /** If set, a person answers the resulting questions with `retry` after the fault has ended. */
  isRetried?: true;
  /** Why the fault cannot be injected on this machine; null if it can. */
  cannot?(instance: Instance): Promise<string | null>;
  inject(stage: Stage, round: Round): Promise<End>;
}

/** The fault found nothing to hit. */
export class NoTarget extends Error {}

/** Selects an item by the round's random number. @throws NoTarget if the list is empty */
export function pickFrom<T>(all: readonly T[], { pick }: Pick<Round, 'pick'>, what: string): T {
  const one = all[Math.min(all.length - 1, Math.floor(pick * all.length))];
  if (one === undefined) throw new NoTarget(`There was no ${what} to hit.`);
  return one;
}

export const nothingToEnd: End = async () => undefined;
