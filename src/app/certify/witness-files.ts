// The files by which a certification and the witness in an agent's session speak with each other.

/** What is done to everything that the agent has started: an end by SIGKILL, or a stop by SIGSTOP. */
const acts = ['kill', 'freeze'] as const;
export type Act = (typeof acts)[number];

export const isAct = (word: string): word is Act => acts.some((act) => act === word);

export const actName = 'certify-act';
export const doneName = 'certify-done';
export const testimonyName = 'certify-testimony.json';

export interface Testimony {
  /** The commands that still ran when the agent had ended. */
  left: string[];
  /** Null if the session was not told to end. */
  endedAfterTermMs: number | null;
  otherAddresses: number;
}
