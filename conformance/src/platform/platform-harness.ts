/** The function platform of an adapter, as the suite needs it. */

/** Entries and invoker under test. */
export interface PlatformHarness {
  /** The platform's name, for the report. */
  readonly name: string;
}
