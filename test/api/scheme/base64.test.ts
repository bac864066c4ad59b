import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { decodeBase64, encodeBase64 } from '../../../src/api/scheme/base64.js';

const seed = Number(process.env['KUBACTOR_SEED'] ?? 4648);

void t.test('base64 is what Node makes of it, both ways', (t) => {
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      const decoded = decodeBase64(text);
      return (
        encodeBase64(bytes) === text &&
        'bytes' in decoded &&
        Buffer.from(decoded.bytes).equals(bytes)
      );
    }),
    { seed, numRuns: 300 },
  );
  t.end();
});

void t.test('line breaks are passed over, and what does not belong is pointed at', (t) => {
  t.same(decodeBase64('AQ\r\nID'), { bytes: Uint8Array.of(1, 2, 3) });
  t.same(decodeBase64('A%=='), { illegalAt: 1 });
  t.same(decodeBase64('AQI'), { illegalAt: 3 });
  t.same(decodeBase64('A==='), { illegalAt: 1 });
  t.same(decodeBase64('AQ==AQ=='), { illegalAt: 3 });
  t.end();
});
