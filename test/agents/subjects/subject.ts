import type { ProgramPlace } from '../../../src/agents/program.ts';
import type { Agent } from '../../../src/engine/ports/agent.ts';
import type { Turn } from '../scripted-provider.fixture.ts';

/** A real agent, and the turns with which a scripted model uses its tools. */
export interface Subject {
  create(place: Partial<ProgramPlace>): Agent;
  /** The program that it runs, if that has another name; Moose does not know its version then. */
  program?: string;
  /** `provider/model`, as in the settings. */
  model: string;
  /** Turns that change the content of `hello.txt` from `hello` to `hello world`. */
  edit(worktreePath: string): Turn[];
  /** The same number of turns, without any useful effect. */
  look(worktreePath: string): Turn[];
  /** A turn that runs a command; null for an agent that cannot run one. */
  shell: ((command: string) => Turn) | null;
  /** A turn that a model requests again and again. */
  loop: Turn;
  /** Whether the agent can continue a conversation after it was killed. */
  resumes: boolean;
  /**
   * Files of a repository that try to send the agent elsewhere, or to make it run the repository's programs, each of
   * which would create `made-by-…`.
   */
  redirect(evilUrl: string): Readonly<Record<string, string>>;
}
