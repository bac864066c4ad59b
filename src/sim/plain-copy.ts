import { assert, type ActorId } from '../base/index.js';
import { createFrameDecoder, createFrameEncoder } from '../codec/index.js';

/** What a thread would get of it: a copy by the codec, which refuses what is not plain data. */
export function plainCopy(config: unknown, id: ActorId): unknown {
  const encoder = createFrameEncoder('frame');
  assert(encoder.add(1, 'config', 0, config).ok, `the config of ${id} is not plain data`);
  const copy = createFrameDecoder().open(encoder.finish().bytes, [], () => false);
  assert(copy.ok && copy.value.rest.next() === undefined, `the config of ${id} cannot be read`);
  return copy.value.rest.value;
}
