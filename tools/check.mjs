// `npm run check`: types, lint, layers, dead code, format, package. The same as CI runs. `-- NAME…` runs some of them only.
// As many at a time as there are cores; what one of them says is shown when it has ended.
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
// The longest first. Each command is a path in node_modules.
const checks = [
  ['lint', ['.bin/oxlint', 'src', 'actors', 'test']],
  // TypeScript 7 takes a third of the time of the one that dependency-cruiser needs.
  ['types', ['typescript-7/bin/tsc', '--noEmit']],
  [
    'layers',
    [
      '.bin/depcruise',
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err',
      'src',
      'actors',
    ],
  ],
  ['package', ['.bin/publint', '--strict']],
  ['dead code', ['.bin/knip']],
  ['format', ['.bin/biome', 'ci', '--colors=off', '--diagnostic-level=error', '.']],
];

if (
  spawnSync(process.execPath, [path.join(root, 'tools/provision.mjs'), '--tests'], {
    stdio: 'inherit',
  }).status !== 0
)
  process.exit(1);
const wanted = process.argv.slice(2);
const bad = [];
const queue = checks.filter(([name]) => wanted.length === 0 || wanted.includes(name)).values();
await Promise.all(Array.from({ length: availableParallelism() }, worker));
if (bad.length > 0)
  console.log(`npm run check: ${bad.join(', ')} failed. \`npx biome format --write .\` formats.`);
process.exit(bad.length > 0 ? 1 : 0);

async function worker() {
  for (const [name, [command, ...args]] of queue) {
    const began = performance.now();
    const { status, output } = await run(command, args);
    process.stdout.write(output);
    console.log(
      `${status === 0 ? 'ok    ' : 'NOT OK'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
    );
    if (status !== 0) bad.push(name);
  }
}

function run(command, args) {
  const child = spawn(path.join(root, 'node_modules', command), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}
