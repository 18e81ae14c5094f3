// The content of a reproduction folder, before it is written anywhere.
import type { Proposal } from '../../../domain/agents/proposal.ts';
import type { ErrorView } from '../error-view.ts';
import type { Recipe } from './recipe.ts';

export interface Material {
  error: ErrorView;
  recipe: Recipe | null;
  /** Null if the error belongs to no work order. */
  repositoryPath: string | null;
  title: string | null;
  /** The changes from the base to the input of the step; null if there were none. */
  patch: Buffer | null;
  /** The input of the step. */
  proposal: Proposal | null;
  brief: string | null;
}

/** The programs that a reproduction runs, with their paths on this machine; on another machine, set NODE and MOOSE. */
export interface Tools {
  nodePath: string;
  moosePath: string;
  version: string;
}

export interface ReproductionFile {
  /** Relative to the folder. */
  path: string;
  content: string | Buffer;
  isProgram?: true;
}

export interface Reproduction {
  kind: 'check' | 'patch' | 'answer' | 'git' | 'evidence';
  /** What the script runs, as a text for a person. */
  does: string;
  /** What the script prints if the failure occurs again. */
  expects: string;
  /** The body of `reproduce.sh`; `$here` is the folder. */
  script: string;
  /** Variables that contain no secret. */
  environment: Record<string, string>;
  files: ReproductionFile[];
}
