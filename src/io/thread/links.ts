import { receiveMessageOnPort } from 'node:worker_threads';
import type { ActorCore, Peer } from '../../actor/index.js';
import { actorId, incarnation } from '../../base/index.js';
import type { LinkGrant } from './control.js';
import { countPosted } from './words.js';

/** The ports to the lives of other actors that are up. */
export class Links {
  readonly #links = new Map<string, LinkGrant>();

  send(to: Peer, frame: Uint8Array<ArrayBuffer>, messages: number): void {
    const link = this.#links.get(to.id);
    if (link?.incarnation !== to.incarnation) return;
    countPosted(link.words, messages);
    link.port.postMessage(frame, [frame.buffer]);
  }

  /** `handled` is called after each frame. */
  connect(grant: LinkGrant, core: ActorCore, handled: () => void): void {
    const peer: Peer = { id: actorId(grant.id), incarnation: incarnation(grant.incarnation) };
    const old = this.#links.get(grant.id);
    if (old !== undefined) drain(old, core);
    this.#links.set(grant.id, grant);
    core.peerUp(peer);
    grant.port.on('message', (frame: Uint8Array) => {
      core.frameArrived(peer, frame);
      handled();
    });
    grant.port.on('close', () => {
      if (this.#links.get(grant.id) === grant) this.#links.delete(grant.id);
      core.peerDown(peer);
    });
  }
}

/** The new life came before the end of the old one was seen: what the old one sent still comes first. */
function drain(old: LinkGrant, core: ActorCore): void {
  const peer: Peer = { id: actorId(old.id), incarnation: incarnation(old.incarnation) };
  for (;;) {
    const received = receiveMessageOnPort(old.port);
    if (received === undefined) break;
    core.frameArrived(peer, received.message as Uint8Array);
  }
  core.peerDown(peer);
  old.port.close();
}
