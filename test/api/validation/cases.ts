import type { KubernetesObject } from '../../../src/api/index.js';
import { setDefaults } from '../../../src/api/defaulting/index.js';
import {
  formatFieldError,
  validateCreate,
  validateUpdate,
} from '../../../src/api/validation/index.js';

export type Fields = Record<string, unknown>;

/** The errors of an object that is created with defaults, as lines. */
export function created(key: string, object: Fields): string[] {
  const copy = withDefaults(key, object);
  return validateCreate(key, copy).map(formatFieldError);
}

/** The errors of an update, as lines. */
export function updated(key: string, object: Fields, old: Fields, subresource = ''): string[] {
  const versioned = (each: Fields): KubernetesObject => {
    const copy = withDefaults(key, each);
    copy.metadata = { resourceVersion: '7', ...copy.metadata };
    return copy;
  };
  return validateUpdate(key, versioned(object), versioned(old), subresource).map(formatFieldError);
}

function withDefaults(key: string, object: Fields): KubernetesObject {
  const copy = structuredClone(object) as KubernetesObject;
  setDefaults(key, copy);
  return copy;
}

export const IN_NAMESPACE = { name: 'x', namespace: 'default' };

export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

export const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
  "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', " +
  "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
