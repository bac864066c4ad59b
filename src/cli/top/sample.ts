import type { ActorDetail, ClusterStatus } from '../../daemon/index.js';
import type { ElectionRecord } from '../../protocol/index.js';

/** What was seen of the cluster at one moment. A part that the view does not show was not asked for. */
export interface Sample {
  /** Monotonic. */
  readonly atMs: number;
  readonly status: ClusterStatus;
  readonly actors: SeenActors | undefined;
  /** Newest first. */
  readonly elections: readonly ElectionRecord[] | undefined;
  readonly nodes: Listing | undefined;
  readonly pods: Listing | undefined;
}

/** When they were asked stands beside them, as rates are told from two of these. */
export interface SeenActors {
  readonly atMs: number;
  readonly list: readonly ActorDetail[];
}

/** Objects as the API server prints them for `kubectl get`, or why it did not. */
export type Listing =
  | {
      readonly ok: true;
      readonly columns: readonly ListingColumn[];
      readonly rows: readonly (readonly string[])[];
      /** There are so many more, which were not fetched. */
      readonly more: number;
    }
  | { readonly ok: false; readonly problem: string };

export interface ListingColumn {
  readonly title: string;
  /** Shown where there is room, as by `kubectl get -o wide`. */
  readonly wide: boolean;
}
