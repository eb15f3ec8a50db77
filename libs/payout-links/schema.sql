CREATE TABLE payout_link (
  id uuid NOT NULL,
  account text NOT NULL,
  external_id text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  email text NOT NULL,
  metadata json,
  status text NOT NULL,
  version integer NOT NULL,
  status_at timestamp with time zone NOT NULL,
  provider_id text,
  provider_status text,
  failure_code text,
  payout_url text,
  expires_at timestamp with time zone,
  disbursement_id text,
  provider_created_at timestamp with time zone,
  claimed_at timestamp with time zone,
  lease_fence integer NOT NULL,
  lease_expires_at timestamp with time zone,
  void_requested_at timestamp with time zone,
  last_read_at timestamp with time zone,
  next_poll_at timestamp with time zone,
  polls integer NOT NULL,
  reissue_of uuid,
  reissue_reason text,
  chain_id uuid NOT NULL,
  attempt integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  last_sent_at timestamp with time zone,
  batch_id text,
  imported_status text,
  redacted_at timestamp with time zone,
  CONSTRAINT payout_link_amount_positive CHECK ((amount > 0)),
  CONSTRAINT payout_link_pkey PRIMARY KEY (id),
  CONSTRAINT payout_link_reissue_of_link FOREIGN KEY (reissue_of) REFERENCES payout_link(id)
);
CREATE INDEX payout_link_batch ON public.payout_link USING btree (batch_id, created_at, id) WHERE (batch_id IS NOT NULL);
CREATE UNIQUE INDEX payout_link_chain ON public.payout_link USING btree (chain_id, attempt);
CREATE INDEX payout_link_created ON public.payout_link USING btree (created_at, id);
CREATE INDEX payout_link_disbursement_id ON public.payout_link USING btree (account, disbursement_id) WHERE (disbursement_id IS NOT NULL);
CREATE UNIQUE INDEX payout_link_external_id ON public.payout_link USING btree (account, external_id);
CREATE INDEX payout_link_failed ON public.payout_link USING btree (updated_at) WHERE (status = ANY (ARRAY['FAILED'::text, 'EXPIRED'::text]));
CREATE INDEX payout_link_next_poll ON public.payout_link USING btree (next_poll_at) WHERE (next_poll_at IS NOT NULL);
CREATE INDEX payout_link_paid ON public.payout_link USING btree (account, status_at) WHERE (status = 'SUCCEEDED'::text);
CREATE UNIQUE INDEX payout_link_provider_id ON public.payout_link USING btree (account, provider_id) WHERE (provider_id IS NOT NULL);
CREATE UNIQUE INDEX payout_link_reissue_of ON public.payout_link USING btree (reissue_of);
CREATE INDEX payout_link_search ON public.payout_link USING gin (external_id gin_trgm_ops, email gin_trgm_ops);
CREATE INDEX payout_link_status ON public.payout_link USING btree (status, created_at, id);

CREATE TABLE payout_link_delivery (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  account text NOT NULL,
  delivery_key text NOT NULL,
  event text,
  body json NOT NULL,
  status text NOT NULL,
  payout_link_id uuid,
  attempts integer NOT NULL,
  next_attempt_at timestamp with time zone NOT NULL,
  last_error text,
  received_count integer NOT NULL,
  received_at timestamp with time zone NOT NULL,
  last_received_at timestamp with time zone NOT NULL,
  processed_at timestamp with time zone,
  lease_fence integer NOT NULL DEFAULT 0,
  trace_parent text,
  external_id text,
  provider_id text,
  CONSTRAINT payout_link_delivery_pkey PRIMARY KEY (id)
);
CREATE INDEX payout_link_delivery_dead ON public.payout_link_delivery USING btree (account) WHERE (status = 'DEAD'::text);
CREATE INDEX payout_link_delivery_due ON public.payout_link_delivery USING btree (next_attempt_at) WHERE (status = 'RECEIVED'::text);
CREATE UNIQUE INDEX payout_link_delivery_key ON public.payout_link_delivery USING btree (account, delivery_key);
CREATE INDEX payout_link_delivery_listed ON public.payout_link_delivery USING btree (status, id) WHERE (status = ANY (ARRAY['DEAD'::text, 'UNMATCHED'::text]));
CREATE INDEX payout_link_delivery_of_external_id ON public.payout_link_delivery USING btree (account, external_id) WHERE (status = 'UNMATCHED'::text);
CREATE INDEX payout_link_delivery_of_provider_id ON public.payout_link_delivery USING btree (account, provider_id) WHERE (status = 'UNMATCHED'::text);
CREATE INDEX payout_link_delivery_received ON public.payout_link_delivery USING btree (received_at);

CREATE TABLE payout_link_discrepancy (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL,
  account text NOT NULL,
  payout_link_id uuid,
  external_id text,
  provider_id text,
  link_version integer NOT NULL,
  local_value text NOT NULL,
  provider_value text NOT NULL,
  amount bigint,
  currency text,
  first_seen_at timestamp with time zone NOT NULL,
  detected_by text NOT NULL,
  resolved_at timestamp with time zone,
  CONSTRAINT payout_link_discrepancy_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX payout_link_discrepancy_once ON public.payout_link_discrepancy USING btree (payout_link_id, type, link_version, local_value, provider_value) WHERE (resolved_at IS NULL);
CREATE INDEX payout_link_discrepancy_seen ON public.payout_link_discrepancy USING btree (account, first_seen_at);
CREATE UNIQUE INDEX payout_link_discrepancy_unmatched ON public.payout_link_discrepancy USING btree (account, local_value) WHERE (payout_link_id IS NULL);

CREATE TABLE payout_link_handler (
  name text NOT NULL,
  statuses text[],
  last_seen_at timestamp with time zone NOT NULL,
  CONSTRAINT payout_link_handler_pkey PRIMARY KEY (name)
);

CREATE TABLE payout_link_outbox (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  handler text NOT NULL,
  payout_link_id uuid NOT NULL,
  seq integer NOT NULL,
  status text NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at timestamp with time zone NOT NULL,
  last_error text,
  created_at timestamp with time zone NOT NULL,
  lease_fence integer NOT NULL DEFAULT 0,
  trace_parent text,
  CONSTRAINT payout_link_outbox_pkey PRIMARY KEY (id)
);
CREATE INDEX payout_link_outbox_due ON public.payout_link_outbox USING btree (handler, next_attempt_at, id) WHERE (status = 'WAITING'::text);
CREATE UNIQUE INDEX payout_link_outbox_order ON public.payout_link_outbox USING btree (handler, payout_link_id, seq);

CREATE TABLE payout_link_reissue_plan (
  payout_link_id uuid NOT NULL,
  seq integer NOT NULL,
  account text NOT NULL,
  failure_code text NOT NULL,
  attempt integer NOT NULL,
  max_attempts integer NOT NULL,
  due_at timestamp with time zone NOT NULL,
  planned_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  outcome text,
  reason text,
  next_attempt_at timestamp with time zone NOT NULL,
  lease_fence integer NOT NULL DEFAULT 0,
  CONSTRAINT payout_link_reissue_plan_link FOREIGN KEY (payout_link_id) REFERENCES payout_link(id) ON DELETE RESTRICT,
  CONSTRAINT payout_link_reissue_plan_pkey PRIMARY KEY (payout_link_id, seq)
);
CREATE INDEX payout_link_reissue_plan_due ON public.payout_link_reissue_plan USING btree (next_attempt_at) WHERE (ended_at IS NULL);

CREATE TABLE payout_link_transition (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  payout_link_id uuid NOT NULL,
  account text NOT NULL,
  seq integer NOT NULL,
  from_status text,
  to_status text NOT NULL,
  source text NOT NULL,
  provider_status text,
  failure_code text,
  provider_id text,
  provider_created_at timestamp with time zone,
  expires_at timestamp with time zone,
  occurred_at timestamp with time zone,
  effective_at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  raw json,
  CONSTRAINT payout_link_transition_link FOREIGN KEY (payout_link_id) REFERENCES payout_link(id) ON DELETE RESTRICT,
  CONSTRAINT payout_link_transition_pkey PRIMARY KEY (id)
);
CREATE INDEX payout_link_transition_effective ON public.payout_link_transition USING btree (account, effective_at);
CREATE INDEX payout_link_transition_raw ON public.payout_link_transition USING btree (recorded_at) WHERE (raw IS NOT NULL);
CREATE UNIQUE INDEX payout_link_transition_seq ON public.payout_link_transition USING btree (payout_link_id, seq);

CREATE TABLE payout_link_write_off (
  payout_link_id uuid NOT NULL,
  link_version integer NOT NULL,
  account text NOT NULL,
  reason text NOT NULL,
  written_off_at timestamp with time zone NOT NULL,
  CONSTRAINT payout_link_write_off_pkey PRIMARY KEY (payout_link_id, link_version)
);
CREATE INDEX payout_link_write_off_account ON public.payout_link_write_off USING btree (account, written_off_at);
