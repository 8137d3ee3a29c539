/**
 * A promise that knows whether anybody looked at it. An operation that nobody awaits is a mistake that would otherwise show
 * only when the store happens to be slow.
 */
export class TrackedPromise<T> extends Promise<T> {
  private onLook: (() => void) | undefined;

  /** The promise of an operation; `onLook` is called when it is first awaited or chained. */
  static of<T>(work: Promise<T>, onLook: () => void): TrackedPromise<T> {
    const tracked = new TrackedPromise<T>((resolve, reject) => {
      work.then(resolve, reject);
    });
    // Not awaited, its failure must not end the process: the run is stopped for not awaiting it.
    Promise.prototype.then.call(tracked, undefined, () => undefined);
    tracked.onLook = onLook;
    return tracked;
  }

  /** What is chained is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** `await` of a subclass calls its `then`: that is the look. */
  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.onLook?.();
    return super.then(fulfilled, rejected);
  }
}
