// One test file: run by node, its TAP read and kept.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Parser } from 'tap-parser';

/** How long a file whose test was broken off may take to end. */
const END_MS = 10_000;

/**
 * Runs `file` (relative to `root`) and counts its leaf assertions. A file that ends badly outside of any assertion (a timeout, a
 * crash, a missing plan) counts as one failure.
 */
export async function runTapFile({ root, file, folder, timeoutSeconds }) {
  const began = performance.now();
  const test = spawn(process.execPath, [file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(timeoutSeconds) },
  });
  // tap breaks a test off that takes longer; this is for a process that no longer gets to it.
  const patience = setTimeout(() => test.kill('SIGKILL'), timeoutSeconds * 1000 + END_MS);

  const counts = { passed: 0, failed: 0, skipped: 0, failures: [], skips: [] };
  const parser = new Parser();
  countLeaves(parser, [], counts);
  test.stdout.pipe(createWriteStream(path.join(folder, `${file.replaceAll('/', '.')}.tap`)));
  test.stdout.pipe(parser);
  const exit = new Promise((resolve) => {
    test.on('close', (code, signal) => resolve(signal ?? code));
  });
  const complete = new Promise((resolve) => parser.on('complete', resolve));
  const [how, results] = await Promise.all([exit, complete]);
  clearTimeout(patience);
  if ((how !== 0 || !results.ok) && counts.failed === 0) {
    counts.failed++;
    counts.failures.push({
      name: 'the file as a whole',
      diag: { exit: how, ...results.failures[0]?.diag, bailout: results.bailout },
    });
  }
  return { ...counts, seconds: (performance.now() - began) / 1000 };
}

/** Leaf assertions only: a subtest counts by what is in it, unless it failed with nothing failing inside. */
function countLeaves(test, names, counts) {
  let closesChild = false;
  let failedBefore = 0;
  test.on('child', (child) => {
    closesChild = true;
    failedBefore = counts.failed;
    countLeaves(child, [...names, child.name], counts);
  });
  test.on('assert', (result) => {
    const summary = closesChild && !('skip' in result && result.skip);
    closesChild = false;
    if (result.skip) {
      counts.skipped++;
      counts.skips.push(`${[...names, result.name].join(' › ')}: ${result.skip}`);
    } else if (result.ok || result.todo) counts.passed += summary ? 0 : 1;
    else if (!summary || counts.failed === failedBefore) {
      counts.failed++;
      counts.failures.push({ name: [...names, result.name].join(' › '), diag: result.diag });
    }
  });
}
