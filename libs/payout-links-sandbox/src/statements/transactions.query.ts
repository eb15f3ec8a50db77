import { SandboxError, type FieldError } from '../http/sandbox.error.js';
import { statusOf, TRANSACTION_STATUSES, type Transaction } from './transaction.js';

const LARGEST_PAGE = 50;
const DEFAULT_PAGE = 10;
const TYPES = ['DISBURSEMENT', 'BATCH_DISBURSEMENT'];

/** What `GET /transactions` is asked for. */
export interface TransactionsQuery {
  isWanted: (transaction: Transaction) => boolean;
  limit: number;
  afterId: string | null;
}

/** Parses the query of a request; throws `API_VALIDATION_ERROR` naming every invalid parameter. */
export function transactionsQuery(url: string): TransactionsQuery {
  const { searchParams: given } = new URL(url, 'http://sandbox');
  const errors: FieldError[] = [];
  const time = (path: string, otherwise: number) => {
    const text = given.get(path);
    const at = text === null ? otherwise : Date.parse(text);
    if (Number.isNaN(at)) errors.push({ path, message: `${path} must be an ISO 8601 time` });
    return at;
  };
  const words = (path: string, known: readonly string[]) => {
    const list = [...given.getAll(path), ...given.getAll(`${path}[]`)].flatMap((text) => text.split(','));
    const isKnown = list.every((word) => known.includes(word));
    if (!isKnown) errors.push({ path, message: `${path} must be of ${known.join(', ')}` });
    return list;
  };
  const from = time('created[gte]', -Infinity);
  const to = time('created[lte]', Infinity);
  const statuses = words('statuses', TRANSACTION_STATUSES);
  const types = words('types', TYPES);
  const limit = Number(given.get('limit') ?? DEFAULT_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
    errors.push({ path: 'limit', message: `limit must be a whole number from 1 to ${LARGEST_PAGE}` });
  if (errors.length > 0) throw SandboxError.validation(errors);
  const [referenceId, productId] = [given.get('reference_id'), given.get('product_id')];
  return {
    limit,
    afterId: given.get('after_id'),
    isWanted: (transaction) =>
      transaction.createdAt >= from &&
      transaction.createdAt <= to &&
      (statuses.length === 0 || statuses.includes(statusOf(transaction))) &&
      (types.length === 0 || types.includes('DISBURSEMENT')) &&
      (referenceId === null || transaction.referenceId === referenceId) &&
      (productId === null || transaction.productId === productId),
  };
}
