import { listOf, maybe } from '../absent.js';
import type {
  V1IPBlock,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkPort } from './checks.js';
import { forbidden, invalid, notSupported, required } from './field-error.js';
import { cidrContains, isCidr } from './ip-address.js';
import { checkLabelSelector } from './label-selector.js';

const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const TYPES = ['Egress', 'Ingress'];

/** networking ValidateNetworkPolicySpec. */
export function checkNetworkPolicy(policy: V1NetworkPolicy, errors: Errors): void {
  const { spec } = policy;
  checkLabelSelector(spec?.podSelector, 'spec.podSelector', errors);
  listOf(spec?.ingress).forEach(({ ports, from }, index) => {
    const field = `spec.ingress[${String(index)}]`;
    checkPorts(listOf(ports), `${field}.ports`, errors);
    checkPeers(listOf(from), `${field}.from`, errors);
  });
  listOf(spec?.egress).forEach(({ ports, to }, index) => {
    const field = `spec.egress[${String(index)}]`;
    checkPorts(listOf(ports), `${field}.ports`, errors);
    checkPeers(listOf(to), `${field}.to`, errors);
  });
  const types = listOf(spec?.policyTypes);
  if (types.length > TYPES.length) {
    const text = 'may not specify more than two policyTypes';
    errors.push(invalid('spec.policyTypes', types, text));
    return;
  }
  types.forEach((type, index) => {
    if (!TYPES.includes(type))
      errors.push(notSupported(`spec.policyTypes[${String(index)}]`, type, TYPES));
  });
}

function checkPorts(ports: readonly V1NetworkPolicyPort[], field: string, errors: Errors): void {
  ports.forEach((each, index) => {
    const place = `${field}[${String(index)}]`;
    const { protocol, port, endPort } = each;
    if (protocol !== undefined && !PROTOCOLS.includes(protocol))
      errors.push(notSupported(`${place}.protocol`, protocol, PROTOCOLS));
    if (port !== undefined) checkPort(port, `${place}.port`, errors);
    if (endPort === undefined) return;
    if (port === undefined)
      errors.push(required(`${place}.port`, 'must be specified when `endPort` is set'));
    else if (typeof port === 'string') {
      const text = 'may not be specified when `port` is non-numeric';
      errors.push(forbidden(`${place}.endPort`, text));
    } else if (endPort < port) {
      const text = 'must be greater than or equal to `port`';
      errors.push(invalid(`${place}.endPort`, endPort, text));
    } else checkPort(endPort, `${place}.endPort`, errors);
  });
}

function checkPeers(peers: readonly V1NetworkPolicyPeer[], field: string, errors: Errors): void {
  peers.forEach(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const place = `${field}[${String(index)}]`;
    const selectors = [podSelector, namespaceSelector].filter((each) => each !== undefined);
    if (podSelector !== undefined) checkLabelSelector(podSelector, `${place}.podSelector`, errors);
    if (namespaceSelector !== undefined)
      checkLabelSelector(namespaceSelector, `${place}.namespaceSelector`, errors);
    if (ipBlock !== undefined) checkBlock(ipBlock, `${place}.ipBlock`, errors);
    if (selectors.length === 0 && ipBlock === undefined)
      errors.push(required(place, 'must specify a peer'));
    else if (selectors.length > 0 && ipBlock !== undefined)
      errors.push(forbidden(place, 'may not specify both ipBlock and another peer'));
  });
}

function checkBlock({ except, ...block }: V1IPBlock, field: string, errors: Errors): void {
  const cidr = maybe(block.cidr) ?? '';
  if (cidr === '') errors.push(required(`${field}.cidr`));
  else if (!isCidr(cidr)) errors.push(invalid(`${field}.cidr`, cidr, CIDR_TEXT));
  listOf(except).forEach((part, index) => {
    const place = `${field}.except[${String(index)}]`;
    if (!isCidr(part)) errors.push(invalid(place, part, CIDR_TEXT));
    else if (isCidr(cidr) && !cidrContains(cidr, part))
      errors.push(invalid(place, part, 'must be a strict subset of `cidr`'));
  });
}
