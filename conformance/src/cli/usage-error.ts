/** A mistake that the user can repair: printed as it is, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
