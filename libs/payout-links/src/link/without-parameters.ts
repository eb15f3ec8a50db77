import { QueryFailedError } from 'typeorm';

/** TypeORM puts the parameters of a statement on its error, where they would reach logs: ours hold people's addresses. */
export async function withoutParameters<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof QueryFailedError) {
      Object.assign(error, { parameters: undefined });
      // PostgreSQL's own detail shows the row that it refused.
      Object.assign(error.driverError, { detail: undefined });
    }
    throw error;
  }
}
