import { Entity, PrimaryColumn } from 'typeorm';

/** What the application had before. */
@Entity({ name: 'order' })
export class Order {
  @PrimaryColumn({ type: 'text' })
  id!: string;
}
