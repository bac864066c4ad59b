import t from 'tap';
import { entriesAfterScale, scaleEntries } from '../../../src/api/index.js';

const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}) => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };

t.test('a scale shows who owns the replicas, and takes them away', async (t) => {
  const both = { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } };
  const parent = [
    entry('a', 'Apply', both),
    entry('b', 'Update', { 'f:spec': { 'f:paused': {} } }),
  ];
  const scale = scaleEntries(parent);
  t.strictSame(scale, [entry('a', 'Apply', REPLICAS, { apiVersion: 'autoscaling/v1' })]);
  t.strictSame(entriesAfterScale(parent, scale, 'apps/v1'), parent, 'nothing changed hands');
  const hpa = [
    entry('hpa', 'Update', REPLICAS, { apiVersion: 'autoscaling/v1', subresource: 'scale' }),
  ];
  t.strictSame(
    entriesAfterScale(parent, hpa, 'apps/v1'),
    [
      entry('a', 'Apply', { 'f:spec': { 'f:paused': {} } }),
      parent[1],
      entry('hpa', 'Update', REPLICAS, { subresource: 'scale' }),
    ].sort((a, b) => ((a?.manager ?? '') < (b?.manager ?? '') ? -1 : 1)),
  );
});

t.test('an updater that keeps the replicas keeps its entry', async (t) => {
  const parent = [entry('u', 'Update', REPLICAS)];
  t.strictSame(entriesAfterScale(parent, scaleEntries(parent), 'apps/v1'), parent);
  t.equal(entriesAfterScale(parent, undefined, 'apps/v1'), undefined);
});
