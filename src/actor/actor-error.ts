/** A mistake in the use of the runtime, thrown at the call. Uncaught it crashes the actor. `code` is closed and stable. */
export class ActorError extends Error {
  override readonly name = 'ActorError';
  readonly code: 'not-encodable';

  constructor(code: 'not-encodable', message: string) {
    super(message);
    this.code = code;
  }
}
