import { Entity, PrimaryColumn } from 'typeorm';

/** An entity that the application had before. */
@Entity({ name: 'order' })
export class Order {
  @PrimaryColumn({ type: 'text' })
  id!: string;
}
