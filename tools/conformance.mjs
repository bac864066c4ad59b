// docs/conformance.md, from the registry of names and the TAP of a test run: `node tools/conformance.mjs` after `npm test`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const document = path.join(root, 'docs/conformance.md');

/** Whether a test file, or its TAP, has tests of those names. */
export function followsConformance(file) {
  return file.includes('conformance') || file.includes('kubectl-golden');
}

/**
 * Writes the document anew where the run says something else. True: it was as it is. A test of a name that the registry does not
 * have cannot be written (its type is the registry's); one that is in two files counts as failed where either failed.
 */
export async function writeConformance(tapFolder) {
  const { CONFORMANCE } = await import(
    pathToFileURL(path.join(root, 'dist/test/apiserver/conformance/registry.js'))
  );
  const results = readResults(tapFolder);
  const text = render(CONFORMANCE, results);
  if (existsSync(document) && readFileSync(document, 'utf8') === text) return true;
  writeFileSync(document, text);
  return false;
}

function readResults(folder) {
  const results = new Map();
  for (const file of readdirSync(folder)) {
    if (!followsConformance(file)) continue;
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
    for (const line of lines) {
      const [, not, name] =
        /^\s*(not )?ok \d+ - (\[sig-.*?)(?: # time=.*)?(?: \{)?$/.exec(line) ?? [];
      if (name === undefined) continue;
      const passed = not === undefined && results.get(name) !== 'failed';
      results.set(name, passed ? 'passed' : 'failed');
    }
  }
  return results;
}

function render(registry, results) {
  const rows = [];
  const counts = { passed: 0, failed: 0, 'not yet': 0 };
  for (const [group, names] of Object.entries(registry)) {
    rows.push('', `## ${group}`, '', '| test | |', '| --- | --- |');
    for (const name of names) {
      const result = results.get(`[${group}] ${name}`) ?? 'not yet';
      counts[result]++;
      rows.push(`| ${name.replaceAll('|', '\\|')} | ${result} |`);
    }
  }
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const head = [
    '# Conformance',
    '',
    `Of Kubernetes' conformance tests, these ${total} need no container. A test of our own, with its name, follows each that is not marked`,
    '“not yet” (`test/apiserver/conformance/`, against an API server over a store in memory, with controllers and a scheduler where the name is',
    'about them, and `test/e2e/kubectl-golden.test.ts`, with the real kubectl). `npm test` writes this page from what it ran; do not edit it.',
    '',
    `**${counts.passed} passed, ${counts.failed} failed, ${counts['not yet']} not yet.**`,
  ];
  return `${[...head, ...rows].join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const same = await writeConformance(path.join(root, '.cache/tap'));
  console.log(`docs/conformance.md ${same ? 'is as it was' : 'is written anew'}`);
}
