import { listOf } from '../absent.js';
import { goQuote } from '../go-quote.js';
import type { V1CertificateSigningRequest, V1Container, V1Pod } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkContainerResources } from './container-resources.js';
import { forbidden, invalid } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { checkPodSpec } from './pod-spec.js';

/** core ValidatePodEphemeralContainersUpdate: they may be added, and neither changed nor removed. */
export function checkEphemeralContainers(pod: V1Pod, old: V1Pod, errors: Errors): void {
  const field = 'spec.ephemeralContainers';
  checkPodSpec(pod.spec, 'spec', errors);
  const wanted = new Map(listOf(pod.spec?.ephemeralContainers).map((each) => [each.name, each]));
  for (const container of listOf(old.spec?.ephemeralContainers)) {
    const found = wanted.get(container.name);
    const refuse = (what: string): void => {
      const text = `existing ephemeral containers ${goQuote(container.name)} may not be ${what}\n`;
      errors.push(forbidden(field, text));
    };
    if (found === undefined) refuse('removed');
    else if (!semanticEqual(found, container)) refuse('changed');
  }
}

/** core ValidatePodResize: containers may ask for more or less, within the pod's class of service. */
export function checkResize(pod: V1Pod, old: V1Pod, errors: Errors): void {
  const { phase } = old.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded')
    errors.push(forbidden('', 'finished pod cannot be resized'));
  for (const part of ['containers', 'initContainers'] as const) {
    listOf<V1Container>(pod.spec?.[part]).forEach(({ resources }, index) => {
      const field = `spec.${part}[${String(index)}].resources`;
      checkContainerResources(resources, field, errors);
      const before = listOf<V1Container>(old.spec?.[part])[index]?.resources;
      for (const kind of ['requests', 'limits'] as const) {
        const fixed = (list: Readonly<Record<string, string>> = {}): object =>
          Object.fromEntries(Object.entries(list).filter(([name]) => !RESIZABLE.has(name)));
        if (semanticEqual(fixed(resources?.[kind]), fixed(before?.[kind]))) continue;
        errors.push(forbidden('spec', 'only cpu and memory resources are mutable'));
      }
    });
  }
}

const RESIZABLE: ReadonlySet<string> = new Set(['cpu', 'memory']);

/** certificates ValidateCertificateSigningRequestApprovalUpdate. */
export function checkApproval(
  request: V1CertificateSigningRequest,
  old: V1CertificateSigningRequest,
  errors: Errors,
): void {
  const field = 'status.conditions';
  const types = (of: V1CertificateSigningRequest): string[] =>
    listOf(of.status?.conditions).map((each) => each.type);
  const found = types(request);
  if (found.includes('Approved') && found.includes('Denied'))
    errors.push(invalid(field, 'Denied', 'Approved and Denied conditions are mutually exclusive'));
  for (const type of types(old)) {
    if (!found.includes(type))
      errors.push(forbidden(field, `updates may not remove a condition of type ${goQuote(type)}`));
  }
  listOf(request.status?.conditions).forEach(({ status, type }, index) => {
    if (status === 'True' || (type !== 'Approved' && type !== 'Denied')) return;
    errors.push(invalid(`${field}[${String(index)}].status`, status, 'supported values: "True"'));
  });
}
