/** One call of one client, with what it asked and what became of it. */
export interface Operation<Input, Output> {
  /** For people: who called. A client's operations may overlap. */
  readonly client: string;
  readonly input: Input;
  /** On any clock that all clients share, as are the times of answers. Equal times count as concurrent. */
  readonly begun: number;
  readonly outcome: Outcome<Output>;
}

export type Outcome<Output> =
  /** It took effect once, between its begin and `ended`. */
  | { readonly type: 'answered'; readonly ended: number; readonly output: Output }
  /** It is known to have had no effect. */
  | { readonly type: 'failed' }
  /** Never answered, or with an error that leaves it open: it takes effect once, at any later time, or never. */
  | { readonly type: 'unknown' };

export type AnsweredOperation<Input, Output> = Operation<Input, Output> & {
  readonly outcome: Extract<Outcome<Output>, { readonly type: 'answered' }>;
};

export function isAnswered<Input, Output>(
  operation: Operation<Input, Output>,
): operation is AnsweredOperation<Input, Output> {
  return operation.outcome.type === 'answered';
}
