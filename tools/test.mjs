// Runs the compiled tests with tap: `npm test`, or `npm test -- NAME…` for those whose path contains a NAME.
// Tests of rooms run two at a time; then those that start daemons, two at a time too, as they mostly wait, and beside them those
// that start threads, with the longest of the daemons' as their last.
// Prints a line for each file, what failed, and as its last line `N passed, N failed`, counted from the TAP, which stays in
// .cache/tap/.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser } from 'tap-parser';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, '.cache/tap');
const counts = { passed: 0, failed: 0, skipped: 0 };

const wanted = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => path.join('dist/test', name.replace(/\.ts$/, '.js')))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
const LONGEST = 'dist/test/e2e/kill-two-hundred.test.js';
const daemons = files.filter(
  (file) => /^dist\/test\/(e2e|daemon)\//.test(file) && file !== LONGEST,
);
const threads = [
  ...files.filter((file) => file.startsWith('dist/test/io/')),
  ...files.filter((file) => file === LONGEST),
];
const rooms = files.filter((file) => !daemons.includes(file) && !threads.includes(file));
if (files.length === 0) {
  console.error(`no test matches ${wanted.join(' ')}`);
  process.exit(2);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const good = [
  await runTap('rooms', rooms, 2, 180),
  ...(await Promise.all([runTap('daemons', daemons, 2, 900), runTap('threads', threads, 1, 900)])),
].every(Boolean);
if (!good && counts.failed === 0) counts.failed++;
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = good && counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** True where every file of the list passed. */
async function runTap(name, list, jobs, timeoutSeconds) {
  if (list.length === 0) return true;
  const args = [
    'node_modules/tap/dist/esm/run.mjs',
    'run',
    '--reporter=tap',
    `--jobs=${jobs}`,
    `--timeout=${timeoutSeconds}`,
  ];
  const tap = spawn(process.execPath, [...args, ...list], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const parser = new Parser();
  parser.on('child', reportFile);
  tap.stdout.pipe(createWriteStream(path.join(folder, `${name}.tap`)));
  tap.stdout.pipe(parser);
  const exit = new Promise((resolve) => tap.on('close', resolve));
  const complete = new Promise((resolve) => parser.on('complete', resolve));
  const [code, results] = await Promise.all([exit, complete]);
  return code === 0 && results.ok;
}

/** One test file: prints its line when it ends. */
function reportFile(file) {
  const own = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  countLeaves(file, [], failures, own);
  file.on('complete', (results) => {
    if (!results.ok && own.failed === 0) {
      own.failed++; // it ended badly outside of any assertion: a timeout, a crash, a missing plan
      failures.push({
        name: 'the file as a whole',
        diag: results.failures[0]?.diag ?? results.bailout,
      });
    }
    for (const key of Object.keys(counts)) counts[key] += own[key];
    const label = file.name.replace(/^dist\/(test\/.*)\.test\.js$/, '$1');
    const seconds = ((results.time ?? 0) / 1000).toFixed(1);
    console.log(
      `${results.ok ? 'ok    ' : 'NOT OK'} ${label} (${own.passed} passed, ${seconds} s)`,
    );
    for (const failure of failures)
      console.log(`       ${failure.name}\n${JSON.stringify(failure.diag, null, 2)}`);
  });
}

/** Leaf assertions only: a subtest counts by what is in it, unless it failed with nothing failing inside. */
function countLeaves(test, names, failures, own) {
  let closesChild = false;
  let failedBefore = 0;
  test.on('child', (child) => {
    closesChild = true;
    failedBefore = own.failed;
    countLeaves(child, [...names, child.name], failures, own);
  });
  test.on('assert', (result) => {
    const summary = closesChild && !('skip' in result && result.skip);
    closesChild = false;
    if (result.skip) {
      own.skipped++;
      console.log(`skip   ${[...names, result.name].join(' › ')}: ${result.skip}`);
    } else if (result.ok || result.todo) own.passed += summary ? 0 : 1;
    else if (!summary || own.failed === failedBefore) {
      own.failed++;
      failures.push({ name: [...names, result.name].join(' › '), diag: result.diag });
    }
  });
}
