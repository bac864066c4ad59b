import { receiveMessageOnPort } from 'node:worker_threads';
import type { ActorCore, BrokenLink, Peer } from '../../actor/index.js';
import { actorId, incarnation } from '../../base/index.js';
import type { LinkGrant } from './control.js';
import { notePeer } from './peer-activity.js';
import { countPosted } from './words.js';

/** What comes over a port: a frame, or one with what is transferred beside it, or the last word on a link. */
type Posted =
  | Uint8Array<ArrayBuffer>
  | { readonly frame: Uint8Array<ArrayBuffer>; readonly transfers: readonly ArrayBuffer[] }
  /** The other side could not read a frame. So many messages had arrived before it. */
  | { readonly brokenAfterMessages: number };

interface OpenLink {
  readonly grant: LinkGrant;
  readonly peer: Peer;
  /** Messages posted over it. */
  posted: number;
}

/** The ports to the lives of other actors that are up. */
export class Links {
  readonly #links = new Map<string, OpenLink>();

  send(
    to: Peer,
    frame: Uint8Array<ArrayBuffer>,
    messages: number,
    transfers: readonly ArrayBuffer[],
  ): void {
    const link = this.#links.get(to.id);
    if (link?.peer.incarnation !== to.incarnation) return;
    const { port, words } = link.grant;
    link.posted += messages;
    countPosted(words, messages);
    if (transfers.length === 0) port.postMessage(frame, [frame.buffer]);
    else port.postMessage({ frame, transfers }, [frame.buffer, ...transfers]);
  }

  /** `handled` is called after each frame. */
  connect(grant: LinkGrant, core: ActorCore, handled: () => void): void {
    const peer: Peer = { id: actorId(grant.id), incarnation: incarnation(grant.incarnation) };
    this.#endOld(grant, core);
    const link: OpenLink = { grant, peer, posted: 0 };
    this.#links.set(grant.id, link);
    notePeer(grant.id, grant.words);
    core.peerUp(peer);
    grant.port.on('message', (posted: Posted) => {
      if (this.#links.get(grant.id) !== link) return;
      this.#take(link, posted, core);
      handled();
    });
    grant.port.on('close', () => {
      if (this.#links.get(grant.id) !== link) return;
      this.#links.delete(grant.id);
      core.peerDown(peer);
    });
  }

  /** A frame of that life cannot be read: tells it so, and hangs up. */
  break(peer: Peer, { arrivedMessages }: BrokenLink): void {
    const link = this.#links.get(peer.id);
    if (link?.peer.incarnation !== peer.incarnation) return;
    this.#links.delete(peer.id);
    const last: Posted = { brokenAfterMessages: arrivedMessages };
    link.grant.port.postMessage(last);
    link.grant.port.close();
  }

  /** A new link came before the end of the old one was seen: what was sent over the old one still comes first. */
  #endOld({ id, incarnation }: LinkGrant, core: ActorCore): void {
    const old = this.#links.get(id);
    if (old === undefined) return;
    for (;;) {
      const received = receiveMessageOnPort(old.grant.port);
      if (received === undefined) break;
      this.#take(old, received.message as Posted, core);
    }
    this.#links.delete(id);
    core.peerDown(old.peer, old.grant.incarnation === incarnation ? 'link-broken' : 'died');
    old.grant.port.close();
  }

  #take(link: OpenLink, posted: Posted, core: ActorCore): void {
    const { peer, grant } = link;
    if (posted instanceof Uint8Array) {
      core.frameArrived(peer, posted);
    } else if ('frame' in posted) {
      core.frameArrived(peer, posted.frame, posted.transfers);
    } else {
      // What was posted and never read is in nobody's mailbox.
      countPosted(grant.words, posted.brokenAfterMessages - link.posted);
      this.#links.delete(grant.id);
      core.peerDown(peer, 'link-broken');
    }
  }
}
