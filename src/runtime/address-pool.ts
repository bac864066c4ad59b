import { assert } from '../base/index.js';

/** The addresses of a node's pod network, handed out in turn, so that one just given back is not soon used again. */
export interface AddressPool {
  /** Undefined: all are in use. */
  take(): string | undefined;
  giveBack(address: string): void;
}

/** `cidr` is IPv4, /16 to /30; the network's own address, the first (the bridge's) and the last are left out. */
export function addressPool(cidr: string): AddressPool {
  const [base = '', prefixText = ''] = cidr.split('/');
  const prefix = Number(prefixText);
  const bytes = base.split('.').map(Number);
  assert(bytes.length === 4 && prefix >= 16 && prefix <= 30, `not a pod network: ${cidr}`);
  const network = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const hosts = 2 ** (32 - prefix);
  const used = new Set<number>();
  let next = 2;
  return {
    take() {
      for (let tried = 2; tried < hosts - 1; tried++) {
        const offset = next;
        next = next + 1 < hosts - 1 ? next + 1 : 2;
        if (used.has(offset)) continue;
        used.add(offset);
        return dotted(network + offset);
      }
      return undefined;
    },
    giveBack(address) {
      used.delete(address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0) - network);
    },
  };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
