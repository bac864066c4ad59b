import t from 'tap';
import {
  definitionName,
  findModel,
  modelNames,
  modelOfKind,
} from '../../../src/api/scheme/model.js';
import type { Message } from '../../../src/api/scheme/model.js';

void t.test('every model has fields, a definition and, but for one, a protobuf form', (t) => {
  const names = modelNames();
  t.ok(names.length >= 757, `${String(names.length)} models`);
  const definitions = new Set(names.map((name) => definitionName(name)));
  t.equal(definitions.size, names.length, 'no two models share a definition');
  t.notOk(definitions.has(undefined));
  const without = names.filter((name) => findModel(name)?.message === undefined);
  t.same(without, ['VersionInfo']);
  t.end();
});

/** The names of all fields of a message, those of embedded messages among them. */
function fieldNames(message: Message): string[] {
  return message.entries.flatMap((entry) =>
    entry.type === 'field' ? [entry.field.name] : fieldNames(entry.message),
  );
}

void t.test('the message tables name every field of every model once', (t) => {
  for (const name of modelNames()) {
    const model = findModel(name);
    if (!model?.message) continue;
    const inMessage = fieldNames(model.message).sort();
    const inJson = [...model.fields.keys()].filter(
      (field) => field !== 'apiVersion' && field !== 'kind',
    );
    // Some messages have fields of their own called so (ObjectReference, Subject).
    const counted = inMessage.filter((field) => field !== 'apiVersion' && field !== 'kind');
    t.same(counted, inJson.sort(), name);
    const numbers = model.message.entries.map((entry) => entry.number);
    t.equal(new Set(numbers).size, numbers.length, `${name}: numbers`);
  }
  t.end();
});

void t.test('kinds are found by their group version, options by any', (t) => {
  t.equal(modelOfKind('v1', 'Pod'), 'V1Pod');
  t.equal(modelOfKind('v1', 'Event'), 'CoreV1Event');
  t.equal(modelOfKind('events.k8s.io/v1', 'Event'), 'EventsV1Event');
  t.equal(modelOfKind('autoscaling/v1', 'Scale'), 'V1Scale');
  t.equal(modelOfKind('apps/v1', 'DeleteOptions'), 'V1DeleteOptions');
  t.equal(modelOfKind('apps/v1', 'Pod'), undefined);
  t.equal(modelOfKind('v1', 'Nothing'), undefined);
  t.end();
});

void t.test('field facts are those of Kubernetes', (t) => {
  const numberOf = (model: string, field: string): number | undefined =>
    findModel(model)?.message?.entries.find(
      (entry) => entry.type === 'field' && entry.field.name === field,
    )?.number;
  t.equal(numberOf('V1ObjectMeta', 'managedFields'), 17);
  t.equal(numberOf('V1Container', 'envFrom'), 19);
  t.equal(numberOf('V1OwnerReference', 'name'), 3);
  t.equal(numberOf('V1JSONSchemaProps', '$schema'), 2);
  t.equal(findModel('V1DeploymentSpec')?.fields.get('replicas')?.keepsZero, true);
  t.equal(findModel('V1DeploymentSpec')?.fields.get('paused')?.keepsZero, false);
  t.equal(findModel('V1RollingUpdateDeployment')?.fields.get('maxSurge')?.keepsZero, true);
  t.same(findModel('V1ResourceRequirements')?.fields.get('limits')?.type, {
    type: 'map',
    value: { type: 'scalar', scalar: 'quantity' },
  });
  t.equal(definitionName('V1Pod'), 'io.k8s.api.core.v1.Pod');
  t.equal(definitionName('RbacV1Subject'), 'io.k8s.api.rbac.v1.Subject');
  t.equal(definitionName('V1ObjectMeta'), 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  t.end();
});
