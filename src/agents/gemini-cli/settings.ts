// Gemini CLI's settings, in its own home. The repository's settings would override them if they were read: `prepare.ts`
// says why they are not.

import { join } from 'node:path';
import { writeOwnFile } from '../home-files.ts';

/**
 * The allowed tools. Not included: tools that make model calls of their own to search or fetch the web, start more
 * agents, or only plan.
 */
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
  /** True in a trusted project: then Gemini CLI does not read the worktree's GEMINI.md by itself. */
  hasAssets?: boolean;
}

/** Overwrites whatever an earlier session left there. */
export async function writeGeminiCliFiles(homePath: string, told: GeminiCliTold): Promise<void> {
  const settings = `${JSON.stringify(describeSettings(told), null, 2)}\n`;
  await writeOwnFile(homePath, join('.gemini', 'settings.json'), settings);
}

function describeSettings({ model, outputTokensMax, retriesMax, hasAssets = false }: GeminiCliTold): object {
  return {
    security: {
      auth: {
        selectedType: 'gemini-api-key',
        // If Gemini CLI checked folder trust, it would read the repository's whole `.env`, with base URLs and proxies.
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
    ...(hasAssets ? { context: { fileName: ['.moose-reads-no-such-file.md'] } } : {}),
    advanced: { ignoreLocalEnv: true },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    hooksConfig: { enabled: false },
    tools: { core: tools },
    modelConfigs: {
      // Side tasks also use the chosen, priced model, within its limit.
      customOverrides: [
        {
          match: { overrideScope: 'core' },
          modelConfig: { model, generateContentConfig: { maxOutputTokens: outputTokensMax } },
        },
      ],
    },
  };
}
