// What a working day needs of a forge: the double and a real Gitea both have it.

export interface DayPull {
  number: number;
  headBranch: string;
  baseBranch: string;
  isOpen: boolean;
  isMerged: boolean;
}

export interface DayRepository {
  /** Without a token: how the checkout of the project names it. */
  url: string;
  /** With the token of ann, who may push. */
  pushUrl: string;
  /** Reads the bare repository with git. */
  read(...args: string[]): string;
  defaultBranch(): Promise<string>;
  /** The newest: a base branch that is deleted closes the one before. */
  pull(): Promise<DayPull | undefined>;
  setState(number: number, state: 'open' | 'closed'): Promise<void>;
  /** What the button *Update branch* does; the forge may refuse it. */
  updateBranch(number: number): Promise<void>;
  /** Moves the open pull requests with it, as a forge does. */
  renameDefault(into: string): Promise<void>;
  /** The branch is there; it becomes the default branch, and the old one is deleted. */
  replaceDefault(by: string): Promise<void>;
  reportCi(sha: string, isRed: boolean): Promise<void>;
}

export interface DayForge {
  host: string;
  kind: 'github' | 'gitea';
  apiUrl: string;
  /** Of Moose. */
  token: string;
  /** With the branch `main` of this repository. */
  addRepository(name: string, path: string): Promise<DayRepository>;
  stop(): Promise<void>;
}
