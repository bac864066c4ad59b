import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { applyStrategicMergePatch } from '../../../src/api/patch/index.js';
import type { StrategicCase } from './strategic-cases.js';
import { STRATEGIC_CASES, STRATEGIC_ERRORS } from './strategic-cases.js';

const KUBECTL = process.env['KUBACTOR_KUBECTL'] ?? 'kubectl';
const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-smp-'));
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      KUBECTL,
      args,
      { env: { ...process.env, KUBECONFIG: '/dev/null' } },
      (error, stdout, stderr) => {
        resolve({ failed: error !== null, stdout, stderr });
      },
    );
  });
}

/** Runs the case through kubectl; `place` keeps the files of cases apart. */
function patchWithKubectl(each: StrategicCase, place: string): Promise<Outcome> {
  const file = path.join(folder, `${place}.json`);
  writeFileSync(file, JSON.stringify(each.object));
  const patch = JSON.stringify(each.patch);
  return run('patch', '--local', '--type=strategic', '-f', file, '-p', patch, '-o', 'json');
}

/** kubectl decodes into Go's types and back: it adds empty parts, and drops fields that are zero. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([key, each]) => [key, withoutEmpty(each)] as const)
    .filter(([key, each]) => key !== 'creationTimestamp' && !isEmpty(each));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

const version = await run('version', '--client');
const skip =
  version.failed && `there is no kubectl to compare with (${KUBECTL}; see KUBACTOR_KUBECTL)`;

void t.test('strategic merge patch does what kubectl does', { skip }, async (t) => {
  for (const [index, each] of STRATEGIC_CASES.entries()) {
    const expected = await patchWithKubectl(each, `case-${String(index)}`);
    t.equal(expected.stderr, '', `${each.name}: kubectl takes it`);
    const before = JSON.stringify(each.object);
    const found = applyStrategicMergePatch(each.model, each.object, each.patch);
    t.same(
      found.ok && withoutEmpty(found.value),
      withoutEmpty(JSON.parse(expected.stdout)),
      each.name,
    );
    t.equal(JSON.stringify(each.object), before, `${each.name}: the object is not changed`);
  }
  for (const [index, each] of STRATEGIC_ERRORS.entries()) {
    const expected = await patchWithKubectl(each, `error-${String(index)}`);
    const found = applyStrategicMergePatch(each.model, each.object, each.patch);
    const message = found.ok ? 'no error' : found.error.message;
    t.equal(expected.stderr.trim(), `error: ${message}`.trim(), each.name);
  }
});
