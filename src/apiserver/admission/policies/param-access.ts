import { invalid, parseGroupVersion } from '../../../api/index.js';
import type { KubernetesObject, V1ParamKind, V1ParamRef } from '../../../api/index.js';
import type { User } from '../../authn.js';
import type { Authorizer, ResourceAttributes } from '../../authz/authorizer.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { jsonEqual } from '../../registry/json-value.js';
import { ADMITTED, nameOf } from '../admission.js';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.js';
import { paramResource } from './params.js';
import type { ParamPorts } from './params.js';

interface Written extends KubernetesObject {
  spec?: {
    readonly paramKind?: V1ParamKind;
    readonly paramRef?: V1ParamRef;
    readonly policyName?: string;
  };
}

export interface ParamAccessPorts extends Pick<ParamPorts, 'catalog'> {
  readonly authorizer: Authorizer;
  /** What a stored policy says of its parameters; undefined: there is no such policy. */
  readonly policy: (
    kind: 'validating' | 'mutating',
    name: string,
  ) => { readonly paramKind: V1ParamKind | undefined } | undefined;
}

const GROUP = 'admissionregistration.k8s.io';

/**
 * Who writes a policy or a binding must be able to read the parameters that it refers to: what a policy says of them would tell
 * their contents (registry/admissionregistration, authorize).
 */
export function paramAccess(ports: ParamAccessPorts): AdmissionPlugin {
  return {
    name: 'ParamAccess',
    async validate(attributes) {
      const { resource, subresource, object, old, request } = attributes;
      if (resource.group !== GROUP || subresource !== '' || request === undefined) return ADMITTED;
      const kind = resource.resource.startsWith('mutating') ? 'mutating' : 'validating';
      if (resource.resource === `${kind}admissionpolicies`)
        return await checkKind(ports, attributes, object, old);
      if (resource.resource !== `${kind}admissionpolicybindings`) return ADMITTED;
      const binding: Written | undefined = object;
      const policy = ports.policy(kind, binding?.spec?.policyName ?? '');
      return await checkRef(ports, attributes, object, old, policy);
    },
  };
}

async function checkKind(
  ports: ParamAccessPorts,
  attributes: AdmissionAttributes,
  object: Written | undefined,
  old: Written | undefined,
): Promise<Outcome<undefined>> {
  const kind = object?.spec?.paramKind;
  if (kind === undefined || jsonEqual(kind, old?.spec?.paramKind)) return ADMITTED;
  const { user } = attributes;
  const asked = { ...kindAttributes(ports, kind), user, verb: 'get', namespace: '*', name: '*' };
  if (await allows(ports, asked)) return ADMITTED;
  const { kind: name = '', apiVersion = '' } = kind;
  const text = `user ${userText(user)} must have "get" permission on all objects of the referenced paramKind (kind=${name}, apiVersion=${apiVersion})`;
  return forbid(attributes, 'spec.paramKind', text);
}

async function checkRef(
  ports: ParamAccessPorts,
  attributes: AdmissionAttributes,
  object: Written | undefined,
  old: Written | undefined,
  policy: ReturnType<ParamAccessPorts['policy']>,
): Promise<Outcome<undefined>> {
  const { paramRef: ref, policyName = '' } = object?.spec ?? {};
  const isOld = jsonEqual(ref, old?.spec?.paramRef) && policyName === old?.spec?.policyName;
  if (ref === undefined || isOld) return ADMITTED;
  const { user } = attributes;
  const { name = '', namespace = '' } = ref;
  const verb = name === '' ? 'list' : 'get';
  const asked = { ...kindAttributes(ports, policy?.paramKind), user, verb, namespace, name };
  if (await allows(ports, asked)) return ADMITTED;
  const text =
    policy === undefined
      ? `unable to get policy ${policyName} to determine minimum required permissions and user ${userText(user)} does not have "${verb}" permission for all groups, versions and resources`
      : `user ${userText(user)} does not have "${verb}" permission on the object referenced by paramRef`;
  return forbid(attributes, 'spec.paramRef', text);
}

/** What is not known needs rights for all that there is. */
function kindAttributes(
  ports: ParamAccessPorts,
  kind: V1ParamKind | undefined,
): Pick<ResourceAttributes, 'type' | 'group' | 'version' | 'resource' | 'subresource'> {
  const any = {
    type: 'resource',
    group: '*',
    version: '*',
    resource: '*',
    subresource: '',
  } as const;
  if (kind === undefined) return any;
  const { group, version } = parseGroupVersion(kind.apiVersion ?? '');
  const found = paramResource(ports, kind);
  return { ...any, group, version, resource: found.ok ? found.value.resource : '*' };
}

async function allows(
  { authorizer }: ParamAccessPorts,
  asked: ResourceAttributes,
): Promise<boolean> {
  return (await authorizer.authorize(asked)).decision === 'allow';
}

function forbid(
  attributes: AdmissionAttributes,
  field: string,
  detail: string,
): Outcome<undefined> {
  const error = { type: 'FieldValueForbidden', field, detail } as const;
  return refuse(invalid(attributes.resource, nameOf(attributes), [error]));
}

/** As Go prints it. */
function userText({ name, uid = '', groups, extra = {} }: User): string {
  const entries = Object.entries(extra).map(([key, values]) => `${key}:[${values.join(' ')}]`);
  return `&{${name} ${uid} [${groups.join(' ')}] map[${entries.sort().join(' ')}]}`;
}
