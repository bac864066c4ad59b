import fc from 'fast-check';
import t from 'tap';
import { difference, isEmptySet, setsEqual } from '../../../src/api/apply/field-set.js';
import { fieldsOf, wholeOf } from '../../../src/api/apply/fields-of.js';
import { modelShape } from '../../../src/api/index.js';
import { NEVER_OWNED } from '../../../src/api/apply/ownership.js';
import { AppliedObject } from './apply-world.js';

const POD = modelShape('V1Pod');
const text = fc.constantFrom('a', 'b', 'c');
const some = <T>(value: fc.Arbitrary<T>, key: string) =>
  fc.option(value, { nil: undefined }).map((each) => (each === undefined ? {} : { [key]: each }));
const parts = (...each: fc.Arbitrary<object>[]) =>
  fc.tuple(...each).map((all) => Object.assign({}, ...all) as object);
const keyed = (key: string, value: fc.Arbitrary<unknown>, ...more: fc.Arbitrary<object>[]) =>
  fc.uniqueArray(
    parts(
      value.map((each) => ({ [key]: each })),
      ...more,
    ),
    {
      selector: (item) => JSON.stringify((item as Record<string, unknown>)[key]),
      maxLength: 3,
      minLength: 1,
    },
  );
const map = fc.dictionary(text, text, { minKeys: 1, maxKeys: 3 });
const container = [
  some(text, 'image'),
  some(fc.array(text, { minLength: 1, maxLength: 2 }), 'args'),
  some(keyed('name', text, some(text, 'value')), 'env'),
  some(keyed('containerPort', fc.integer({ min: 1, max: 3 }), some(text, 'name')), 'ports'),
];
const podOf = parts(
  parts(some(map, 'labels'), some(fc.uniqueArray(text, { minLength: 1 }), 'finalizers')).map(
    (metadata) => ({ metadata: { name: 'p', ...metadata } }),
  ),
  some(
    parts(
      some(keyed('name', text, ...container), 'containers'),
      some(map, 'nodeSelector'),
      some(fc.integer({ min: 1, max: 3 }), 'priority'),
    ).filter((spec) => Object.keys(spec).length > 0),
    'spec',
  ),
);
const step = fc.record({
  by: text,
  how: fc.constantFrom('apply', 'force', 'update'),
  object: podOf,
});

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

t.test(
  `random managers keep what ownership promises (SEED=${String(seed)} replays it)`,
  async (t) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const object = new AppliedObject('V1Pod');
        for (const { by, how, object: wanted } of steps) {
          const before = object.object;
          if (how === 'update') {
            object.update(by, wanted);
          } else {
            const error = object.apply(by, wanted, { force: how === 'force' });
            if (error !== undefined) {
              if (how === 'force') throw new Error(`a forced apply was refused: ${error.type}`);
              if (JSON.stringify(object.object) !== JSON.stringify(before))
                throw new Error('a refused apply changed the object');
              continue;
            }
            ownsWhatItSet(object, by, wanted);
            againChangesNothing(object, by, wanted);
          }
          ownedFieldsExist(object);
        }
      }),
      { seed, numRuns: 150 },
    );
    t.pass();
  },
);

function ownsWhatItSet(object: AppliedObject, by: string, wanted: object): void {
  const set = difference(fieldsOf(wanted, POD), NEVER_OWNED);
  const owned = object.owned(`Apply ${by}`) ?? {};
  if (!setsEqual(set, owned))
    throw new Error(`${by} owns ${JSON.stringify(owned)} and set ${JSON.stringify(set)}`);
}

function againChangesNothing(object: AppliedObject, by: string, wanted: object): void {
  const timeless = (): string =>
    JSON.stringify([
      object.object,
      object.entries
        .map((entry) => ({ ...entry, time: '' }))
        .map((entry) => JSON.stringify(entry))
        .sort(),
    ]);
  const once = timeless();
  const error = object.apply(by, wanted);
  if (error !== undefined) throw new Error(`the same apply again is refused: ${error.type}`);
  if (timeless() !== once) throw new Error('the same apply again changes something');
}

function ownedFieldsExist(object: AppliedObject): void {
  const present = wholeOf(object.object, POD);
  for (const { manager, fieldsV1 = {} } of object.entries) {
    const lost = difference(fieldsV1, present);
    if (!isEmptySet(lost))
      throw new Error(`${manager} owns what is not there: ${JSON.stringify(lost)}`);
  }
}
