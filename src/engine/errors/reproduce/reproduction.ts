// The content of a reproduction folder, before it is written anywhere.
import type { Proposal } from '../../../domain/proposal.ts';
import type { ErrorView } from '../error-view.ts';
import type { Recipe } from './recipe.ts';

export interface Material {
  error: ErrorView;
  recipe: Recipe | null;
  /** Null if the error belongs to no work order. */
  repositoryPath: string | null;
  title: string | null;
  /** From the base to the step's input; null if nothing had been made. */
  patch: Buffer | null;
  /** What the step was given. */
  proposal: Proposal | null;
  brief: string | null;
}

/** The programs that a reproduction runs, as on this machine; set NODE and MOOSE on another one. */
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
  /** What the script runs, for a person. */
  does: string;
  /** What it prints if the failure occurs again. */
  expects: string;
  /** The body of `reproduce.sh`; `$here` is the folder. */
  script: string;
  /** Names and values that contain no secret. */
  environment: Record<string, string>;
  files: ReproductionFile[];
}
