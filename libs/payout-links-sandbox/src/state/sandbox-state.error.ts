/** What can be wrong with a state file. */
export type SandboxStateErrorCode = 'SANDBOX_STATE_LOCKED' | 'SANDBOX_STATE_UNREADABLE';

/** The state file cannot be used: another sandbox holds it, or it cannot be read. */
export class SandboxStateError extends Error {
  constructor(
    readonly code: SandboxStateErrorCode,
    message: string,
    /** `SANDBOX_STATE_LOCKED`: the address of the sandbox that holds the file, where it is known. */
    readonly holderUrl?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
