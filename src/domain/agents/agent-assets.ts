// What a repository gives the agents that work on it, if its owner trusts it: instructions, skills, and servers with tools.
import { counted } from '../text/counted.ts';

/** The names of what a session was given, for people. */
export interface GivenAssets {
  /** Paths in the repository. */
  instructions: string[];
  skills: string[];
  servers: string[];
  leftOut: { name: string; because: string }[];
}

export function assetsText({ instructions, skills, servers, leftOut }: GivenAssets): string {
  const parts = [
    counted(instructions.length, 'instruction file'),
    counted(skills.length, 'skill'),
    `${counted(servers.length, 'server')}${servers.length === 0 ? '' : ` (${servers.join(', ')})`}`,
  ];
  const without = leftOut.map(({ name, because }) => `${name}: ${because}`).join('; ');
  return `${parts.join(', ')}${without === '' ? '' : `; not given: ${without}`}`;
}

/** A repository without instructions is a lack, but no failure (R-SES-4). */
export const withoutInstructions = {
  found: 'The repository has no instructions for agents (AGENTS.md, CLAUDE.md).',
  advice: 'Add an AGENTS.md that says how the project is built, tested and written; every agent reads it.',
};
