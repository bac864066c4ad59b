import type { KubernetesObject } from '../object.js';
import type { FieldSelectorMatcher } from './field-selector.js';

type Fields = Record<string, string>;

interface FieldRule {
  /** Names beside metadata.name and metadata.namespace. */
  readonly fields: readonly string[];
  /** What an absent field is, where that is not empty. */
  readonly absent?: Readonly<Record<string, string>>;
}

/** In paths of the object, after which Kubernetes named the fields; see the functions below for what differs. */
const RULES: Readonly<Record<string, FieldRule>> = {
  pods: {
    fields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ],
    absent: { 'spec.hostNetwork': 'false' },
  },
  events: {
    fields: [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
  },
  'events.k8s.io/events': {
    fields: [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'reportingController',
      'type',
    ],
  },
  secrets: { fields: ['type'] },
  services: { fields: ['spec.clusterIP', 'spec.type'] },
  namespaces: { fields: ['status.phase'] },
  nodes: { fields: ['spec.unschedulable'], absent: { 'spec.unschedulable': 'false' } },
  'apps/replicasets': { fields: ['status.replicas'], absent: { 'status.replicas': '0' } },
};

/** A resource's key (see `resourceKeyOf`), or the fields that a CustomResourceDefinition names. */
export type FieldKey = string | readonly string[];

const NO_FIELDS: FieldRule = { fields: [] };

function ruleOf(key: FieldKey): FieldRule {
  if (typeof key !== 'string') return { fields: key };
  return (Object.hasOwn(RULES, key) ? RULES[key] : undefined) ?? NO_FIELDS;
}

/** The fields of an object by which its resource (see `resourceKeyOf`) can be selected. */
export function selectableFields(
  key: FieldKey,
  object: KubernetesObject,
): Readonly<Record<string, string>> {
  const fields: Fields = {
    'metadata.name': object.metadata?.name ?? '',
    'metadata.namespace': object.metadata?.namespace ?? '',
  };
  const rule = ruleOf(key);
  for (const name of rule.fields) fields[name] = textAt(object, name) ?? rule.absent?.[name] ?? '';
  if (key === 'events') fields['source'] = eventSource(object);
  if (key === 'pods' && fields['status.podIP'] === '') fields['status.podIP'] = firstPodIp(object);
  return fields;
}

/** `status.podIP` is that of `status.podIPs` too. */
function firstPodIp(object: KubernetesObject): string {
  const status = object['status'] as { podIPs?: readonly { ip?: string }[] } | undefined;
  return status?.podIPs?.[0]?.ip ?? '';
}

/** Who reported an event: its source's component, else its reportingController. */
function eventSource(object: KubernetesObject): string {
  return textAt(object, 'source.component') ?? textAt(object, 'reportingComponent') ?? '';
}

function textAt(object: KubernetesObject, path: string): string | undefined {
  let value: unknown = object;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/**
 * The error for the first field of a selector by which this resource cannot be selected:
 * `field label not supported: spec.foo`. Undefined where there is none.
 */
export function unsupportedFieldLabel(
  key: FieldKey,
  selector: FieldSelectorMatcher,
): string | undefined {
  const { fields } = ruleOf(key);
  for (const { field } of selector.requirements) {
    if (field === 'metadata.name' || field === 'metadata.namespace') continue;
    if (!fields.includes(field)) return unsupportedText(key, field);
  }
  return undefined;
}

/** Most resources have the words of the general rule; some conversions write the field's own. */
function unsupportedText(key: FieldKey, field: string): string {
  return typeof key !== 'string' || Object.hasOwn(RULES, key)
    ? `field label not supported: ${field}`
    : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}
