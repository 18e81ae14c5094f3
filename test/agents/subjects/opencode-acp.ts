// OpenCode again, but through the Agent Client Protocol, from one entry as a person writes it.
import { createAcpAgent } from '../../../src/agents/acp/agent.ts';
import type { AcpEntry } from '../../../src/agents/acp/entry.ts';
import { openCodeConfiguration, openCodeSwitches } from '../../../src/agents/opencode/settings.ts';
import { openCode } from './opencode.ts';
import type { Subject } from './subject.ts';

const configuration = openCodeConfiguration({
  gateway: { url: '{url}', key: '{key}', wire: 'openai-chat' },
  model: '{model}',
  outputTokensMax: 0,
});

/** The entry of a file that `MOOSE_ACP_AGENTS` names. */
export function openCodeEntry(programPath: string): AcpEntry {
  return {
    command: [programPath, 'acp'],
    wires: ['openai-chat'],
    env: {
      XDG_CONFIG_HOME: '{home}/.config',
      XDG_DATA_HOME: '{home}/.local/share',
      OPENCODE_CONFIG_CONTENT: JSON.stringify(configuration).replace(
        '"output":0',
        '"output":{output_tokens}',
      ),
      ...openCodeSwitches,
    },
    files: {
      '.config/opencode/node_modules/.keep': '',
      '.config/opencode/package-lock.json':
        '{"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}\n',
    },
  };
}

export const openCodeByProtocol: Subject = {
  ...openCode,
  create: ({ programPath, searchPath }) =>
    createAcpAgent('opencode-acp', openCodeEntry(programPath ?? 'opencode'), {
      entriesPath: 'agents.json',
      ...(searchPath ? { searchPath } : {}),
    }),
  program: 'opencode',
};
