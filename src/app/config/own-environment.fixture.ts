// For tests: prints what a process that hides its keys knows, and what other processes can see of those keys.
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { allocatorOfNode } from '../../stdx/allocator-variables.ts';
import { readConfig } from './config.ts';
import { ownEnvironment, startAgain } from './own-environment.ts';
import { secretNames } from './variables.ts';

startAgain();
const given = ownEnvironment();
const { models } = readConfig(given);
const seen = existsSync('/proc/self/environ') ? readFileSync('/proc/self/environ', 'utf8') : '';
process.stdout.write(
  JSON.stringify({
    pid: process.pid,
    options: process.execArgv,
    allocator: Object.keys(allocatorOfNode).map((name) => process.env[name] ?? null),
    args: process.argv.slice(2),
    stdin: await text(process.stdin),
    key: models.anthropic?.apiKey ?? null,
    other: given.OTHER ?? null,
    inherited: secretNames.filter((name) => process.env[name] !== undefined),
    parcel: process.env.MOOSE_HANDED_OVER ?? null,
    seen,
  }),
);
