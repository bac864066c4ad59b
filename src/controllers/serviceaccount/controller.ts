import type { V1Namespace } from '../../api/index.js';
import type { ApiResult, Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isAlreadyExists,
  isNamespaceTerminating,
  keyOf,
  objectKey,
  RECONCILED,
  Resource,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';

const DEFAULT_ACCOUNT = 'default';
const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service ' +
  'IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Sees to it that each namespace has its ServiceAccount `default`, and its ConfigMap with the cluster's CA. */
export const serviceAccountController: ControllerFactory = ({
  context,
  client,
  informers,
  config,
}) => {
  const namespaces = informers.informer(Resource.namespaces);
  const accounts = informers.informer(Resource.serviceaccounts);
  const configMaps = informers.informer(Resource.configmaps);
  const reconciler = createReconciler(context, { name: 'serviceaccount' }, reconcile);
  const enqueue = (namespace: V1Namespace): void => {
    reconciler.enqueue(objectKey(namespace));
  };
  const enqueueNamespaceOf =
    (name: string) =>
    (object: { metadata?: { name?: string; namespace?: string } }): void => {
      if (object.metadata?.name === name) reconciler.enqueue(object.metadata.namespace ?? '');
    };
  namespaces.addHandler({
    onAdd: enqueue,
    onUpdate: (_old, namespace) => {
      enqueue(namespace);
    },
  });
  accounts.addHandler({ onDelete: enqueueNamespaceOf(DEFAULT_ACCOUNT) });
  const rootCaChanged = enqueueNamespaceOf(ROOT_CA);
  configMaps.addHandler({
    onUpdate: (_old, configMap) => {
      rootCaChanged(configMap);
    },
    onDelete: rootCaChanged,
  });

  async function reconcile(key: string): Promise<Reconciled> {
    const namespace = namespaces.get(key);
    if (namespace === undefined || namespace.metadata?.deletionTimestamp !== undefined)
      return RECONCILED;
    for (const write of [writeAccount, writeRootCa]) {
      const written = await write(key);
      if (written.ok || isAlreadyExists(written.error) || isNamespaceTerminating(written.error))
        continue;
      return { type: 'failed', error: written.error };
    }
    return RECONCILED;
  }

  async function writeAccount(namespace: string): Promise<ApiResult<unknown>> {
    const known = accounts.get(keyOf({ namespace, name: DEFAULT_ACCOUNT }));
    if (known !== undefined) return { ok: true, value: known };
    return client.create(Resource.serviceaccounts, {
      metadata: { namespace, name: DEFAULT_ACCOUNT },
    });
  }

  async function writeRootCa(namespace: string): Promise<ApiResult<unknown>> {
    const known = configMaps.get(keyOf({ namespace, name: ROOT_CA }));
    const data = { 'ca.crt': config.caPem };
    if (known === undefined) {
      const metadata = {
        namespace,
        name: ROOT_CA,
        annotations: { 'kubernetes.io/description': DESCRIPTION },
      };
      return client.create(Resource.configmaps, { metadata, data });
    }
    if (known.data?.['ca.crt'] === config.caPem) return { ok: true, value: known };
    return client.update(Resource.configmaps, { ...known, data });
  }

  return {
    name: 'serviceaccount',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};
