import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type MarkdownOptions } from 'vitepress';
import { anchorOf } from '../../scripts/docs/anchors.ts';
import { drawDiagram } from '../../scripts/docs/draw-diagram.ts';
import { notPages } from '../../scripts/docs/pages-of-site.ts';

// The site is made of the Markdown files of the repository, where they are. Only their addresses differ.

const rootPath = fileURLToPath(new URL('../..', import.meta.url));

/** The address of a page, from its path in the repository; index pages are called README on a forge. */
function addressOf(path: string): string {
  if (path === 'ARCHITECTURE.md') return 'concepts/architecture.md';
  return path
    .replace(/^docs\//, '')
    .replace(/README\.md$/, 'index.md')
    .toLowerCase();
}

type Extension = NonNullable<MarkdownOptions['config']>;

/** Resolves links as a forge does, from the file's path in the repository. Links to files that are not pages become text. */
const followLinks: Extension = (md) => {
  md.core.ruler.push('links-in-the-repository', (state) => {
    const from: string = state.env.realPath ?? state.env.path ?? '';
    for (const token of state.tokens.flatMap((block) => block.children ?? [])) {
      const [, target, hash = ''] = /^([^#?:]+)(#.*)?$/.exec(token.attrGet('href') ?? '') ?? [];
      if (token.type !== 'link_open' || target === undefined) continue;
      const path = relative(rootPath, join(dirname(from), target));
      if (path.endsWith('.md')) token.attrSet('href', `/${addressOf(path)}${hash}`);
      else if (existsSync(join(rootPath, path))) token.attrs = null;
    }
  });
};

/** A forge draws Mermaid diagrams itself. Here they become pictures when the site is built. */
const drawDiagrams: Extension = (md) => {
  const asCode = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info = '', content = '' } = tokens[index] ?? {};
    if (info.trim() === 'mermaid') return `<p>${drawDiagram(content)}</p>`;
    return asCode?.(tokens, index, ...rest) ?? '';
  };
};

/** All pages of a folder: the first ones in the given order, the others by name. */
function pagesIn(folder: string, first: readonly string[] = []): { text: string; link: string }[] {
  const names = readdirSync(join(rootPath, folder))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => name.slice(0, -'.md'.length))
    .sort();
  return [...new Set([...first, ...names])].map((name) => page(`${folder}/${name}.md`));
}

function page(path: string): { text: string; link: string } {
  const [, title = path] = /^# (.+)$/m.exec(readFileSync(join(rootPath, path), 'utf8')) ?? [];
  return { text: title.replaceAll('`', ''), link: `/${addressOf(path).replace(/(index)?\.md$/, '')}` };
}

const guide = [
  'getting-started',
  'install',
  'configure-a-project',
  'projects',
  'work-orders',
  'specs',
  'schedules',
  'mission-control',
  'models-and-agents',
  'cloud-models',
  'logins',
  'forges',
  'assistants',
  'learning',
];
const concepts = [
  'the-core',
  'promises',
  'when-something-goes-wrong',
  'work-orders-in-detail',
  'processes',
  'sessions',
  'money',
  'failures',
  'learning',
  'interfaces',
  'words',
];
const operations = ['limits', 'data-and-machines', 'observability', 'chaos', 'interface'];

export default defineConfig({
  title: 'Moose',
  description: 'Runs LLM coding agents on your repositories, unattended.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: '..',
  srcExclude: notPages(rootPath),
  rewrites: addressOf,
  markdown: {
    config: (md) => {
      followLinks(md);
      drawDiagrams(md);
    },
    anchor: { slugify: anchorOf },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/guide/getting-started' },
      { text: 'Concepts', link: '/concepts/architecture' },
      { text: 'Operations', link: '/operations/limits' },
      { text: 'Reference', link: '/reference/commands' },
      { text: 'Decisions', link: '/decisions/' },
    ],
    sidebar: [
      { text: 'Guide', items: pagesIn('docs/guide', guide) },
      { text: 'Concepts', items: [page('ARCHITECTURE.md'), ...pagesIn('docs/concepts', concepts)] },
      { text: 'Operations', items: pagesIn('docs/operations', operations) },
      { text: 'Reference', items: [...pagesIn('docs/reference'), page('docs/spec.md')] },
      {
        text: 'Contributing',
        items: [
          page('CONTRIBUTING.md'),
          ...pagesIn('docs/contributing'),
          ...['CHANGELOG.md', 'SECURITY.md'].map(page),
        ],
      },
      {
        text: 'Decisions',
        collapsed: true,
        items: [page('docs/decisions/README.md'), ...pagesIn('docs/decisions')],
      },
    ],
  },
});
