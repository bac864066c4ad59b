import type { NodeId, Term } from '../base/index.js';
import type { RawNode, SoftState } from '../raft/index.js';

export interface RoleChange {
  /** Its leadership of a term is over; a new one may have begun in the same turn. */
  readonly lost: boolean;
  readonly won: boolean;
  readonly role: SoftState['raftState'];
  readonly leader: NodeId;
  readonly term: Term;
  /** Who leads, or in which term, is not what it was. */
  readonly news: boolean;
}

interface Role extends SoftState {
  readonly term: Term;
}

/** Looks at Raft's state between turns and says what has changed. */
export class RoleWatch {
  readonly #node: RawNode;
  #role: Role;

  constructor(node: RawNode) {
    this.#node = node;
    this.#role = roleOf(node);
  }

  get term(): Term {
    return this.#role.term;
  }

  /** Undefined where this replica leads on. */
  look(): RoleChange | undefined {
    const before = this.#role;
    const now = roleOf(this.#node);
    this.#role = now;
    const lost = before.raftState === 'StateLeader';
    const won = now.raftState === 'StateLeader';
    if (lost && won && before.term === now.term) return undefined;
    const news = before.lead !== now.lead || before.term !== now.term;
    return { lost, won, role: now.raftState, leader: now.lead, term: now.term, news };
  }
}

function roleOf(node: RawNode): Role {
  const { lead, raftState, hardState } = node.basicStatus();
  return { lead, raftState, term: hardState.term };
}
