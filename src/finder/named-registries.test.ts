import { expect, test } from 'vitest';
import { committedFiles } from './committed-files.ts';
import { namedRegistries } from './named-registries.ts';
import { packageRegistries } from './package-registries.ts';

const [publicHost = ''] = packageRegistries['npm, pnpm, Yarn, Bun'] ?? [];

const found = (files: Record<string, string>) =>
  namedRegistries(committedFiles(Object.keys(files), new Map(Object.entries(files))));
const hostsIn = (path: string, text: string) => found({ [path]: text }).map(({ host }) => host);

test.each([
  ['.npmrc', 'registry=https://npm.example.com/\n@acme:registry = "https://acme.example.com:8443/npm"\n', 2],
  [
    '.yarnrc.yml',
    'npmRegistryServer: "https://npm.example.com"\nnpmScopes:\n  a:\n    npmRegistryServer: https://a.example.com\n',
    2,
  ],
  ['.yarnrc', 'registry "https://npm.example.com"\n', 1],
  ['bunfig.toml', '[install]\nregistry = "https://npm.example.com"\n', 1],
  [
    'pip.conf',
    '[global]\nindex-url = https://me:word@pip.example.com/simple\nextra-index-url=https://b.example.com/\n',
    2,
  ],
  ['requirements.txt', '--index-url https://pip.example.com/simple\n-i https://b.example.com\nflask\n', 2],
  ['dev-requirements.txt', '--extra-index-url=https://pip.example.com/simple\n', 1],
  [
    'pyproject.toml',
    '[project.urls]\nurl = "https://home.example.com"\n[[tool.uv.index]]\nurl = "https://pip.example.com"\n[[tool.poetry.source]]\nname = "b"\nurl = "https://b.example.com"\n[tool.black]\nurl = "https://no.example.com"\n',
    2,
  ],
  ['uv.toml', 'index-url = "https://pip.example.com"\n[[index]]\nurl = "https://b.example.com"\n', 2],
  ['Pipfile', '[[source]]\nurl = "https://pip.example.com"\n', 1],
  ['.cargo/config.toml', '[registries.own]\nindex = "sparse+https://cargo.example.com/index/"\n', 1],
  [
    'pom.xml',
    '<url>https://home.example.com</url><repositories><repository><id>a</id><url>https://maven.example.com/a</url></repository></repositories>',
    1,
  ],
  [
    '.mvn/settings.xml',
    '<mirrors><mirror><id>a</id><name>b</name><url>https://maven.example.com</url></mirror></mirrors>',
    1,
  ],
  ['build.gradle', "repositories { maven { url 'https://maven.example.com' } }", 1],
  ['settings.gradle.kts', 'maven { url = uri("https://maven.example.com") }', 1],
  ['Makefile', 'export GOPROXY ?= https://go.example.com,direct\nHOME_URL=https://home.example.com\n', 1],
  ['Dockerfile', 'ENV GOPROXY=https://go.example.com\n', 1],
])('R-SEC-6: the registries of %s are found', (path, text, count) => {
  const hosts = hostsIn(path, text);
  expect(hosts).toHaveLength(count);
  expect(hosts.join()).not.toMatch(/home|no\.|word/);
});

test('R-SEC-6: fear: public registries, placeholders, local paths and the session itself are proposed', () => {
  const text = [
    ...[
      `https://${publicHost}/`,
      'https://$' + '{HOST}/npm',
      'http://localhost:4873',
      './folder',
      'file:///x',
    ],
    ...['http://127.0.0.1:4873/', 'http://[::1]:80/'],
  ].map((address) => `registry=${address}`);
  expect(hostsIn('.npmrc', text.join('\n'))).toEqual(['127.0.0.1:4873']);
});

test('R-SEC-6: a host is proposed once, with the first file that names it, and whether it is private', () => {
  const hosts = found({
    '.npmrc': 'registry=http://registry.internal:4873\n',
    'pip.conf': 'index-url = https://pip.example.com/\nextra-index-url = http://registry.internal:4873/pip\n',
  });
  expect(hosts).toEqual([
    { host: 'registry.internal:4873', isPrivate: true, source: '.npmrc' },
    { host: 'pip.example.com', isPrivate: false, source: 'pip.conf' },
  ]);
});
