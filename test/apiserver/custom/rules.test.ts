import t from 'tap';
import type { Test } from 'tap';
import { MERGE_PATCH } from '../manifests.js';
import { DEFINITIONS, messageOf, worldWith } from './definitions.js';
import { CERTIFICATE, MONITOR, POLICY, ROUTE, SERVICE, ruled } from './ruled-definitions.js';
import type { ApiWorld } from '../api-world.js';

interface Kind {
  readonly kind: string;
  readonly group: string;
}

function pathOf({ kind, group }: Kind): string {
  return `/apis/${group}/v1/namespaces/default/${kind.toLowerCase()}s`;
}

/** What is answered to the creation of an object: 201, or the message. */
async function create(world: ApiWorld, of: Kind, spec: object, name = 'x'): Promise<unknown> {
  const { kind, group } = of;
  const object = { apiVersion: `${group}/v1`, kind, metadata: { name }, spec };
  const answer = await world.http('POST', `${pathOf(of)}?dryRun=All`, object);
  return answer.status === 201 ? 201 : messageOf(answer);
}

/** Creates each spec and compares what is said of it. */
async function compare(
  t: Pick<Test, 'equal'>,
  world: ApiWorld,
  of: Kind,
  cases: readonly (readonly [object, 201 | string])[],
): Promise<void> {
  for (const [spec, expected] of cases) {
    const found = await create(world, of, spec);
    const prefix = `${of.kind}.${of.group} "x" is invalid: `;
    t.equal(found, expected === 201 ? 201 : prefix + expected, JSON.stringify(spec));
  }
}

void t.test('rules in the manner of cert-manager', async (t) => {
  const world = await worldWith(CERTIFICATE);
  const of = { kind: 'Certificate', group: 'certs.example.com' };
  const secretName = 's';
  await compare(t, world, of, [
    [{ secretName, issuer: { selfSigned: {} }, duration: '2h', renewBefore: '1h' }, 201],
    [{ secretName, issuer: { acme: { server: 'https://acme.example.com/dir' } } }, 201],
    [
      { secretName, issuer: {} },
      'spec.issuer: Invalid value: exactly one kind of issuer has to be set',
    ],
    [
      { secretName, issuer: { acme: { server: 'http://acme.example.com' } } },
      'spec.issuer.acme.server: Invalid value: the server has to be an https URL',
    ],
    [
      { secretName, renewBefore: '1h', renewBeforePercentage: 10 },
      'spec.renewBeforePercentage: Forbidden: renewBefore and renewBeforePercentage exclude each other',
    ],
    [
      { secretName, duration: '1h', renewBefore: '90m' },
      'spec: Invalid value: renewBefore (90m) has to be less than duration (1h)',
    ],
    [{ secretName, usages: ['any', 'sign'] }, 'spec: Invalid value: any stands alone'],
    [
      { secretName, duration: 'soon', renewBefore: '1h' },
      `spec: Invalid value: "object": type conversion error from 'string' to 'google.protobuf.Duration' evaluating rule: ` +
        '!has(self.duration) || !has(self.renewBefore) || duration(self.renewBefore) < duration(self.duration)',
    ],
    [
      { duration: '1h', renewBefore: '2h' },
      '[spec.secretName: Required value, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]',
    ],
  ]);
  const object = { apiVersion: 'certs.example.com/v1', kind: 'Certificate' };
  const spec = { secretName, issuer: { selfSigned: {} } };
  await world.http('POST', pathOf(of), { ...object, metadata: { name: 'x' }, spec });
  const patch = { spec: { secretName: 'other' } };
  const refused = await world.http('PATCH', `${pathOf(of)}/x`, patch, MERGE_PATCH);
  t.equal(refused.status, 422);
  t.equal(
    messageOf(refused),
    'Certificate.certs.example.com "x" is invalid: spec.secretName: Invalid value: "other": secretName is immutable',
  );
  t.match(refused.body['details'], {
    causes: [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "other": secretName is immutable',
        field: 'spec.secretName',
      },
    ],
  });
  const labelled = await world.http(
    'PATCH',
    `${pathOf(of)}/x`,
    { metadata: { labels: { a: 'b' } } },
    MERGE_PATCH,
  );
  t.equal(labelled.status, 200);
});

void t.test('rules in the manner of Gateway API', async (t) => {
  const world = await worldWith(ROUTE);
  const of = { kind: 'Route', group: 'gateways.example.com' };
  const listener = { name: 'a', port: 80, protocol: 'HTTP' };
  await compare(t, world, of, [
    [{ parentRefs: [{ name: 'a' }, { name: 'b' }], path: { value: '/a%20b' } }, 201],
    [
      {
        parentRefs: [
          { name: 'a', sectionName: 'x' },
          { name: 'a', sectionName: 'y' },
        ],
      },
      201,
    ],
    [
      { parentRefs: [{ name: 'a', sectionName: 'x' }, { name: 'a' }] },
      'spec.parentRefs: Invalid value: sectionName has to be set on all references to one parent',
    ],
    [
      { parentRefs: [{ name: 'a' }, { name: 'a' }] },
      'spec.parentRefs: Invalid value: references have to be unique',
    ],
    [{ listeners: [listener, { ...listener, name: 'b', hostname: 'h' }] }, 201],
    [
      { listeners: [listener, { ...listener, name: 'b' }] },
      'spec.listeners: Invalid value: port, protocol and hostname together are unique',
    ],
    [
      { listeners: [{ ...listener, tls: {} }] },
      'spec.listeners: Invalid value: tls is for protocols that have it',
    ],
    [{ path: { value: 'a' } }, 'spec.path: Invalid value: value has to be an absolute path'],
    [
      { path: { value: '/a b' } },
      'spec.path: Invalid value: value has characters that no path has',
    ],
    [{ path: { type: 'RegularExpression', value: 'a b' } }, 201],
  ]);
});

void t.test('rules in the manner of Istio', async (t) => {
  const world = await worldWith(POLICY);
  const of = { kind: 'Policy', group: 'mesh.example.com' };
  await compare(t, world, of, [
    [{ selector: { matchLabels: { app: 'a' } }, blocks: ['192.168.0.0/16', '2001:db8::/32'] }, 201],
    [
      { selector: {}, targetRef: { name: 'a' } },
      'spec: Invalid value: only one of selector, targetRef and targetRefs can be set',
    ],
    [{ targetRef: { name: 'A' } }, 'spec.targetRef.name: Invalid value: "A": no label of DNS'],
    [
      { selector: { matchLabels: { app: 'a*' } } },
      'spec.selector.matchLabels[app]: Invalid value: "a*": wildcards are not for labels',
    ],
    [
      { blocks: ['10.1.0.0/16', 'x'] },
      '[spec.blocks[0]: Invalid value: "10.1.0.0/16": not within 10.0.0.0/8, spec.blocks[1]: Invalid value: "x": x is no CIDR]',
    ],
  ]);
  t.equal(
    await create(world, of, {}, 'a-name-that-is-too-long'),
    'Policy.mesh.example.com "a-name-that-is-too-long" is invalid: <nil>: Invalid value: Policy a-name-that-is-too-long has a name that is too long',
  );
});

void t.test('rules in the manner of Knative', async (t) => {
  const world = await worldWith(SERVICE);
  const of = { kind: 'Service', group: 'serving.example.org' };
  await compare(t, world, of, [
    [{ traffic: [{ percent: 60 }, { percent: 40 }, {}], surge: '25%' }, 201],
    [{ surge: 3 }, 201],
    [{ surge: 'many' }, 'spec: Invalid value: surge is a number or a percentage'],
    [{ traffic: [{ percent: 60 }] }, 'spec.traffic: Invalid value: traffic adds up to 60 percent'],
  ]);
  const object = { apiVersion: 'serving.example.org/v1', kind: 'Service', metadata: { name: 'x' } };
  const first = { ...object, spec: { generationSeen: 5 } };
  t.equal((await world.http('POST', pathOf(of), first)).status, 201);
  const apply = { ...object, spec: { generationSeen: 4 } };
  const type = { type: 'application/apply-patch+yaml' };
  const at = `${pathOf(of)}/x?fieldManager=a&force=true`;
  t.match(messageOf(await world.http('PATCH', at, apply, type)), 'generationSeen only grows');
  const grown = { ...object, spec: { generationSeen: 6 } };
  t.equal((await world.http('PATCH', at, grown, type)).status, 200);
});

void t.test('rules in the manner of the Prometheus operator', async (t) => {
  const world = await worldWith(MONITOR);
  const of = { kind: 'Monitor', group: 'monitoring.example.com' };
  await compare(t, world, of, [
    [{ interval: '1m', timeout: '10s', storage: '1Ti', retentionSize: '500Gi' }, 201],
    [{ interval: '10s', timeout: '1m' }, 'spec: Invalid value: timeout is at most interval'],
    [
      { basicAuth: {}, authorization: {} },
      'spec: Invalid value: basicAuth and authorization exclude each other',
    ],
    [
      { storage: 100, retentionSize: '1k' },
      'spec: Invalid value: storage has to hold retentionSize',
    ],
    [
      { extraLabels: { __x: 'a' } },
      'spec.extraLabels: Invalid value: names of labels are letters, digits and _',
    ],
  ]);
});

void t.test(
  'a definition is told what is wrong with its rules; a right one is explained',
  async (t) => {
    const world = await worldWith(CERTIFICATE);
    const wrong = ruled('Gadget', 'example.com', {
      type: 'object',
      properties: { size: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.sise > 1' }],
    });
    const refused = await world.http('POST', DEFINITIONS, wrong);
    t.equal(refused.status, 422);
    t.match(
      messageOf(refused),
      "compilation failed: ERROR: <input>:1:5: undefined field 'sise'\n | self.sise > 1\n | ....^",
    );
    t.match(
      messageOf(refused),
      'openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.sise',
    );
    const index = (await world.http('GET', '/openapi/v3')).body['paths'] as Record<
      string,
      { serverRelativeURL: string }
    >;
    const url = index['apis/certs.example.com/v1']?.serverRelativeURL ?? '';
    const document = (await world.http('GET', url)).text;
    t.match(document, 'What the certificate should be.');
    t.match(document, /"x-kubernetes-validations":\[\{[^}]*self == oldSelf/);
    const stored = await world.http('GET', `${DEFINITIONS}/certificates.certs.example.com`);
    t.match(stored.text, '"rule":"self == oldSelf"');
  },
);
