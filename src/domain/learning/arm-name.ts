/** How much agents can tell a model to think, from the least to the most. No agent knows all of them. */
export const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** What a try can be given to. */
export interface Arm {
  agent: string;
  model: string;
  /** The version of the instructions for the agent or model. */
  prompt: string;
  /** How much the model is told to think; absent: the agent decides. */
  effort?: string | undefined;
}

/** Such as `codex:openai/gpt-5#1a2b3c`, or `codex:openai/gpt-5#1a2b3c@high` with an effort. */
export function armName({ agent, model, prompt, effort }: Arm): string {
  return `${agent}:${model}#${prompt}${effort === undefined ? '' : `@${effort}`}`;
}

export function readArmName(name: string): Arm {
  const colon = name.indexOf(':');
  const hash = name.lastIndexOf('#');
  const [prompt = '', effort] = name.slice(hash + 1).split('@');
  return { agent: name.slice(0, colon), model: name.slice(colon + 1, hash), prompt, effort };
}
