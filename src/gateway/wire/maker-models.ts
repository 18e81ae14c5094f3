// Models whose maker refuses members that it does not know, and forms of thinking that the model does not have. Behind a
// company's own address they are the same models, so their requests keep the form that the agent gave them.

/** `opus` and the like: a company may give a model a name of its own, which still says which one it is. */
const ofAnthropic = /claude|\b(?:opus|sonnet|haiku|fable|mythos)\b/i;
/** Open models of the same makers are served by anybody, with members of their own. */
const ofOpenai = /(?:^|[/.])(?:chatgpt-|gpt-(?!oss)|o[1-9](?:-|$)|codex-)/i;
const ofGoogle = /(?:^|[/.])gemini-/i;

/** Since this version of Anthropic's models, the region of the work changes a price; older ones reject the setting. */
const regionsSince = 4.6;

export function hasRegions(model: string): boolean {
  const [, major, minor = '0'] =
    /(?:^|[./])claude-[a-z]+-(\d{1,2})(?:[.-](\d{1,2}))?(?=\D|$)/.exec(model) ?? [];
  return major !== undefined && Number(`${major}.${minor}`) >= regionsSince;
}

/** True if a member that the maker does not document makes the request fail. */
export function isStrictModel(model: string): boolean {
  return ofAnthropic.test(model) || ofOpenai.test(model) || ofGoogle.test(model);
}

/** What a maker's model may think beside the limit on its answer, where nobody names a budget. */
export function thinkingTokensOf(model: string, byDefault: number): number {
  return ofGoogle.test(model) ? geminiTokensMax : byDefault;
}

/** The longest output of any model of Gemini, thoughts included: Google also documents its limit as one without them. */
export const geminiTokensMax = 65_536;

/** Gemini's models from before thinking; they refuse a budget for it. */
export function isWithoutThinking(model: string): boolean {
  return /(?:^|[/.])gemini-(?:1\.|2\.0-(?!.*thinking)|pro\b)/i.test(model);
}
