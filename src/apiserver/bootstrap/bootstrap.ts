import { assert, assertDefined } from '../../base/index.js';
import { findKind } from '../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { user } from '../authn.js';
import { createObject } from '../registry/create.js';
import { guaranteedWrite } from '../registry/guaranteed-write.js';
import { jsonEqual } from '../registry/json-value.js';
import { objectKey } from '../registry/object-key.js';
import { cacheOf, timestamp } from '../registry/ports.js';
import type { RegistryPorts } from '../registry/ports.js';
import { objectOf } from '../watch-cache/cached-object.js';
import { ok } from '../../base/index.js';
import { localApiServices } from './api-services.js';
import { COMPONENT_ROLES } from './component-roles.js';
import { flowSchemas, PRIORITY_LEVELS } from './flow-control.js';
import {
  kubernetesEndpoints,
  kubernetesEndpointSlice,
  kubernetesService,
} from './kubernetes-service.js';
import { clusterRole, clusterRoleBinding } from './policy-rule.js';
import { PRIORITY_CLASSES } from './priority-classes.js';
import { USER_ROLES } from './user-roles.js';

const SYSTEM_NAMESPACES: readonly string[] = [
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
];
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
const WRITER = {
  user: user('system:apiserver', ['system:masters']),
  manager: 'kube-apiserver',
  dryRun: false,
};

/**
 * Creates what a cluster has from the start and is missing, as kube-apiserver's post-start hooks do. What is there is
 * left alone, but for roles that lack rules of this version, and the addresses of the API server. True: all is there.
 */
export async function bootstrap(ports: RegistryPorts): Promise<boolean> {
  const namespaces = SYSTEM_NAMESPACES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const roles = [...USER_ROLES, ...COMPONENT_ROLES];
  const bindings = roles.map(clusterRoleBinding).filter((binding) => binding !== undefined);
  const first = await all(
    ports,
    [...namespaces, ...roles.map(clusterRole), ...bindings, ...PRIORITY_CLASSES],
    ensure,
  );
  const now = timestamp(ports.clock);
  const described = [...localApiServices(now), ...PRIORITY_LEVELS, ...flowSchemas(now)];
  const whole = await all(ports, described, place);
  const second = await all(ports, [kubernetesService(ports.config)], ensure);
  const addresses = [kubernetesEndpoints(ports.config), kubernetesEndpointSlice(ports.config)];
  const third = await all(ports, addresses, maintain);
  return first && whole && second && third;
}

type Step = (
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
) => Promise<boolean>;

/** All at once: the store commits them together. */
async function all(
  ports: RegistryPorts,
  objects: readonly KubernetesObject[],
  step: Step,
): Promise<boolean> {
  const done = await Promise.all(
    objects.map((object) => {
      const resource = assertDefined(
        findKind(object.apiVersion ?? '', object.kind ?? ''),
        `the resource of ${object.kind ?? ''}`,
      );
      return step(ports, resource, object);
    }),
  );
  return done.every((each) => each);
}

function placeOf(
  resource: ApiResource,
  object: KubernetesObject,
): { readonly namespace: string; readonly name: string } {
  const { namespace = '', name = '' } = object.metadata ?? {};
  assert(resource.namespaced === (namespace !== ''), `${resource.resource} ${name} has no place`);
  return { namespace, name };
}

async function ensure(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
): Promise<boolean> {
  const { namespace, name } = placeOf(resource, object);
  const cached = cacheOf(ports, resource).get(objectKey(resource, namespace, name));
  if (cached !== undefined) return await addMissingRules(ports, resource, object, objectOf(cached));
  const created = await createObject(ports, resource, object, WRITER);
  if (created.ok || created.error.reason === 'AlreadyExists') return true;
  const { code, message } = created.error;
  ports.log.warn('an object of the system could not be created', {
    resource: resource.resource,
    name,
    code,
    message,
  });
  // What the store could not do is tried again; what is wrong with the object stays wrong.
  return code < 500;
}

/** Creates an object as it is to be stored, with its status; what is there is left alone. */
async function place(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
): Promise<boolean> {
  const { namespace, name } = placeOf(resource, object);
  if (cacheOf(ports, resource).get(objectKey(resource, namespace, name)) !== undefined) return true;
  const write = { resource, namespace, name, dryRun: false };
  const written = await guaranteedWrite(ports, write, (old) => {
    if (old !== undefined) return ok({ type: 'keep', object: old });
    const counted = ports.strategyOf(resource).generationOf !== undefined;
    const metadata = {
      ...object.metadata,
      uid: ports.crypto.uuid(),
      creationTimestamp: timestamp(ports.clock),
      ...(counted && { generation: 1 }),
    };
    return ok({ type: 'write', object: { ...object, metadata } });
  });
  return written.ok;
}

async function addMissingRules(
  ports: RegistryPorts,
  resource: ApiResource,
  wanted: KubernetesObject,
  found: KubernetesObject,
): Promise<boolean> {
  if (found.metadata?.annotations?.[AUTOUPDATE] !== 'true' || lacking(wanted, found).length === 0)
    return true;
  const { namespace, name } = placeOf(resource, wanted);
  const written = await guaranteedWrite(
    ports,
    { resource, namespace, name, dryRun: false },
    (old) => {
      const base = old ?? wanted;
      const rules = [...((base['rules'] ?? []) as unknown[]), ...lacking(wanted, base)];
      return ok({ type: 'write', object: { ...base, rules } });
    },
  );
  return written.ok;
}

function lacking(wanted: KubernetesObject, found: KubernetesObject): unknown[] {
  const has = (found['rules'] ?? []) as unknown[];
  return ((wanted['rules'] ?? []) as unknown[]).filter(
    (rule) => !has.some((each) => jsonEqual(each, rule)),
  );
}

/**
 * Writes the API server's own addresses whenever they differ. Past validation, which has no place for the loopback
 * address: but that is where this API server is.
 */
async function maintain(
  ports: RegistryPorts,
  resource: ApiResource,
  object: KubernetesObject,
): Promise<boolean> {
  const { namespace, name } = placeOf(resource, object);
  const written = await guaranteedWrite(
    ports,
    { resource, namespace, name, dryRun: false },
    (old) => {
      const metadata = old?.metadata ?? {
        ...object.metadata,
        uid: ports.crypto.uuid(),
        creationTimestamp: timestamp(ports.clock),
      };
      const wanted = { ...object, metadata };
      return ok(
        old !== undefined && jsonEqual(wanted, old)
          ? { type: 'keep', object: old }
          : { type: 'write', object: wanted },
      );
    },
  );
  return written.ok;
}
