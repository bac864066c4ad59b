import {
  assertDefined,
  randomBelow,
  randomChance,
  randomPick,
  seededRandom,
} from '../../src/base/index.js';
import type { Random } from '../../src/base/index.js';
import type { FieldType, Scalar } from '../../src/api/scheme/field-type.js';
import { findModel } from '../../src/api/scheme/model.js';
import { formatMicroTime, formatTime } from '../../src/api/scheme/timestamp.js';

const DEPTH_MAX = 7;
/** Halved from level to level, since the types fan out. */
const FIELD_PROBABILITY = 0.8;

type Json = Record<string, unknown>;

/** A sound object of a model, in the form in which Kubernetes would write it, drawn from a seed. */
export function randomObject(model: string, seed: number): Json {
  return drawModel(model, seededRandom(seed), 0);
}

function drawModel(name: string, random: Random, depth: number): Json {
  const object: Json = {};
  for (const field of assertDefined(findModel(name), name).fields.values()) {
    if (field.name === 'apiVersion' || field.name === 'kind') continue;
    if (depth >= DEPTH_MAX || !randomChance(random, FIELD_PROBABILITY / 2 ** depth)) continue;
    const zero = field.keepsZero && field.type.type === 'scalar' && randomChance(random, 0.2);
    object[field.name] = draw(field.type, random, depth + 1, zero);
  }
  return object;
}

function draw(type: FieldType, random: Random, depth: number, zero = false): unknown {
  switch (type.type) {
    case 'scalar':
      return drawScalar(type.scalar, random, depth, zero);
    case 'model':
      return drawModel(type.model, random, depth);
    case 'list':
      return Array.from({ length: 1 + randomBelow(random, 3) }, () =>
        draw(type.item, random, depth),
      );
    case 'map': {
      const keys = ['a', 'b/c', '__proto__', 'ü'].slice(randomBelow(random, 4));
      const entries = keys.map((key) => [key, draw(type.value, random, depth)] as const);
      return Object.fromEntries(entries);
    }
  }
}

function drawScalar(scalar: Scalar, random: Random, depth: number, zero: boolean): unknown {
  const seconds = 1 + randomBelow(random, 2 ** 31);
  switch (scalar) {
    case 'string':
      return zero ? '' : randomPick(random, ['x', 'nginx:1.27', 'Größe', '日本', '"\\\n']);
    case 'boolean':
      return !zero;
    case 'int32':
    case 'int64':
      return zero ? 0 : randomPick(random, [1, -1, 443, 2 ** 31 - 1, -(2 ** 31)]);
    case 'double':
      return zero ? 0 : randomPick(random, [0.5, -1e300, 3]);
    case 'bytes':
      return zero ? '' : randomPick(random, ['AA==', 'AQI=', 'AQID', '/+8=']);
    case 'time':
      return formatTime({ seconds, nanos: 0 });
    case 'micro-time':
      return formatMicroTime({ seconds, nanos: randomBelow(random, 1_000_000) * 1000 });
    case 'int-or-string':
      return randomPick(random, [8080, 0, -1, 'http', '25%']);
    case 'quantity':
      return randomPick(random, ['0', '1', '100m', '1536Mi', '2Gi', '-5', '1e3']);
    case 'raw-extension':
    case 'fields-v1':
    case 'any':
      return { 'f:metadata': { 'f:name': {} } };
    case 'json':
      return randomPick<unknown>(random, [1, 'a', [true, null], { a: { b: [] } }]);
    case 'schema-or-bool':
      return randomChance(random, 0.5) || schema(random, depth);
    case 'schema-or-array':
      return schema(random, depth);
    case 'schema-or-string-array':
      return randomChance(random, 0.5) ? ['a', 'b'] : schema(random, depth);
    case 'string-list':
      return ['a', 'b'];
    case 'empty':
      return {};
  }
}

function schema(random: Random, depth: number): Json {
  return drawModel('V1JSONSchemaProps', random, depth + 2);
}
