/** The problems of a state file. */
export type SandboxStateErrorCode = 'SANDBOX_STATE_LOCKED' | 'SANDBOX_STATE_UNREADABLE';

/** The state file is unusable: another sandbox holds it, or it is unreadable. */
export class SandboxStateError extends Error {
  constructor(
    readonly code: SandboxStateErrorCode,
    message: string,
    /** `SANDBOX_STATE_LOCKED`: the address of the sandbox that holds the file, if known. */
    readonly holderUrl?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
