// What Gemini CLI is told in the settings of its own home. The repository's settings would win over them, were they
// read: `prepare.ts` says why they are not.

import { join } from 'node:path';
import { writeOwnFile } from '../home-files.ts';

/** Not among them: what searches or fetches the web by calls of its own, starts more agents, or only plans. */
const tools = [
  'list_directory',
  'read_file',
  'read_many_files',
  'grep_search',
  'glob',
  'replace',
  'write_file',
  'run_shell_command',
];

export interface GeminiCliTold {
  model: string;
  outputTokensMax: number;
  retriesMax: number;
}

/** What a session before this one could have left there is written over. */
export async function writeGeminiCliFiles(homePath: string, told: GeminiCliTold): Promise<void> {
  const settings = `${JSON.stringify(describeSettings(told), null, 2)}\n`;
  await writeOwnFile(homePath, join('.gemini', 'settings.json'), settings);
}

function describeSettings({ model, outputTokensMax, retriesMax }: GeminiCliTold): object {
  return {
    security: {
      auth: {
        selectedType: 'gemini-api-key',
        // Checked by it, the repository's `.env` would be read whole, with base URLs and proxies.
        useExternal: true,
      },
      folderTrust: { enabled: true },
    },
    general: {
      maxAttempts: retriesMax + 1,
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
      checkpointing: { enabled: false },
    },
    advanced: { ignoreLocalEnv: true },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    hooksConfig: { enabled: false },
    tools: { core: tools },
    modelConfigs: {
      // Its side tasks, too, go to the model that was chosen and priced, within its limit.
      customOverrides: [
        {
          match: { overrideScope: 'core' },
          modelConfig: { model, generateContentConfig: { maxOutputTokens: outputTokensMax } },
        },
      ],
    },
  };
}
