// Money and allowances of model providers and forges.

import { precedence, type Rule } from '../../match/rule.ts';
import { providerCallers } from '../../purpose/provider-callers.ts';
import { moneyGone, remote } from '../../verdicts.ts';

const { budget } = precedence;

export const providerMoneyRules: readonly Rule[] = [
  {
    id: 'provider.money',
    is: moneyGone,
    precedence: budget,
    components: providerCallers,
    line: /insufficient_(?:quota|balance|user_quota|funds)|[Cc]redit balance is too low|billing_error|billing_not_active|not active, please check your billing|BILLING_DISABLED|billing account .{0,80}(?:closed|disabled|suspended|delinquent)|unpaid (?:invoice|balance)|(?:payment|invoice|account|balance) is past due|(?:used up|exceeded|exhausted) (?:\w{1,20} ){0,3}(?:free|daily|monthly) (?:free )?allocation|exceeded your current quota|billing[_ ]hard[_ ]limit|[Ii]nsufficient (?:credits|balance|Balance|funds)|[Bb]udget has been exceeded|\bbudget_exceeded\b|BudgetExceededError|[Pp]ayment [Rr]equired|\b(?:spending|spend) limit|(?:usage|weekly|session|monthly|daily|5-hour|Opus|Claude AI usage) limit (?:has been |was )?(?:reached|exceeded|hit)|(?:You've|You have) (?:hit|reached|exceeded) your (?!(?:\w+ ){0,3}rate limit)(?:\w+ ){0,4}limit|reached your specified (?:workspace )?API usage limits|requires more credits|[Kk]ey limit exceeded|ServiceQuotaExceeded|reached its service quota|exceeded your monthly|account payments have failed|out of (?:credits|extra usage)|(?:purchase|add|buy) (?:more )?credits|[Cc]redits (?:are )?exhausted|negative balance|(?:quota|credit|budget)_(?:exceeded|exhausted)|[Aa]rrearage|budget (?:limit (?:reached|exceeded)|exhausted|is used up)|No credits|premium requests|limit: 0, model|any credits|[Qq]uota exceeded\. Check|PerDay|[Tt]oo many (?:tokens|requests|neurons) per day/,
    unless: 'secondary rate limit',
    from: 'Anthropic, OpenAI, OpenRouter, DeepSeek, LiteLLM, GitHub',
    sample:
      '{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}',
  },
  {
    id: 'provider.quota-of-the-minute',
    is: remote.passing,
    precedence: budget + 2,
    components: providerCallers,
    line: /\b(?<code>RESOURCE_EXHAUSTED)\b/,
    also: 'PerMinute',
    from: 'Google',
    sample:
      '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]}}',
    reads: { errorCode: 'RESOURCE_EXHAUSTED' },
  },
  {
    id: 'provider.quota-with-delay',
    is: remote.passing,
    precedence: budget + 1,
    components: providerCallers,
    line: /\b(?<code>RESOURCE_EXHAUSTED)\b/,
    also: 'retryDelay',
    unless: 'PerDay',
    from: 'Google',
    sample: '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"34s"}]}}',
    reads: { errorCode: 'RESOURCE_EXHAUSTED', retryAfterS: 34 },
  },
];
