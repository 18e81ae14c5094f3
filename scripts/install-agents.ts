// Installs the agents in the versions that the contract suite tests, each in a separate folder outside the repository.
// Its last lines are `NAME PATH`, one for each agent.
//   node scripts/install-agents.ts [NAME …]

import { basename } from 'node:path';
import { installAgent, programsByAgent } from './agents/install-agent.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in programsByAgent));
const paths: string[] = [];

if (unknown.length > 0) {
  process.stderr.write(
    `${basename(import.meta.filename)} knows no agent ${unknown.join(', ')}; it knows ${Object.keys(programsByAgent).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else {
  for (const name of names.length > 0 ? names : Object.keys(programsByAgent)) {
    try {
      paths.push(`${name} ${await installAgent(name)}`);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  }
  process.stdout.write(paths.map((line) => `${line}\n`).join(''));
}
