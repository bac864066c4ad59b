import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld } from '../api-world.js';
import { MERGE_PATCH, pod, PODS } from '../manifests.js';

const REVIEWS = '/apis/authorization.k8s.io/v1';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const jane = { commonName: 'jane', organizations: [] };

async function started(): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  return world;
}

function review(kind: string, spec: object): object {
  return { apiVersion: 'authorization.k8s.io/v1', kind, spec };
}

t.test('who may do what is told, to oneself and of others', async (t) => {
  const world = await started();
  const list = { verb: 'list', group: '', resource: 'pods', namespace: 'default' };
  const own = review('SelfSubjectAccessReview', { resourceAttributes: list });
  const url = `${REVIEWS}/selfsubjectaccessreviews`;
  t.match(await world.http('POST', url, own), { status: 201, body: { status: { allowed: true } } });
  t.match(await world.http('POST', url, own, { client: jane }), {
    status: 201,
    body: { status: { allowed: false } },
  });
  t.match(await world.http('POST', url, review('SelfSubjectAccessReview', {})), {
    status: 422,
    body: { message: /exactly one of nonResourceAttributes or resourceAttributes/ },
  });
  const ofJane = review('SubjectAccessReview', { user: 'jane', resourceAttributes: list });
  t.match(await world.http('POST', `${REVIEWS}/subjectaccessreviews`, ofJane), {
    status: 201,
    body: { status: { allowed: false } },
  });
  const rules = review('SelfSubjectRulesReview', { namespace: 'default' });
  t.match(await world.http('POST', `${REVIEWS}/selfsubjectrulesreviews`, rules), {
    status: 201,
    body: { status: { resourceRules: [{ verbs: ['*'], resources: ['*'] }], incomplete: false } },
  });
});

t.test('one is told who one is', async (t) => {
  const world = await started();
  const url = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  t.match(await world.http('POST', url, body, { client: jane }), {
    status: 201,
    body: { status: { userInfo: { username: 'jane', groups: ['system:authenticated'] } } },
  });
});

t.test('an eviction is a delete that the budget of the pod allows', async (t) => {
  const world = await started();
  const evict = (name: string): ReturnType<ApiWorld['http']> =>
    world.http('POST', `${PODS}/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name },
      deleteOptions: { gracePeriodSeconds: 0 },
    });
  const labels = { app: 'x' };
  for (const name of ['a', 'b']) {
    await world.http('POST', PODS, pod(name, { metadata: { labels } }));
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    await world.http('PATCH', `${PODS}/${name}/status`, { status }, MERGE_PATCH);
  }
  await world.http('POST', BUDGETS, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'x' },
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  });
  t.match(await evict('a'), {
    status: 429,
    body: { details: { causes: [{ message: /is still being processed by the server/ }] } },
  });
  const status = {
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 2,
    desiredHealthy: 1,
    expectedPods: 2,
  };
  await world.http('PATCH', `${BUDGETS}/x/status`, { status }, MERGE_PATCH);
  t.match(await evict('a'), { status: 201, body: { status: 'Success' } });
  t.match(await world.http('GET', `${PODS}/a`), { status: 404 });
  t.match(await evict('b'), {
    status: 429,
    body: {
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: 'DisruptionBudget' }] },
    },
  });
  t.match(await world.http('GET', `${BUDGETS}/x`), { body: { status: { disruptionsAllowed: 0 } } });
});

t.test('ephemeral containers are added, and neither changed nor removed', async (t) => {
  const world = await started();
  await world.http('POST', PODS, pod('a'));
  const url = `${PODS}/a/ephemeralcontainers`;
  const shell = { name: 'sh', image: 'busybox:1' };
  const patch = (list: object[]): ReturnType<ApiWorld['http']> =>
    world.http('PATCH', url, { spec: { ephemeralContainers: list } }, MERGE_PATCH);
  t.match(await patch([shell]), {
    status: 200,
    body: { spec: { ephemeralContainers: [{ name: 'sh' }] } },
  });
  t.match(await patch([]), {
    status: 422,
    body: { message: /existing ephemeral containers "sh" may not be removed/ },
  });
});

t.test('a signing request is decided in a place of its own', async (t) => {
  const world = await started();
  const url = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const request = btoa('-----BEGIN CERTIFICATE REQUEST-----');
  const made = await world.http('POST', url, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'a' },
    spec: { request, signerName: 'example.com/a', usages: ['client auth'], username: 'mallory' },
  });
  t.match(made, { status: 201, body: { spec: { username: 'kubernetes-admin' } } });
  const condition = { type: 'Approved', status: 'True', reason: 'Test' };
  const decided = { ...made.body, status: { conditions: [condition] } };
  t.match(await world.http('PUT', `${url}/a/approval`, decided), {
    status: 200,
    body: { status: { conditions: [{ type: 'Approved' }] } },
  });
  const undone = await world.http(
    'PATCH',
    `${url}/a/approval`,
    { status: { conditions: [] } },
    MERGE_PATCH,
  );
  t.match(undone, {
    status: 422,
    body: { message: /may not remove a condition of type "Approved"/ },
  });
});
