// Classifies a failure: collects every matching rule, and prefers causes to symptoms (R-FAIL-3).
import type { Recoverability, Severity } from '../domain/failure.ts';
import type { FailureContext } from '../domain/failure-context.ts';
import { type AgentEnd, readAgentEnd } from './agent-events.ts';
import type { Classification, FailureCase, Purpose, Verdict } from './failure-case.ts';
import { fallbackOf } from './fallback.ts';
import {
  addAnswer,
  type HttpAnswer,
  readHttpAnswer,
  verdictOfBadBody,
  verdictOfGraphqlErrors,
  verdictOfStatus,
} from './http-answer.ts';
import { addLoose } from './match/loose-context.ts';
import { compileRules, type Match, matchRules } from './match/match-rules.ts';
import { addGroups, addNear } from './match/read-context.ts';
import { precedence, type Rule } from './match/rule.ts';
import { allRules } from './match/rules.ts';
import { boundedText } from './output/bounded-text.ts';
import { decidingOutput, isOrdinaryTool } from './output/deciding-part.ts';
import { withoutQuotes } from './output/masked-text.ts';
import { plainText } from './output/plain-text.ts';
import { withoutPrinted } from './output/printed-by-tests.ts';
import { endRules } from './output/process-end.ts';
import { purposeOf } from './purpose/purpose.ts';
import {
  brokenContract,
  failedTest,
  lintSettings,
  machinery,
  refusedText,
  registryAway,
  remote,
  unexplained,
} from './verdicts.ts';

const compiled = compileRules(allRules);

interface Candidate {
  id: string;
  is: Verdict;
  score: number;
  confidence: number;
  at: number;
  match?: Match;
}

/** The shared input of the functions below. */
export interface Reading {
  failure: FailureCase;
  text: string;
  purpose: Purpose | undefined;
  answer: HttpAnswer;
}

export function classifyFailure(failure: FailureCase): Classification {
  const end = readAgentEnd(failure.stdout ?? '');
  if (isSuccess(failure, end)) return noFailure;
  const text = textOf(failure, end);
  const purpose = purposeOf(failure);
  const answer = readHttpAnswer(failure, text);
  const reading = { failure, text, purpose, answer };
  const found = matchRules(compiled, text, (rule) => holdsFor(rule, reading));
  const verdicts = found.filter(({ rule }) => isTestVerdict(rule));
  const matches = withoutPrinted(found, { text, command: failure.command ?? '', verdicts });
  const candidates = [
    ...matches.map((match) => ofMatch(match, purpose)),
    ...ofHttp(reading),
    ...ofEnd(failure),
  ];
  const isMasked =
    failure.exitCode === 0 &&
    end?.isFailure !== true &&
    failure.httpStatus === undefined &&
    !agentSaysError.test(failure.stdout ?? '');
  const [best] = candidates
    .filter(({ score }) => !isMasked || score >= maskedScoreMin)
    .filter(({ id }) => verdicts.length === 0 || !endBeforeTests.test(id))
    .sort((one, other) => other.score - one.score || one.at - other.at);
  if (!best && isMasked) return noFailure;
  const decided = best ?? { ...fallbackOf(reading), at: 0, score: 0 };
  return finished(decided, matches, reading);
}

/**
 * If one of these tools had failed, no test would have run. So after a test verdict, its message was printed by a test.
 */
const endBeforeTests = /^(?:npm|pnpm|yarn|bun|corepack|pip|poetry|apt|composer|cargo)\.(?!missing-library)/;

function isTestVerdict({ is, precedence: score }: Rule): boolean {
  return is.failureClass === 'test_fail' && is.category === 'permanent' && score >= precedence.test - 10;
}

/** With exit code 0, only a rule for a known tool counts as a failure. */
const maskedScoreMin = precedence.lint;

/** Commands whose exit code is that of their last part, such as `a; b`, `a || true` and `a | b`. */
const hidesExitCode =
  /\|\|\s*(?:true|:|exit 0|echo)|\|\s*(?:tee|cat|tail|head|grep|sed)\b|;\s*(?:true|exit 0|echo)\b/;

function isSuccess(failure: FailureCase, end: AgentEnd | undefined): boolean {
  if (end?.isFailure === true || failure.httpStatus !== undefined) {
    return failure.httpStatus !== undefined && failure.httpStatus < 300 && !badAnswer(failure);
  }
  if (failure.exitCode !== 0 || failure.signal) return false;
  if (failure.component === 'agent' && agentSaysError.test(failure.stdout ?? '') && end === undefined)
    return false;
  return !hidesExitCode.test(failure.command ?? '');
}

/** Programs that exit with 0 and print on their last line that the provider refused them. */
const agentSaysError = /^\[?API Error: |^litellm\.\w+(?:Error|Exception)\b|^Error when talking to Gemini/m;

function badAnswer(failure: FailureCase): Verdict | undefined {
  return verdictOfBadBody(failure) ?? verdictOfGraphqlErrors(failure) ?? errorInStream(failure);
}

function errorInStream({ httpStatus, httpBody }: FailureCase): Verdict | undefined {
  if (httpStatus === undefined || httpStatus >= 300) return undefined;
  return /^event: error$|"type": ?"error"|^\s*\{"error": ?\{/m.test(httpBody ?? '')
    ? remote.passing
    : undefined;
}

function textOf(failure: FailureCase, end: AgentEnd | undefined): string {
  const stdout = end
    ? end.isFailure
      ? end.text
      : ''
    : decidingOutput(failure.command ?? '', failure.stdout ?? '');
  const parts = [failure.stderr ?? '', stdout, failure.httpBody ?? ''];
  const text = parts
    .map((part) => boundedText(plainText(boundedText(part))))
    .filter(Boolean)
    .join('\n');
  const quotesRemoved = withoutQuotes(text);
  // JSON log lines contain the provider's answer as an escaped string.
  return quotesRemoved.includes('\\"') ? quotesRemoved.replaceAll('\\"', '"') : quotesRemoved;
}

/** A provider's answer and nothing else: `{"error":{…}}`, perhaps after the name of an exception. */
const answerAlone =
  /^\s*(?:[A-Z]\w{0,60}(?:Error|Exception)?: ?)?(?:[1-5]\d\d:? ?)?\{\s*"error": ?[{"][\s\S]*\}\s*$/;

/**
 * Whether the text is an answer that no process printed: then it cannot be a test or a log that only mentions an error.
 */
function isAnswerAlone({ failure: { command, httpBody }, text }: Reading): boolean {
  return !command && (httpBody !== undefined || answerAlone.test(text));
}

function componentHolds({ components }: Rule, reading: Reading): boolean {
  const { component } = reading.failure;
  if (!components || (component && components.includes(component))) return true;
  return components.includes('router') && isAnswerAlone(reading);
}

function holdsFor(rule: Rule, reading: Reading): boolean {
  const { failure, purpose } = reading;
  if (!componentHolds(rule, reading)) return false;
  if (rule.components && failure.component === 'agent' && purpose !== 'provider') {
    if (isOrdinaryTool(failure.command ?? '')) return false;
  }
  if (rule.command && !rule.command.test((failure.command ?? '').slice(0, 500))) return false;
  if (!rule.purposes) return true;
  // If the purpose is unknown, a rule that only recognises the format of a diagnostic says nothing.
  if (purpose === undefined) return rule.precedence > precedence.shape + 10;
  return rule.purposes.includes(purpose);
}

/** A tool that crashes with its own exception has failed at its purpose, so it gets the verdict of that purpose. */
const crashedTool: Partial<Record<Purpose, Verdict>> = {
  test: failedTest,
  lint: lintSettings,
  compile: refusedText,
  contract: brokenContract,
  database: machinery.refused,
  forge: remote.settings,
};
const crashes = new Set(['node.uncaught', 'node.uncaught-words', 'python.crash', 'ruby.crash', 'php.crash']);

function ofMatch(match: Match, purpose: Purpose | undefined): Candidate {
  const { id } = match.rule;
  const is = asPurposeSays(match.rule, purpose);
  return {
    id,
    is,
    score: match.rule.precedence,
    confidence: confidenceOf(match.rule.precedence),
    at: match.at,
    match,
  };
}

function asPurposeSays({ id, is }: Rule, purpose: Purpose | undefined): Verdict {
  if (purpose === undefined) return is;
  if (crashes.has(id)) return crashedTool[purpose] ?? is;
  // For an installer, a server that does not answer is a registry.
  const isAway = is.failureClass === 'orchestration_error' && is.category === 'transient';
  return purpose === 'install' && isAway && isNetwork.test(id) ? registryAway : is;
}

const isNetwork = /^(?:git\.remote|provider|http)/;

function confidenceOf(score: number): number {
  if (score >= precedence.lint - 20) return 0.95;
  if (score >= precedence.orchestration - 20) return 0.9;
  return score >= precedence.crash - 20 ? 0.75 : 0.6;
}

const remotePurposes = new Set<Purpose | undefined>(['provider', 'forge']);

/** A status that the output only mentions has little weight if no remote service was called. */
function ofHttp({ failure, answer, purpose }: Reading): Candidate[] {
  const said = badAnswer(failure);
  if (said) {
    return [{ id: 'http.bad-body', is: said, score: precedence.orchestration - 40, confidence: 0.85, at: 0 }];
  }
  const is = answer.status === undefined ? undefined : verdictOfStatus(answer.status);
  if (!is) return [];
  const isAnswer =
    failure.httpStatus !== undefined || remotePurposes.has(purpose) || failure.component === 'agent';
  const score = isAnswer ? precedence.orchestration - 30 : precedence.shape - 30;
  return [{ id: `http.${answer.status}`, is, score, confidence: isAnswer ? 0.95 : 0.5, at: 0 }];
}

function ofEnd(failure: FailureCase): Candidate[] {
  return endRules
    .filter((rule) => rule.holds(failure))
    .map(({ id, is, confidence, precedence: score }) => ({ id, is, score, confidence, at: 0 }));
}

function finished(decided: Candidate, matches: readonly Match[], reading: Reading): Classification {
  const context: FailureContext = {};
  if (decided.match) {
    addGroups(context, decided.match.groups);
    addNear(context, reading.text, decided.match);
    const family = decided.id.split('.')[0];
    for (const match of matches) {
      const isKin =
        match.rule.id.split('.')[0] === family && match.rule.is.failureClass === decided.is.failureClass;
      if (isKin) addGroups(context, match.groups);
    }
  }
  addLoose(context, decided.is, { text: reading.text, at: decided.at, failure: reading.failure });
  if (wantsAnswer(decided, reading)) addAnswer(context, reading.answer);
  const { failureClass, category, retryable, type } = decided.is;
  return {
    failureClass,
    category,
    retryable,
    type,
    recoverability: recoverabilityOf(decided.is),
    severity: severityOf(decided.is),
    context,
    rule: decided.id,
    confidence: decided.confidence,
  };
}

function wantsAnswer({ is, id }: Candidate, { failure, purpose }: Reading): boolean {
  if (failure.httpStatus !== undefined || id.startsWith('http.') || id.startsWith('provider.')) return true;
  const isRemote = ['orchestration_error', 'budget_exceeded', 'timeout'].includes(is.failureClass);
  return isRemote && (remotePurposes.has(purpose) || failure.component === 'agent' || purpose === 'git');
}

function recoverabilityOf({ failureClass, category }: Verdict): Recoverability {
  if (category === 'transient') return 'recoverable';
  // An agent can fix these.
  if (['compile_error', 'contract_violation', 'test_fail', 'lint_error'].includes(failureClass))
    return 'recoverable';
  // Another provider, model or agent may succeed.
  if (failureClass === 'budget_exceeded' || category === 'external') return 'degradable';
  return 'fatal';
}

function severityOf({ failureClass, category }: Verdict): Severity {
  if (failureClass === 'budget_exceeded') return 'high';
  if (category === 'transient' || failureClass === 'lint_error') return 'low';
  return category === 'configuration' ? 'high' : 'medium';
}

const noFailure: Classification = {
  ...unexplained.crash,
  recoverability: 'recoverable',
  severity: 'low',
  context: {},
  rule: 'no_failure',
  confidence: 0.95,
};
