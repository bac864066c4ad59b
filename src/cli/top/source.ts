import { askDaemon, type DataFolder } from '../../daemon/index.js';
import { clusterClient, type ClusterClient } from '../cluster-client.js';
import type { View } from './model.js';
import { LISTING_ROWS_MAX, parseListing } from './parse-listing.js';
import type { Listing, Sample } from './sample.js';

/** An API server that is being restarted answers within this, or is shown to be away. */
const LISTING_MS = 3000;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/**
 * Asks the daemon over its control socket, and its API server for the lists of nodes and pods: only for what the view shows,
 * so that watching a cluster costs it little.
 */
export class TopSource {
  readonly #folder: DataFolder;
  #client: ClusterClient | undefined;

  constructor(folder: DataFolder) {
    this.#folder = folder;
  }

  /** Throws where no daemon answers. */
  async look(view: View): Promise<Sample> {
    const shows = (...views: readonly View[]): boolean => views.includes(view);
    return this.#look({
      actors: shows('actors'),
      elections: shows('cluster', 'elections'),
      nodes: shows('nodes'),
      pods: shows('pods'),
    });
  }

  /** All that there is to see, for a snapshot. */
  lookAtAll(): Promise<Sample> {
    return this.#look({ actors: true, elections: true, nodes: true, pods: true });
  }

  /** Returns the words of `kubactor chaos kill`. */
  async kill(actor: string): Promise<string> {
    const killed = await askDaemon(this.#folder, { verb: 'kill', target: actor, holdMs: 0 });
    return `killed ${killed.actor} (incarnation ${killed.incarnation})`;
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  async #look(
    wanted: Readonly<Record<'actors' | 'elections' | 'nodes' | 'pods', boolean>>,
  ): Promise<Sample> {
    const folder = this.#folder;
    const [status, actors, elections] = await Promise.all([
      askDaemon(folder, { verb: 'status' }),
      wanted.actors ? askDaemon(folder, { verb: 'figures' }) : undefined,
      wanted.elections ? askDaemon(folder, { verb: 'elections' }) : undefined,
    ]);
    const atMs = performance.now();
    const [nodes, pods] = await Promise.all([
      wanted.nodes ? this.#list('nodes') : undefined,
      wanted.pods ? this.#list('pods') : undefined,
    ]);
    return {
      atMs,
      status,
      actors: actors === undefined ? undefined : { atMs, list: actors },
      elections,
      nodes,
      pods,
    };
  }

  async #list(resource: 'nodes' | 'pods'): Promise<Listing> {
    try {
      this.#client ??= clusterClient(this.#folder.kubeconfig);
      const path = `/api/v1/${resource}?limit=${LISTING_ROWS_MAX}`;
      const { status, body } = await this.#client.get(path, TABLE, LISTING_MS);
      return parseListing(status, body);
    } catch (error) {
      // The next daemon may have another port: the kubeconfig is read anew.
      this.close();
      return { ok: false, problem: `the API server does not answer: ${(error as Error).message}` };
    }
  }
}
