import { authorizerValue, parseDateTime, resourceCheckValue } from '../cel/index.js';
import type { Decide, Mapping, Value } from '../cel/index.js';
import type { KubernetesObject } from '../object.js';
import { dynamicValue } from './dynamic-value.js';
import { AUTHORIZER, REQUEST_RESOURCE } from './expression-types.js';
import type { AdmissionRequest } from './review.js';

/** What expressions are asked about. */
export interface ExpressionSubject {
  readonly request: AdmissionRequest;
  readonly object: KubernetesObject | undefined;
  readonly oldObject: KubernetesObject | undefined;
  /** Undefined: there are none, and `params` is null. */
  readonly params?: KubernetesObject | undefined;
  /** That of the object; undefined: it lives in none, or it is not told. */
  readonly namespace?: KubernetesObject | undefined;
  readonly decide: Decide;
}

/** The values of an expression's variables, each made when it is asked for. */
export function expressionValues(subject: ExpressionSubject): (name: string) => Value | undefined {
  return (name) => {
    switch (name) {
      case 'object':
        return dynamicValue(subject.object);
      case 'oldObject':
        return dynamicValue(subject.oldObject);
      case 'request':
        return dynamicValue(withoutObjects(subject.request));
      case 'params':
        return dynamicValue(subject.params);
      case 'namespaceObject':
        return subject.namespace === undefined ? null : namespaceValue(subject.namespace);
      case AUTHORIZER:
        return authorizerValue(subject.decide);
      case REQUEST_RESOURCE:
        return requestResource(subject);
      default:
        return undefined;
    }
  };
}

function requestResource({ request, decide }: ExpressionSubject): Value {
  const { requestResource: asked, requestSubResource = '', namespace = '', name = '' } = request;
  const { group, resource } = asked;
  return resourceCheckValue(decide, {
    group,
    resource,
    subresource: requestSubResource,
    namespace,
    name,
  });
}

/** The objects are variables of their own. */
function withoutObjects(request: AdmissionRequest): object {
  const { object: _object, oldObject: _oldObject, ...rest } = request;
  return rest;
}

const HIDDEN = new Set(['managedFields', 'ownerReferences', 'selfLink']);
const TIMES = new Set(['creationTimestamp', 'deletionTimestamp', 'lastTransitionTime']);

/** A Namespace: its times are timestamps, and who owns what is not told. */
function namespaceValue(namespace: KubernetesObject): Value {
  const { metadata, spec, status } = namespace as KubernetesObject & Record<string, unknown>;
  return partValue({ metadata, spec, status });
}

function partValue(data: unknown): Value {
  if (Array.isArray(data))
    return { kind: 'list', size: data.length, at: (index) => partValue(data[index]) };
  if (typeof data !== 'object' || data === null) return dynamicValue(data);
  const fields = data as Readonly<Record<string, unknown>>;
  const keys = Object.keys(fields).filter((key) => fields[key] !== undefined && !HIDDEN.has(key));
  const mapping: Mapping = {
    kind: 'map',
    size: keys.length,
    keys: () => keys,
    get: (key) => {
      if (typeof key !== 'string' || !keys.includes(key)) return undefined;
      const value = fields[key];
      if (key === 'labels' || key === 'annotations') return dynamicValue(value);
      return TIMES.has(key) && typeof value === 'string' ? timeValue(value) : partValue(value);
    },
  };
  return mapping;
}

function timeValue(text: string): Value {
  const nanos = parseDateTime(text);
  return nanos === undefined ? text : { kind: 'timestamp', nanos };
}
