import t from 'tap';
import { lookIntervalMs } from '../../src/io/thread/look-interval.js';

const MB = 1e6;
const CALM = {
  rssBytes: 250 * MB,
  rssBytesBefore: 250 * MB,
  rssBytesMax: 14_000 * MB,
  stallMs: 15_000,
};

t.test('how often main looks at its threads', async (t) => {
  t.equal(lookIntervalMs(CALM), 500, 'calm, with room and patience: seldom');
  t.equal(lookIntervalMs({ ...CALM, stallMs: Infinity }), 500, 'nobody is there yet');
  t.equal(lookIntervalMs({ ...CALM, rssBytesBefore: 150 * MB }), 100, 'it grows: soon again');
  t.equal(lookIntervalMs({ ...CALM, rssBytesBefore: 900 * MB }), 500, 'it shrinks');
  const roomMs = lookIntervalMs({ ...CALM, rssBytesMax: 3250 * MB });
  t.equal(Math.round(roomMs), 167, 'a sixth of the room at 3 GB a second');
  t.equal(lookIntervalMs({ ...CALM, rssBytesMax: 300 * MB }), 100, 'hardly any room');
  t.equal(lookIntervalMs({ ...CALM, rssBytesMax: 200 * MB }), 100, 'and none at all');
  t.equal(lookIntervalMs({ ...CALM, stallMs: 2000 }), 200, 'a tenth of the limit on silence');
  t.equal(lookIntervalMs({ ...CALM, stallMs: 50 }), 100);
});
