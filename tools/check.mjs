// `npm run check`: types, lint, layers, dead code, format, package. The same as CI runs. `-- NAME…` runs some of them only.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const checks = [
  ['types', ['tsc', '--noEmit']],
  ['lint', ['eslint', '--cache', '--cache-location', '.cache/eslint', 'src', 'actors', 'test']],
  [
    'layers',
    ['depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'src', 'actors'],
  ],
  ['dead code', ['knip']],
  ['format', ['biome', 'ci', '--colors=off', '--diagnostic-level=error', '.']],
  ['package', ['publint', '--strict']],
];

if (
  spawnSync(process.execPath, [path.join(root, 'tools/provision.mjs'), '--tests'], {
    stdio: 'inherit',
  }).status !== 0
)
  process.exit(1);
const wanted = process.argv.slice(2);
const bad = [];
for (const [name, [command, ...args]] of checks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const began = performance.now();
  const { status } = spawnSync(path.join(root, 'node_modules/.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
  });
  console.log(
    `${status === 0 ? 'ok    ' : 'NOT OK'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
  );
  if (status !== 0) bad.push(name);
}
if (bad.length > 0)
  console.log(`npm run check: ${bad.join(', ')} failed. \`npx biome format --write .\` formats.`);
process.exit(bad.length > 0 ? 1 : 0);
