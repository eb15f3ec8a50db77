/** Stands where a person's address or a text about a person was. */
export const REDACTED = 'redacted';

/** Stands where a response or a delivery was. The space keeps it from being read as a statement's parameter. */
export const REDACTED_JSON = `{"${REDACTED}": true}`;
