// Finds what a commit gives to agents: instructions in any folder, skills, and servers. Only the base commit is
// searched, so a change cannot influence the result.
import { posix } from 'node:path';
import { listFiles, readFiles, type TreeFile } from '../../../git/read/tree.ts';
import type { AgentServer } from '../../ports/agent.ts';
import { readServers, serverFiles } from './read-servers.ts';

export interface FoundSkill {
  name: string;
  description: string;
  /** Its folder in the repository. */
  folder: string;
  /** The files by their paths below that folder. */
  files: ReadonlyMap<string, string>;
}

export interface FoundAssets {
  /** By path in the repository, in order of depth. */
  instructions: ReadonlyMap<string, string>;
  skills: FoundSkill[];
  servers: AgentServer[];
  leftOut: { name: string; because: string }[];
}

const instructionNames = new Set(['AGENTS.md', 'CLAUDE.md']);
const instructionsMax = 100;
/** A longer text does not help any model, and may be paid for with every call. */
const instructionBytesMax = 128 * 1024;
const skillFolder =
  /^(\.(?:claude|agents|codex|gemini|qwen|opencode|pi)\/skills?\/([A-Za-z0-9][\w.-]{0,63}))\/SKILL\.md$/;
const skillsMax = 50;
const skillFilesMax = 200;
const skillBytesMax = 1024 * 1024;
const serverBytesMax = 128 * 1024;
const descriptionCharsMax = 500;

export async function findAssets(
  repositoryPath: string,
  commit: string,
  { agent, signal }: { agent?: string; signal?: AbortSignal } = {},
): Promise<FoundAssets> {
  const all = await listFiles(repositoryPath, commit, signal);
  const leftOut: FoundAssets['leftOut'] = [];
  const small = (files: readonly TreeFile[], bytesMax: number) =>
    files.filter(({ path, sizeBytes }) => {
      if (sizeBytes > bytesMax) leftOut.push({ name: path, because: `it has more than ${bytesMax} bytes` });
      return sizeBytes <= bytesMax;
    });
  const named = small(
    withoutCopies(all.filter(({ path }) => isInstruction(path, agent))),
    instructionBytesMax,
  );
  const wanted = named.slice(0, instructionsMax);
  for (const { path } of named.slice(instructionsMax))
    leftOut.push({ name: path, because: `only ${instructionsMax} instruction files are possible` });
  const declared = small(
    all.filter(({ path }) => serverFiles.includes(path)),
    serverBytesMax,
  );
  const skills = skillsIn(all, leftOut);
  const texts = await readFiles(
    repositoryPath,
    commit,
    [...wanted, ...declared, ...skills.flatMap(({ files }) => files)].map(({ path }) => path),
    signal,
  );
  const servers = readServers(texts);
  return {
    instructions: new Map(wanted.flatMap(({ path }) => withText(texts, path, path))),
    skills: skills.map((skill) => skillOf(skill, texts)),
    servers: servers.servers,
    leftOut: [...leftOut, ...servers.leftOut],
  };
}

const ownNames: Readonly<Record<string, string>> = { 'gemini-cli': 'GEMINI.md', 'qwen-code': 'QWEN.md' };

function isInstruction(path: string, agent = ''): boolean {
  // Such a name could look like several lines, or control a terminal.
  if (/\p{Cc}/u.test(path)) return false;
  const name = posix.basename(path);
  return instructionNames.has(name) || name === ownNames[agent];
}

/** Many repositories have the same text under two names. */
function withoutCopies(files: readonly TreeFile[]): TreeFile[] {
  const depth = ({ path }: TreeFile) => path.split('/').length;
  const seen = new Set<string>();
  return [...files]
    .sort((a, b) => depth(a) - depth(b) || a.path.localeCompare(b.path))
    .filter(({ path, objectId }) => {
      const key = `${posix.dirname(path)} ${objectId}`;
      return !seen.has(key) && seen.add(key);
    });
}

interface SkillFiles {
  name: string;
  folder: string;
  files: TreeFile[];
}

function skillsIn(all: readonly TreeFile[], leftOut: FoundAssets['leftOut']): SkillFiles[] {
  const found: SkillFiles[] = [];
  for (const { path } of all) {
    const [, folder = '', name = ''] = skillFolder.exec(path) ?? [];
    if (name === '' || found.some((skill) => skill.name === name)) continue;
    const files = all.filter((file) => file.path.startsWith(`${folder}/`));
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (files.length > skillFilesMax || bytes > skillBytesMax)
      leftOut.push({
        name: folder,
        because: `it has more than ${skillFilesMax} files or ${skillBytesMax} bytes`,
      });
    else if (found.length >= skillsMax)
      leftOut.push({ name: folder, because: `only ${skillsMax} skills are possible` });
    else found.push({ name, folder, files });
  }
  return found;
}

function skillOf({ name, folder, files }: SkillFiles, texts: ReadonlyMap<string, string>): FoundSkill {
  const content = new Map(files.flatMap(({ path }) => withText(texts, path, path.slice(folder.length + 1))));
  return { name, folder, files: content, description: descriptionIn(content.get('SKILL.md') ?? '') };
}

/** Without files that are not UTF-8. */
function withText(texts: ReadonlyMap<string, string>, path: string, as: string): [string, string][] {
  const text = texts.get(path);
  return text === undefined ? [] : [[as, text]];
}

/** The first line of the description at the head of the file; the agent itself reads longer ones. */
function descriptionIn(text: string): string {
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? '';
  const line = /^description:[ \t]*(\S.*)$/m.exec(head)?.[1] ?? '';
  return line
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, descriptionCharsMax);
}
