import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'rolldown';

const licenseFile = /^(?:licen[cs]e|copying|notice)/i;
const inPackage = /^\0?(?<folder>.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The licences of the libraries that are built in: most of them ask for their text in every copy. */
export class BundledLicenses {
  readonly #folders = new Set<string>();

  /** Collects the libraries of one build; several builds may use it. */
  plugin(): Plugin {
    return {
      name: 'bundled-licenses',
      generateBundle: (_options, bundle) => {
        const ids = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
        for (const id of ids) {
          const folder = inPackage.exec(id)?.groups?.folder;
          if (folder) this.#folders.add(folder);
        }
      },
    };
  }

  text(): string {
    const licenses = [...this.#folders].map(licenseOf);
    return `Moose contains these libraries.\n\n${licenses.toSorted().join(`\n${'-'.repeat(80)}\n`)}`;
  }
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && licenseFile.test(basename(entry.name)))
    .map((entry) => `\n${readFileSync(join(folder, entry.name), 'utf8').trim()}\n`);
  return `${name} ${version}, ${license}\n${texts.join('')}`;
}
