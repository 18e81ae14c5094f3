import type { ProgramPlace } from '../../../src/agents/program.ts';
import type { Agent } from '../../../src/engine/ports/agent.ts';
import type { Turn } from '../scripted-provider.fixture.ts';

/** A real agent, and how a scripted model works through it. */
export interface Subject {
  create(place: Partial<ProgramPlace>): Agent;
  /** `provider/model`, as settings have it. */
  model: string;
  /** Makes `hello.txt`, which says `hello`, say `hello world`. */
  edit(worktreePath: string): Turn[];
  /** Does nothing of use, in as many turns. */
  look(worktreePath: string): Turn[];
  /** Runs a command; null for an agent that runs none. */
  shell: ((command: string) => Turn) | null;
  /** The same action, for a model that asks for it again and again. */
  loop: Turn;
  /** It goes on with a conversation that was killed. */
  resumes: boolean;
  /** Files of a repository that would send it elsewhere, or have it run what the repository brings: each makes `made-by-…`. */
  redirect(evilUrl: string): Readonly<Record<string, string>>;
}
