// Checks the JSDoc of exported functions: every parameter typed, a return type, and no any, *, Object or Function.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const config = JSON.parse(readFileSync(new URL('types.json', import.meta.url), 'utf8'))
const files = config.roots
  .flatMap(root => readdirSync(root, { recursive: true }).map(name => join(root, name)))
  .filter(name => name.endsWith('.js') && !config.exclude.some(prefix => name.startsWith(prefix)))
  .sort()

const problems = []
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const report = message => problems.push(`${file}: ${message}`)
  for (const [, doc = '', name, list] of text.matchAll(
    /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?export (?:async )?function (\w+)\(([^)]*)\)/g,
  )) {
    const names = list.split(',').map(part => part.trim().split(/[ =]/)[0]).filter(Boolean)
    for (const param of names) {
      if (!new RegExp(`@param \\{[^}]+\\} \\[?${param}\\b`).test(doc)) report(`${name}: parameter ${param} has no type`)
    }
    if (!/@returns \{[^}]+\}/.test(doc)) report(`${name}: no return type`)
  }
  if (config.allowAny.includes(file)) continue
  for (const [, type] of text.matchAll(/@(?:param|returns|type|property) \{([^}]+)\}/g)) {
    if (/(^|[^\w])(any|Object|Function)([^\w]|$)|\*/.test(type)) report(`type {${type}} says nothing`)
  }
}

for (const problem of problems) console.error(problem)
console.log(`${files.length} files, ${problems.length} problems, ${config.knownProblems} known`)
process.exitCode = problems.length > config.knownProblems ? 1 : 0
