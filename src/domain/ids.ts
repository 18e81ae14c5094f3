import { uuidv7 } from '../stdx/random.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ProjectId = Branded<'ProjectId'>;
export type WorkOrderId = Branded<'WorkOrderId'>;
export type RunId = Branded<'RunId'>;
export type SessionId = Branded<'SessionId'>;
export type ReservationId = Branded<'ReservationId'>;

/** A new UUIDv7; the brand is chosen by the caller: `newId<WorkOrderId>(now)`. */
export function newId<Id extends string>(now: Date): Id {
  return uuidv7(now.getTime()) as Id;
}

/** Characters of a short id: the random tail of a UUIDv7, so that ids made in one millisecond differ. */
const shortIdLength = 8;

/** The short ID of a work order, for branches and the screen. */
export function shortId(id: string): string {
  return id.replaceAll('-', '').slice(-shortIdLength);
}
