import { isUnset, listOf } from '../absent.js';
import type { V1Lease, V1Namespace, V1Node, V1Taint } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkNonNegative, checkOneOf, checkProblems } from './checks.js';
import { checkResourceList } from './container-resources.js';
import { duplicate, forbidden, invalid } from './field-error.js';
import { isCidr } from './ip-address.js';
import { labelKeyProblems, labelValueProblems } from './names.js';
import { checkFinalizerName } from './object-meta.js';

export function checkNamespace(namespace: V1Namespace, errors: Errors): void {
  listOf(namespace.spec?.finalizers).forEach((finalizer, index) => {
    const field = `spec.finalizers[${String(index)}]`;
    checkProblems(labelKeyProblems(finalizer), field, finalizer, errors);
    checkFinalizerName(finalizer, field, errors);
  });
}

/** Only one that is being deleted is Terminating, and one that is being deleted is nothing else. */
export function checkNamespaceStatus(namespace: V1Namespace, errors: Errors): void {
  const deleted = namespace.metadata?.deletionTimestamp !== undefined;
  const phase = namespace.status?.phase ?? '';
  const wanted = deleted ? 'Terminating' : 'Active';
  if (phase === wanted) return;
  const when = deleted ? 'is not empty' : 'is empty';
  const text = `may only be '${wanted}' if \`deletionTimestamp\` ${when}`;
  errors.push(invalid('status.Phase', phase, text));
}

export function checkNode(node: V1Node, errors: Errors): void {
  checkTaints(listOf(node.spec?.taints), errors);
  checkResourceList(node.status?.capacity, 'status.capacity', errors);
  checkResourceList(node.status?.allocatable, 'status.allocatable', errors);
  listOf(node.spec?.podCIDRs).forEach((cidr, index) => {
    if (isCidr(cidr)) return;
    const text = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    errors.push(invalid(`spec.podCIDRs[${String(index)}]`, cidr, text));
  });
}

export function checkNodeUpdate(node: V1Node, old: V1Node, errors: Errors): void {
  checkNode(node, errors);
  const cidrs = listOf(node.spec?.podCIDRs).join(',');
  const oldCidrs = listOf(old.spec?.podCIDRs).join(',');
  if (oldCidrs !== '' && cidrs !== oldCidrs) {
    const text = 'node updates may not change podCIDR except from "" to valid';
    errors.push(forbidden('spec.podCIDRs', text));
  }
  const oldProvider = old.spec?.providerID ?? '';
  if (oldProvider !== '' && node.spec?.providerID !== oldProvider) {
    const text = 'node updates may not change providerID except from "" to valid';
    errors.push(forbidden('spec.providerID', text));
  }
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function checkTaints(taints: readonly V1Taint[], errors: Errors): void {
  const taken = new Set<string>();
  taints.forEach((taint, index) => {
    const place = `spec.taints[${String(index)}]`;
    const { key, value = '', effect } = taint;
    checkProblems(labelKeyProblems(key), `${place}.key`, key, errors);
    checkProblems(labelValueProblems(value), `${place}.value`, value, errors);
    checkOneOf(effect, EFFECTS, `${place}.effect`, errors);
    const identity = `${effect}/${key}`;
    if (taken.has(identity)) {
      errors.push({
        ...duplicate(place, taint),
        detail: 'taints must be unique by key and effect pair',
      });
    }
    taken.add(identity);
  });
}

export function checkLease(lease: V1Lease, errors: Errors): void {
  const {
    leaseDurationSeconds: seconds,
    leaseTransitions,
    strategy,
    preferredHolder,
  } = lease.spec ?? {};
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  }
  checkNonNegative(leaseTransitions, 'spec.leaseTransitions', errors);
  if (!isUnset(preferredHolder) && isUnset(strategy)) {
    const text = 'may only be specified when `strategy` is defined';
    errors.push(forbidden('spec.preferredHolder', text));
  }
}
