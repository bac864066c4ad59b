import type { Clock, Random } from '../../../base/index.js';
import { ok } from '../../../base/index.js';
import { internalError, invalid } from '../../../api/index.js';
import type { FieldError } from '../../../api/index.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { jsonEqual } from '../json-value.js';
import { drawAddress, isInRange, parseIpv4 } from './ip-range.js';
import type { IpRange } from './ip-range.js';
import { NODE_PORT_MAX, NODE_PORT_MIN, nodePortToken, ServiceClaims } from './service-claims.js';
import type { Reservation, Strategy } from './strategy.js';
import { NOTHING_RESERVED } from './strategy.js';
import type { Service, ServicePort, ServiceSpec, ServiceState } from './service-claims.js';

export interface ServicePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly range: IpRange;
  readonly state: ServiceState;
}

/** Services get an address of the cluster's range, and those of some types ports of every node. */
export function serviceStrategy(ports: ServicePorts): Strategy {
  const claims = new ServiceClaims(ports.clock, ports.state);
  return {
    returnsDeleted: true,
    prepareForCreate(object) {
      object['status'] = { loadBalancer: {} };
    },
    prepareForUpdate(object: Service, old: Service) {
      if (object.spec !== undefined && old.spec !== undefined) carryOver(object.spec, old.spec);
    },
    reserve(object, old) {
      return reserve(ports, claims, object, old);
    },
  };
}

export function needsClusterIp(spec: ServiceSpec): boolean {
  return spec.type !== 'ExternalName';
}

function needsNodePorts(spec: ServiceSpec): boolean {
  if (spec.type === 'NodePort') return true;
  return spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
}

/** What was allocated stays, where the new spec still needs it and does not say otherwise; the rest goes. */
function carryOver(spec: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIp(spec) && needsClusterIp(old)) {
    if ((spec.clusterIP ?? '') === '') assignIp(spec, old.clusterIP ?? '');
    spec.clusterIPs ??= [spec.clusterIP ?? ''];
    spec.ipFamilies ??= old.ipFamilies;
    spec.ipFamilyPolicy ??= old.ipFamilyPolicy;
  } else if (!needsClusterIp(spec) && spec.clusterIP === old.clusterIP) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
  }
  dropTypeDependent(spec, old);
  const wanted = needsNodePorts(spec);
  for (const port of spec.ports ?? []) {
    const before = old.ports?.find(
      (each) => each.port === port.port && protocolOf(each) === protocolOf(port),
    );
    if (wanted && port.nodePort === undefined && before?.nodePort !== undefined)
      port.nodePort = before.nodePort;
    const untouched = before?.nodePort === port.nodePort;
    if (!wanted && needsNodePorts(old) && untouched) delete port.nodePort;
  }
}

/** Fields that only some types have go with the type, unless the client set them to something new. */
function dropTypeDependent(spec: ServiceSpec, old: ServiceSpec): void {
  const external = isExternal(spec) || !isExternal(old);
  if (!external && spec.externalTrafficPolicy === old.externalTrafficPolicy) {
    delete spec.externalTrafficPolicy;
  }
  const balanced = spec.type === 'LoadBalancer' || old.type !== 'LoadBalancer';
  if (!balanced && spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) {
    delete spec.allocateLoadBalancerNodePorts;
  }
  if (!balanced && spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass;
  if (!balanced && spec.healthCheckNodePort === old.healthCheckNodePort) {
    delete spec.healthCheckNodePort;
  }
  const internal = needsClusterIp(spec) || !needsClusterIp(old);
  if (!internal && spec.internalTrafficPolicy === old.internalTrafficPolicy) {
    delete spec.internalTrafficPolicy;
  }
}

function isExternal({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function protocolOf(port: ServicePort): string {
  return port.protocol ?? 'TCP';
}

function assignIp(spec: ServiceSpec, clusterIp: string): void {
  spec.clusterIP = clusterIp;
  spec.clusterIPs = [clusterIp];
}

function reserve(
  ports: ServicePorts,
  claims: ServiceClaims,
  object: Service,
  old: Service | undefined,
): Outcome<Reservation> {
  const spec = object.spec;
  if (spec === undefined || (old !== undefined && jsonEqual(spec, old.spec)))
    return ok(NOTHING_RESERVED);
  const { namespace = '', name = '' } = object.metadata ?? {};
  const claim = claims.begin(`${namespace}/${name}`);
  const errors = [...reserveIp(ports, claim, spec), ...reserveNodePorts(ports, claim, spec)];
  if (errors.length === 0) return ok(claim);
  claim.settle('not-written');
  const full = errors.find((error) => error.type === 'InternalError');
  return refuse(
    full === undefined
      ? invalid({ group: '', kind: 'Service' }, name, errors)
      : internalError(full.detail),
  );
}

type Claim = ReturnType<ServiceClaims['begin']>;

function reserveIp(ports: ServicePorts, claim: Claim, spec: ServiceSpec): FieldError[] {
  if (!needsClusterIp(spec)) return [];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  const asked = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
  if (asked === 'None') {
    assignIp(spec, 'None');
    return [];
  }
  if (asked === '') return drawIp(ports, claim, spec);
  const address = parseIpv4(asked);
  // Text that is no address is refused by validation.
  if (address === undefined) return [];
  if (!isInRange(ports.range, address)) {
    return [
      ipError(
        asked,
        `the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${ports.range.text}`,
      ),
    ];
  }
  if (!claim.take(asked)) return [ipError(asked, 'provided IP is already allocated')];
  assignIp(spec, asked);
  return [];
}

function ipError(address: string, reason: string): FieldError {
  const detail = `failed to allocate IP ${address}: ${reason}`;
  return { type: 'FieldValueInvalid', field: 'spec.clusterIPs', badValue: [address], detail };
}

function drawIp(ports: ServicePorts, claim: Claim, spec: ServiceSpec): FieldError[] {
  const address = drawAddress(ports.range, ports.random, (each) => claim.isUsed(each));
  if (address === undefined || !claim.take(address)) {
    return [
      {
        type: 'InternalError',
        field: 'spec.clusterIPs',
        detail: 'failed to allocate a serviceIP: range is full',
      },
    ];
  }
  assignIp(spec, address);
  return [];
}

function reserveNodePorts(ports: ServicePorts, claim: Claim, spec: ServiceSpec): FieldError[] {
  if (!needsNodePorts(spec)) return [];
  return (spec.ports ?? []).flatMap((port, index) => reserveNodePort(ports, claim, port, index));
}

function reserveNodePort(
  ports: ServicePorts,
  claim: Claim,
  port: ServicePort,
  index: number,
): FieldError[] {
  const field = `spec.ports[${String(index)}].nodePort`;
  if (port.nodePort === undefined || port.nodePort === 0) {
    const drawn = claim.drawNodePort(ports.random, protocolOf(port));
    if (drawn === undefined)
      return [
        { type: 'InternalError', field, detail: 'failed to allocate a nodePort: range is full' },
      ];
    port.nodePort = drawn;
    return [];
  }
  const refused = (detail: string): FieldError[] => [
    { type: 'FieldValueInvalid', field, badValue: port.nodePort, detail },
  ];
  if (port.nodePort < NODE_PORT_MIN || port.nodePort > NODE_PORT_MAX) {
    const valid = `${String(NODE_PORT_MIN)}-${String(NODE_PORT_MAX)}`;
    return refused(`provided port is not in the valid range. The range of valid ports is ${valid}`);
  }
  return claim.take(nodePortToken(port.nodePort, protocolOf(port)))
    ? []
    : refused('provided port is already allocated');
}
