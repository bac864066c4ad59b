/**
 * What becomes of a tell whose receiver has given no credit (`OverflowPolicy` of room `actor`): the policy of each protocol, and
 * why. Asks and streams have answers of their own to that.
 */
export const overflowOf = {
  /** Its tells are none: a request that finds no room is told so (429), and its client comes again. */
  api: { overflow: 'reject' },
  /** Its tells are none: a call to a webhook that finds no room fails, as one to a webhook that does not answer. */
  gateway: { overflow: 'reject' },
  /** Its tells are none: streams of bytes have windows of their own. */
  kubelet: { overflow: 'reject' },
  /** Its tells are none: a client asks another replica, or again, within its deadline. */
  store: { overflow: 'reject' },
  /**
   * Raft takes every message for one that may be lost, sends it again when it matters, and wants to know at once that a peer
   * is slow (it then probes instead of streaming). A queue of heartbeats and old entries would only make the peer slower. What
   * replicas tell each other besides is said again, or is not missed.
   */
  replica: { overflow: 'reject' },
} as const;
