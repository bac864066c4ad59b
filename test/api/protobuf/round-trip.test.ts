import t from 'tap';
import { decodeKubernetesProtobuf, encodeKubernetesProtobuf } from '../../../src/api/index.js';
import { groupVersionOf } from '../../../src/api/index.js';
import { findModel, modelNames, modelOfKind } from '../../../src/api/scheme/model.js';
import { randomObject } from '../random-model.js';
import { withZeros } from './zeros.js';

const seed = Number(process.env['KUBACTOR_SEED'] ?? 1136);
const OBJECTS_PER_MODEL = 4;

/** Every kind: the models that stand for an object of their own, with its apiVersion. */
function kinds(): { model: string; apiVersion: string; kind: string }[] {
  const found = [];
  for (const model of modelNames()) {
    const { message, goName } = findModel(model) ?? {};
    if (!message || goName === undefined) continue;
    const { group, version } = message.package;
    const apiVersion = groupVersionOf({ group: group === 'meta' ? '' : group, version });
    if (modelOfKind(apiVersion, goName) === model) found.push({ model, apiVersion, kind: goName });
  }
  return found;
}

void t.test('every message comes back from protobuf as it went in', (t) => {
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  const all = kinds();
  t.ok(all.length > 700, `${String(all.length)} messages`);
  let at = 0;
  for (const { model, apiVersion, kind } of all) {
    for (let run = 0; run < OBJECTS_PER_MODEL; run++) {
      const object = { ...randomObject(model, seed + at++), apiVersion, kind };
      const encoded = encodeKubernetesProtobuf(object);
      if (!encoded.ok) {
        t.fail(`${model}: ${encoded.error.message}`, { object });
        continue;
      }
      const decoded = decodeKubernetesProtobuf(encoded.value);
      if (!decoded.ok) {
        t.fail(`${model}: ${decoded.error.message}`, { object });
        continue;
      }
      const back = sorted(decoded.value.object);
      const expected = sorted(withZeros(model, object));
      if (JSON.stringify(back) !== JSON.stringify(expected)) t.same(back, expected, model);
      const again = encodeKubernetesProtobuf(decoded.value.object);
      if (!again.ok || !sameBytes(again.value, encoded.value)) t.fail(`${model}: other bytes`);
    }
  }
  t.end();
});

void t.test('bytes cut anywhere are refused or read, and never crash', (t) => {
  const object = { ...randomObject('V1Pod', seed), apiVersion: 'v1', kind: 'Pod' };
  const encoded = encodeKubernetesProtobuf(object);
  t.ok(encoded.ok);
  if (!encoded.ok) return;
  const codes = new Set<string>();
  for (let length = 0; length < encoded.value.length; length++) {
    const decoded = decodeKubernetesProtobuf(encoded.value.subarray(0, length));
    codes.add(decoded.ok ? 'ok' : decoded.error.code);
  }
  t.ok(codes.has('malformed'));
  t.ok(codes.has('not-protobuf'));
  t.end();
});

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The same with keys in order, so that their order does not count. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, sorted(item)]);
}
