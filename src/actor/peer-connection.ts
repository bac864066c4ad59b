import type { Clock } from '../base/index.js';
import { CallTable } from './call-table.js';
import type { LinkLimits } from './host.js';
import type { Link } from './link.js';
import { StreamProducers } from './stream-producers.js';

/** One life of a peer that is up: the link to it, and what this actor serves it. */
export class PeerConnection {
  readonly link: Link;
  readonly calls: CallTable;
  readonly producers: StreamProducers;

  constructor(link: Link, limits: LinkLimits, clock: Clock, touch: () => void) {
    this.link = link;
    this.calls = new CallTable({ clock, touch }, link);
    this.producers = new StreamProducers({ limits, touch }, link);
  }
}
