import t from 'tap';
import { toleratesTaint } from '../../../src/api/index.js';

void t.test('a toleration opens the taints that it names', (t) => {
  const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
  for (const [expected, toleration] of [
    [true, { key: 'dedicated', operator: 'Equal', value: 'db' }],
    [true, { key: 'dedicated', value: 'db' }],
    [true, { key: 'dedicated', operator: '', value: 'db', effect: '' }],
    [true, { key: 'dedicated', operator: 'Exists' }],
    [true, { operator: 'Exists' }],
    [true, { operator: 'Exists', effect: 'NoSchedule' }],
    [false, { operator: 'Exists', effect: 'NoExecute' }],
    [false, { key: 'dedicated', operator: 'Equal', value: 'web' }],
    [false, { key: 'dedicated', operator: 'Equal' }],
    [false, { key: 'other', operator: 'Exists' }],
    [false, { operator: 'Equal', value: 'db' }],
  ] as const)
    t.equal(toleratesTaint(toleration, taint), expected, JSON.stringify(toleration));
  t.ok(
    toleratesTaint({ key: 'gpu' }, { key: 'gpu', effect: 'NoSchedule' }),
    'no value is the empty one',
  );
  t.end();
});
