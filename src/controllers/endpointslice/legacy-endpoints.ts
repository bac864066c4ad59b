import type { CoreV1EndpointPort, V1EndpointAddress, V1EndpointSubset } from '../../api/index.js';
import type { EndpointGroup } from './endpoints-of-service.js';

/** As much as one Endpoints object holds; the rest is left out, as Kubernetes does. */
const ADDRESSES_MAX = 1_000;

/** The same endpoints in the older shape. Terminating pods are not in it. */
export function legacySubsets(groups: readonly EndpointGroup[]): V1EndpointSubset[] {
  const subsets: V1EndpointSubset[] = [];
  let room = ADDRESSES_MAX;
  for (const group of groups) {
    if (group.addressType !== groups[0]?.addressType) continue;
    const addresses: V1EndpointAddress[] = [];
    const notReadyAddresses: V1EndpointAddress[] = [];
    for (const {
      addresses: [ip = ''],
      conditions,
      hostname,
      nodeName,
      targetRef,
    } of group.endpoints) {
      if (conditions?.terminating === true || room === 0) continue;
      room--;
      (conditions?.ready === true ? addresses : notReadyAddresses).push({
        ip,
        ...(hostname === undefined ? {} : { hostname }),
        ...(nodeName === undefined ? {} : { nodeName }),
        ...(targetRef === undefined ? {} : { targetRef }),
      });
    }
    if (addresses.length + notReadyAddresses.length === 0) continue;
    subsets.push({
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ...(group.ports.length === 0 ? {} : { ports: group.ports.map(legacyPort) }),
    });
  }
  return subsets;
}

function legacyPort({
  appProtocol,
  name = '',
  port = 0,
  protocol = 'TCP',
}: EndpointGroup['ports'][number]): CoreV1EndpointPort {
  return {
    port,
    protocol,
    ...(name === '' ? {} : { name }),
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}
