import type { AdmissionRequest, KubernetesObject, ReviewedUser } from '../../../api/index.js';
import type { User } from '../../authn.js';
import { dryRunValues } from '../../registry/write-options.js';
import type { AdmissionAttributes } from '../admission.js';
import { subjectOf } from './subject.js';
import type { Subject } from './subject.js';

/** What a webhook is asked about a write, in the version that it wants. */
export function admissionRequest(
  attributes: AdmissionAttributes,
  subject: Subject,
  uid: string,
  object: KubernetesObject | undefined,
  old: KubernetesObject | undefined,
): AdmissionRequest {
  const own = subjectOf(attributes);
  const { name, operation, user, dryRun } = attributes;
  return {
    uid,
    kind: subject.kind,
    resource: resourceOf(subject),
    ...(subject.subresource !== '' && { subResource: subject.subresource }),
    requestKind: own.kind,
    requestResource: resourceOf(own),
    ...(own.subresource !== '' && { requestSubResource: own.subresource }),
    ...(name !== '' && { name }),
    ...(own.namespace !== '' && { namespace: own.namespace }),
    operation,
    userInfo: reviewedUser(user),
    object: object ?? null,
    oldObject: old ?? null,
    dryRun: dryRun === true,
    options: optionsOf(attributes),
  };
}

function resourceOf({ group, version, resource }: Subject): AdmissionRequest['resource'] {
  return { group, version, resource };
}

function reviewedUser({ name, groups, uid, extra }: User): ReviewedUser {
  return {
    username: name,
    ...(uid !== undefined && { uid }),
    groups,
    ...(extra !== undefined && { extra }),
  };
}

const KINDS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions' } as const;

/** The options of the operation: those of a patch are told as those of what it comes to. A connection has none. */
function optionsOf({
  operation,
  request,
  deleteOptions,
}: AdmissionAttributes): KubernetesObject | null {
  const apiVersion = 'meta.k8s.io/v1';
  if (operation === 'CONNECT') return null;
  if (operation === 'DELETE') return { ...deleteOptions, kind: 'DeleteOptions', apiVersion };
  const { fieldManager, fieldValidation } = request?.query ?? {};
  const dryRun = request === undefined ? [] : dryRunValues(request);
  return {
    kind: KINDS[operation],
    apiVersion,
    ...(dryRun.length > 0 && { dryRun }),
    ...(fieldManager !== undefined && { fieldManager }),
    ...(fieldValidation !== undefined && { fieldValidation }),
  };
}
