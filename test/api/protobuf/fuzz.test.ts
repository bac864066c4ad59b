import t from 'tap';
import { decodeKubernetesProtobuf, encodeKubernetesProtobuf } from '../../../src/api/index.js';
import { mutatedProtobuf } from '../../apiserver/fuzz/protobuf.js';
import { drawsOf } from '../../apiserver/fuzz/values.js';
import { randomObject } from '../random-model.js';

/** `FUZZ_SEED=N` replays one seed. */
const SEEDS =
  process.env['FUZZ_SEED'] === undefined ? [1, 2, 3] : [Number(process.env['FUZZ_SEED'])];
const BODIES = 200;

const KINDS = [
  ['V1Pod', 'v1', 'Pod'],
  ['V1Service', 'v1', 'Service'],
  ['V1Secret', 'v1', 'Secret'],
  ['V1Deployment', 'apps/v1', 'Deployment'],
  ['V1CustomResourceDefinition', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['V1ControllerRevision', 'apps/v1', 'ControllerRevision'],
  ['V1DeleteOptions', 'v1', 'DeleteOptions'],
] as const;

for (const seed of SEEDS)
  void t.test(
    `bodies that were sound are read or refused, and never throw: seed ${String(seed)}`,
    (t) => {
      const draw = drawsOf(seed);
      const codes = new Map<string, number>();
      for (let at = 0; at < BODIES; at++) {
        const [model, apiVersion, kind] = draw.of(KINDS);
        const object = { ...randomObject(model, draw.below(2 ** 30)), apiVersion, kind };
        const body = mutatedProtobuf(draw, object);
        const decoded = decodeKubernetesProtobuf(body);
        const code = decoded.ok ? 'ok' : decoded.error.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (!decoded.ok) continue;
        // What was read can be written, and comes back as it is.
        const again = encodeKubernetesProtobuf(decoded.value.object);
        const back = again.ok ? decodeKubernetesProtobuf(again.value) : again;
        const third = back.ok ? encodeKubernetesProtobuf(back.value.object) : back;
        const same = again.ok && third.ok && Buffer.compare(third.value, again.value) === 0;
        if (!same) t.fail(`body ${String(at)}: ${Buffer.from(body).toString('base64')}`);
      }
      const seen = JSON.stringify([...codes]);
      t.ok((codes.get('ok') ?? 0) > 0 && (codes.get('malformed') ?? 0) > 0, seen);
      t.comment(seen);
      t.end();
    },
  );
