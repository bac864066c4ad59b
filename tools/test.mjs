// Runs the compiled tests: `npm test`, or `npm test -- NAME…` for those whose path contains a NAME.
// Tests of rooms run two at a time; then those that start daemons, two at a time too, as they mostly wait, and beside them those
// that start threads, with the longest of the daemons' as their last, as it fills all cores. Whoever is done with its own helps
// the others.
// Each file is a process of its own, run by node: tap's runner spends half a second of processor time more on each.
// Prints a line for each file, what failed, and as its last line `N passed, N failed`, counted from the TAP, which stays in
// .cache/tap/. A run of all tests also writes docs/conformance.md, and fails where that changes it,
// unless one of those that it tells of was skipped.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { followsConformance, writeConformance } from './conformance.mjs';
import { runTapFile } from './tap-file.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, '.cache/tap');
const counts = { passed: 0, failed: 0, skipped: 0 };
let conformanceWhole = true;

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
await Promise.all([runAll(600, rooms), runAll(600, rooms)]);
await Promise.all([
  runAll(900, daemons, threads),
  runAll(900, daemons, threads),
  runAll(900, threads, daemons),
]);
if (wanted.length === 0 && conformanceWhole && !(await writeConformance(folder))) {
  console.log('NOT OK docs/conformance.md says what this run found: commit it');
  counts.failed++;
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** Runs one file after the other of these queues, taking it out: the first that is left. */
async function runAll(timeoutSeconds, ...queues) {
  for (;;) {
    const file = queues.find((queue) => queue.length > 0)?.shift();
    if (file === undefined) return;
    report(file, await runTapFile({ root, file, folder, timeoutSeconds }));
  }
}

function report(file, { passed, failed, skipped, seconds, failures, skips }) {
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
  if (skipped > 0 && followsConformance(file)) conformanceWhole = false;
  for (const skip of skips) console.log(`skip   ${skip}`);
  const label = file.replace(/^dist\/(test\/.*)\.test\.js$/, '$1');
  console.log(
    `${failed === 0 ? 'ok    ' : 'NOT OK'} ${label} (${passed} passed, ${seconds.toFixed(1)} s)`,
  );
  for (const failure of failures)
    console.log(`       ${failure.name}\n${JSON.stringify(failure.diag, null, 2)}`);
}
