import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually, withoutKubectl } from './cluster.js';

const skip = withoutKubectl();

t.test('a real kubectl applies on the server’s side', { skip, timeout: 120_000 }, async (t) => {
  const cluster = new Cluster();
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-apply-'));
  t.teardown(async () => {
    await cluster.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  await cluster.start();
  const file = (replicas: number, more = ''): string => {
    const name = path.join(folder, `web-${String(replicas)}.yaml`);
    writeFileSync(name, deployment(replicas, more));
    return name;
  };
  const apply = (manifest: string, ...flags: string[]) =>
    cluster.kubectl('apply', '--server-side', '-f', manifest, ...flags);
  const managers = async (what: string): Promise<string> =>
    await cluster.kubectlOk(
      'get',
      what,
      '--show-managed-fields',
      '-o',
      'jsonpath={range .metadata.managedFields[*]}{.operation} {.manager} {.subresource};{end}',
    );

  await t.test('creates, and shows who owns what', async (t) => {
    const first = await apply(file(0));
    t.match(first, { code: 0, stdout: 'deployment.apps/web serverside-applied\n' }, first.stderr);
    t.match(await apply(file(0)), { code: 0 });
    const shown = await cluster.kubectlOk(
      'get',
      'deploy',
      'web',
      '-o',
      'yaml',
      '--show-managed-fields',
    );
    t.match(shown, /- apiVersion: apps\/v1\n +fieldsType: FieldsV1\n +fieldsV1:\n/);
    t.match(shown, /f:replicas: \{\}/);
    t.match(shown, /k:\{"name":"main"\}:\n/);
    t.match(shown, /manager: kubectl\n +operation: Apply\n/);
    t.notMatch(await cluster.kubectlOk('get', 'deploy', 'web', '-o', 'yaml'), /managedFields/);
  });

  await t.test('another manager meets a conflict, and takes over by force', async (t) => {
    const refused = await apply(file(1), '--field-manager=other');
    t.equal(refused.code, 1);
    t.match(
      refused.stderr,
      'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas',
    );
    t.match(refused.stderr, 'Please review the fields above--they currently have other managers.');
    t.match(await apply(file(1), '--field-manager=other', '--force-conflicts'), { code: 0 });
    t.match(await managers('deployment/web'), /Apply other ;/);
    t.match((await apply(file(0))).stderr, 'conflict with "other": .spec.replicas');
    t.match(await apply(file(2), '--field-manager=other', '--dry-run=server'), { code: 0 });
    const replicas = ['get', 'deploy', 'web', '-o', 'jsonpath={.spec.replicas}'];
    t.equal(await cluster.kubectlOk(...replicas), '1', 'a dry run keeps nothing');
    // kubectl scale names no manager: it is the program, under the name of its file.
    await cluster.kubectlOk('scale', 'deploy/web', '--replicas=2');
    t.match(await managers('deployment/web'), /Update kubectl\S* scale;/);
  });

  await t.test('what was applied by the client is taken over without a conflict', async (t) => {
    const map = (x: string, more = ''): string => {
      const name = path.join(folder, `map-${x}.yaml`);
      const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map\n';
      writeFileSync(name, `${head}data:\n  x: "${x}"\n${more}`);
      return name;
    };
    await cluster.kubectlOk('apply', '-f', map('1', '  y: "1"\n'));
    t.match(await managers('configmap/map'), 'Update kubectl-client-side-apply ;');
    const migrated = await apply(map('2'));
    t.match(migrated, { code: 0 }, migrated.stderr);
    t.match(await managers('configmap/map'), 'Apply kubectl ;');
    t.notMatch(await managers('configmap/map'), /client-side-apply/);
    // Nobody but kubectl writes this one, so its version stays where an apply changes nothing.
    const version = ['get', 'cm', 'map', '-o', 'jsonpath={.metadata.resourceVersion}'];
    const before = await cluster.kubectlOk(...version);
    t.match(await apply(map('2')), { code: 0 });
    t.equal(await cluster.kubectlOk(...version), before);
    const data = ['get', 'cm', 'map', '-o', 'jsonpath={.data}'];
    t.equal(await cluster.kubectlOk(...data), '{"x":"2"}', 'what is no longer applied is gone');
    t.match(await cluster.kubectl('apply', '-f', map('3')), { code: 0 }, 'and back again');
  });

  await t.test('a field that is not there is refused', async (t) => {
    const refused = await apply(file(3, '  replica: 1\n'), '--validate=false');
    t.equal(refused.code, 1);
    t.match(
      refused.stderr,
      'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
    );
  });

  await t.test('what a policy makes of an object is merged in the same way', async (t) => {
    const policy = (name: string, expression: string): string => {
      const manifest = path.join(folder, `${name}.yaml`);
      writeFileSync(manifest, mutatingPolicy(name, expression));
      return manifest;
    };
    const labels = 'Object.metadata{labels: {"mutated": "true"}}';
    const side = 'Object.spec.template.spec.containers{name: "side", image: "side:1"}';
    const template = `Object.spec.template{spec: Object.spec.template.spec{containers: [${side}]}}`;
    await cluster.kubectlOk(
      'apply',
      '-f',
      policy('side', `Object{metadata: ${labels}, spec: Object.spec{template: ${template}}}`),
    );
    const shown = '{.metadata.labels.mutated} {.spec.template.spec.containers[*].name}';
    const create = ['create', 'deploy', 'plain', '--image=nginx:1', '--replicas=0'];
    await eventually('the policy', async () => {
      const tried = await cluster.kubectlOk(
        ...create,
        '--dry-run=server',
        '-o',
        `jsonpath=${shown}`,
      );
      return tried === 'true nginx side';
    });
    await cluster.kubectlOk(...create);
    const found = await cluster.kubectlOk('get', 'deploy', 'plain', '-o', `jsonpath=${shown}`);
    t.equal(found, 'true nginx side');
    const refused = await cluster.kubectl('apply', '-f', policy('bad', 'Objekt{}'));
    t.equal(refused.code, 1);
    t.match(refused.stderr, "undeclared reference to 'Objekt' (in container '')");
    await cluster.kubectlOk('apply', '-f', policy('side', 'Object{spec: Object.spec{replica: 1}}'));
    const text =
      "policy 'side' with binding 'side' denied request: error applying patch: failed to convert patch object to typed object: .spec.replica: field not declared in schema";
    await eventually('the changed policy', async () => {
      const { stderr } = await cluster.kubectl(
        'create',
        'deploy',
        'x',
        '--image=y',
        '--dry-run=server',
      );
      return stderr.includes(text);
    });
    await cluster.kubectlOk('delete', 'mutatingadmissionpolicy', 'side');
  });
});

function mutatingPolicy(name: string, expression: string): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata:
  name: ${name}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
      - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  mutations:
    - patchType: ApplyConfiguration
      applyConfiguration:
        expression: '${expression}'
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata:
  name: ${name}
spec:
  policyName: ${name}
`;
}

function deployment(replicas: number, more: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: default
spec:
  replicas: ${String(replicas)}
${more}  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: main
          image: nginx:1.29
`;
}
