/** What a try can be given to. The agent decides the reasoning effort, so the effort is not part of the name. */
export interface Arm {
  agent: string;
  model: string;
  /** The version of the instructions for the agent or model. */
  prompt: string;
}

/** Such as `patch:anthropic/claude-sonnet-4-5#1a2b3c`. */
export function armName({ agent, model, prompt }: Arm): string {
  return `${agent}:${model}#${prompt}`;
}

export function readArmName(name: string): Arm {
  const colon = name.indexOf(':');
  const hash = name.lastIndexOf('#');
  return { agent: name.slice(0, colon), model: name.slice(colon + 1, hash), prompt: name.slice(hash + 1) };
}
