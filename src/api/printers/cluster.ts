import { listOf, maybe } from '../absent.js';
import type {
  RbacV1Subject,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1Lease,
  V1Namespace,
  V1Secret,
  V1ServiceAccount,
} from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import type { Printer } from './printer.js';
import { AGE, NAME, column, since } from './printer.js';

export const namespacePrinter: Printer<V1Namespace> = {
  columns: [NAME, column('Status', 'string', 'Active or Terminating.'), AGE],
  cells: ({ metadata, status }, nowMs) => [
    metadata?.name ?? '',
    status?.phase ?? '',
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const secretPrinter: Printer<V1Secret> = {
  columns: [
    NAME,
    column('Type', 'string', 'What the secret is for.'),
    column('Data', 'string', 'How many keys it holds.'),
    AGE,
  ],
  cells: ({ metadata, type, data }, nowMs) => [
    metadata?.name ?? '',
    type ?? '',
    Object.keys(data ?? {}).length,
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const configMapPrinter: Printer<V1ConfigMap> = {
  columns: [NAME, column('Data', 'string', 'How many keys it holds.'), AGE],
  cells: ({ metadata, data, binaryData }, nowMs) => [
    metadata?.name ?? '',
    Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const serviceAccountPrinter: Printer<V1ServiceAccount> = {
  columns: [NAME, column('Secrets', 'string', 'How many secrets it may use.'), AGE],
  cells: ({ metadata, secrets }, nowMs) => [
    metadata?.name ?? '',
    listOf(secrets).length,
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const leasePrinter: Printer<V1Lease> = {
  columns: [NAME, column('Holder', 'string', 'Who holds the lease.'), AGE],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    spec?.holderIdentity ?? '',
    since(metadata?.creationTimestamp, nowMs),
  ],
};

/** Of role bindings and of cluster role bindings. */
export const roleBindingPrinter: Printer<V1ClusterRoleBinding> = {
  columns: [
    NAME,
    column('Role', 'string', 'The role that is given.'),
    AGE,
    column('Users', 'string', 'The users that have it.', { wide: true }),
    column('Groups', 'string', 'The groups that have it.', { wide: true }),
    column('ServiceAccounts', 'string', 'The service accounts that have it.', { wide: true }),
  ],
  cells: ({ metadata, roleRef, subjects }, nowMs) => {
    const { kind = '', name = '' } = maybe(roleRef) ?? {};
    return [
      metadata?.name ?? '',
      `${kind}/${name}`,
      since(metadata?.creationTimestamp, nowMs),
      subjectNames(subjects, 'User'),
      subjectNames(subjects, 'Group'),
      subjectNames(subjects, 'ServiceAccount'),
    ];
  },
};

function subjectNames(subjects: readonly RbacV1Subject[] | undefined, kind: string): string {
  return listOf(subjects)
    .filter((each) => each.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');
}

/** For resources that have no columns of their own. */
export const plainPrinter: Printer<KubernetesObject> = {
  columns: [NAME, column('Created At', 'date', 'When the object was created.')],
  cells: ({ metadata }) => [metadata?.name ?? '', metadata?.creationTimestamp ?? null],
};
