import fc from 'fast-check';
import t from 'tap';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantity,
  quantityValue,
  subtractQuantities,
} from '../../src/api/index.js';

void t.test('a quantity is written in its canonical form', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['0Ki', '0'],
    ['-0', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['.5', '500m'],
    ['1.', '1'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1500m', '1500m'],
    ['2000m', '2'],
    ['100000', '100k'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['1.1Ki', '1126400m'],
    ['0.5Ki', '512'],
    ['1023Mi', '1023Mi'],
    ['-1Gi', '-1Gi'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['12e6', '12e6'],
    ['1e-3', '1e-3'],
    ['100e4', '1e6'],
    ['1E', '1E'],
    ['1000E', '1000E'],
    ['1u', '1u'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['1000000n', '1m'],
    ['9223372036854775807', '9223372036854775807'],
    ['9Ei', '9223372036854775807'],
  ];
  for (const [text, expected] of cases) t.equal(canonicalQuantity(text), expected, text);
  t.end();
});

void t.test('text that is no quantity is refused in Kubernetes words', (t) => {
  const format =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  const cases: readonly (readonly [string, string])[] = [
    ['', format],
    ['abc', format],
    ['1.2.3', format],
    ['1 ', format],
    ['1KB', format],
    ['1K', "unable to parse quantity's suffix"],
    ['1kk', "unable to parse quantity's suffix"],
    ['1ki', "unable to parse quantity's suffix"],
    ['1e', "unable to parse quantity's suffix"],
    ['1-5', "unable to parse quantity's suffix"],
  ];
  for (const [text, error] of cases) t.same(parseQuantity(text), { ok: false, error }, text);
  t.end();
});

void t.test('quantities compare exactly, whatever their suffixes', (t) => {
  t.equal(compareQuantities(quantity('1'), quantity('1000m')), 0);
  t.ok(compareQuantities(quantity('1Ki'), quantity('1k')) > 0);
  t.ok(compareQuantities(quantity('-1'), quantity('1n')) < 0);
  t.equal(formatQuantity(addQuantities(quantity('100m'), quantity('1'))), '1100m');
  t.equal(formatQuantity(addQuantities(quantity('0'), quantity('1Gi'))), '1Gi');
  t.equal(formatQuantity(subtractQuantities(quantity('1Gi'), quantity('512Mi'))), '512Mi');
  t.equal(quantityValue(quantity('100m'), -3), 100n);
  t.equal(quantityValue(quantity('1n')), 1n);
  t.equal(quantityValue(quantity('1.5Gi')), 1536n * 1024n * 1024n);
  t.end();
});

const SUFFIXES = ['', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'E-2'];
const amounts = fc
  .tuple(fc.boolean(), fc.nat(99_999), fc.option(fc.nat(9_999)), fc.constantFrom(...SUFFIXES))
  .map(([negative, whole, fraction, suffix]) => {
    const point = fraction === null ? '' : `.${String(fraction)}`;
    return `${negative ? '-' : ''}${String(whole)}${point}${suffix}`;
  });

void t.test('quantities keep the laws of numbers', (t) => {
  const seed = Number(process.env['KUBACTOR_SEED'] ?? 1024);
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  const parameters = { seed, numRuns: 500 };
  fc.assert(
    fc.property(amounts, (text) => {
      const canonical = canonicalQuantity(text);
      return (
        canonicalQuantity(canonical) === canonical &&
        compareQuantities(quantity(text), quantity(canonical)) === 0
      );
    }),
    parameters,
  );
  fc.assert(
    fc.property(amounts, amounts, (left, right) => {
      const a = quantity(left);
      const b = quantity(right);
      const sum = addQuantities(a, b);
      const signsAgree =
        compareQuantities(sum, a) === Math.sign(Number(b.unscaled > 0n) - Number(b.unscaled < 0n));
      return (
        compareQuantities(sum, addQuantities(b, a)) === 0 &&
        compareQuantities(subtractQuantities(sum, b), a) === 0 &&
        compareQuantities(a, b) === -compareQuantities(b, a) &&
        signsAgree
      );
    }),
    parameters,
  );
  t.pass('canonical is idempotent and equal; sums commute, undo and keep the order');
  t.end();
});
