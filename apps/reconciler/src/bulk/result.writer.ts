import { open, type FileHandle } from 'node:fs/promises';
import { csvText, writeCsv, type Columns } from '../report/csv.js';
import { replaceFile } from '../report/replace-file.js';
import { fromArray } from '../report/rows.js';

/**
 * Writes a result file: each row as soon as it is finished, so that a killed program leaves what it did, and all of them
 * in the order of the given file at the end.
 */
export class ResultWriter<Result> {
  private readonly results = new Map<number, Result>();

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly columns: Columns<Result>,
    private readonly delimiter: string,
  ) {}

  /** Replaces an earlier result file: every row gets a result again. */
  static async open<Result>(
    path: string,
    columns: Columns<Result>,
    delimiter: string,
  ): Promise<ResultWriter<Result>> {
    const writer = new ResultWriter<Result>(path, await open(path, 'w'), columns, delimiter);
    await writer.append(null);
    return writer;
  }

  /** @param index of the row in the given file, from 0 */
  async add(index: number, result: Result): Promise<void> {
    this.results.set(index, result);
    await this.append(result);
  }

  /** The results in the order of the given file. */
  get inOrder(): Result[] {
    return [...this.results].toSorted(([one], [other]) => one - other).map(([, result]) => result);
  }

  async close(): Promise<void> {
    await this.file.close();
    await replaceFile(this.path, (temporary) =>
      writeCsv(temporary, this.columns, fromArray(this.inOrder), { delimiter: this.delimiter }),
    );
  }

  /** @param result null: the header alone */
  private async append(result: Result | null): Promise<void> {
    const cells = result === null ? [] : [this.columns.map(([, cell]) => cell(result))];
    const headers = this.columns.map(([header]) => header);
    await this.file.write(csvText(cells, headers, this.delimiter, result === null));
  }
}
