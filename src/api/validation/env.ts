import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1EnvFromSource,
  V1EnvVar,
  V1EnvVarSource,
  V1ObjectFieldSelector,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { invalid, notSupported, required } from './field-error.js';
import {
  configKeyProblems,
  dnsSubdomainProblems,
  envNameProblems,
  labelKeyProblems,
} from './names.js';

const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields of a pod that are known, though not all may be put into a variable. */
const POD_FIELDS: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.phase',
  'status.nominatedNodeName',
]);
const CONTAINER_AMOUNTS: ReadonlySet<string> = new Set([
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
]);

export function checkEnv(
  env: readonly V1EnvVar[] | undefined,
  field: string,
  errors: Errors,
): void {
  listOf(env).forEach((variable, index) => {
    const place = `${field}[${String(index)}]`;
    if (isUnset(variable.name)) errors.push(required(`${place}.name`));
    else checkProblems(envNameProblems(variable.name), `${place}.name`, variable.name, errors);
    if (variable.valueFrom !== undefined) {
      checkValueFrom(variable.valueFrom, variable.value, `${place}.valueFrom`, errors);
    }
  });
}

const SOURCES = [
  'fieldRef',
  'resourceFieldRef',
  'configMapKeyRef',
  'secretKeyRef',
  'fileKeyRef',
] as const;

function checkValueFrom(
  source: V1EnvVarSource,
  value: string | undefined,
  field: string,
  errors: Errors,
): void {
  const count = SOURCES.filter((name) => source[name] !== undefined).length;
  if (count === 0) {
    const text =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalid(field, '', text));
  } else if (!isUnset(value)) {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  if (source.fieldRef !== undefined) checkFieldRef(source.fieldRef, `${field}.fieldRef`, errors);
  if (source.resourceFieldRef !== undefined) {
    checkResourceField(
      maybe(source.resourceFieldRef.resource),
      `${field}.resourceFieldRef`,
      errors,
    );
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = source[name];
    if (reference !== undefined) checkKey(maybe(reference.key), `${field}.${name}.key`, errors);
  }
}

function checkKey(key: string | undefined, field: string, errors: Errors): void {
  if (key === undefined || key === '') errors.push(required(field));
  else checkProblems(configKeyProblems(key), field, key, errors);
}

function checkResourceField(resource: string | undefined, field: string, errors: Errors): void {
  if (resource === undefined || resource === '') errors.push(required(`${field}.resource`));
  else if (!CONTAINER_AMOUNTS.has(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    errors.push(notSupported(`${field}.resource`, resource, [...CONTAINER_AMOUNTS].sort()));
  }
}

function checkFieldRef(reference: V1ObjectFieldSelector, field: string, errors: Errors): void {
  const fieldPath = maybe(reference.fieldPath) ?? '';
  if (isUnset(reference.apiVersion)) errors.push(required(`${field}.apiVersion`));
  if (fieldPath === '') {
    errors.push(required(`${field}.fieldPath`));
    return;
  }
  const subscript = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null) {
    const key = subscript[2] ?? '';
    const name = subscript[1] === 'metadata.annotations' ? key.toLowerCase() : key;
    checkProblems(labelKeyProblems(name), `${field}.fieldPath`, fieldPath, errors);
  } else if (!POD_FIELDS.has(fieldPath)) {
    const text = `error converting fieldPath: field label not supported: ${fieldPath}`;
    errors.push(invalid(`${field}.fieldPath`, fieldPath, text));
  } else if (!ENV_FIELDS.includes(fieldPath)) {
    errors.push(notSupported(`${field}.fieldPath`, fieldPath, [...ENV_FIELDS].sort()));
  }
}

export function checkEnvFrom(
  sources: readonly V1EnvFromSource[] | undefined,
  field: string,
  errors: Errors,
): void {
  listOf(sources).forEach((source, index) => {
    const place = `${field}[${String(index)}]`;
    const { prefix = '', configMapRef, secretRef } = source;
    if (prefix !== '') checkProblems(envNameProblems(prefix), `${place}.prefix`, prefix, errors);
    const count = [configMapRef, secretRef].filter((each) => each !== undefined).length;
    if (count === 0) {
      errors.push(invalid(place, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (count > 1) {
      errors.push(invalid(place, '', 'may not have more than one field specified at a time'));
    }
    for (const [name, reference] of [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const) {
      if (reference === undefined) continue;
      if (isUnset(reference.name)) errors.push(required(`${place}.${name}.name`));
      else {
        const problems = dnsSubdomainProblems(reference.name ?? '');
        checkProblems(problems, `${place}.${name}.name`, reference.name, errors);
      }
    }
  });
}
