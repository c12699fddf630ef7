-- Durable long work (package jobs). An intent is work done by its caller: its
-- row is written before the work and settled in the transaction that ends it.

CREATE TABLE job (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  payload    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('intent', 'waiting', 'running', 'done', 'failed', 'cancelled')),
  attempts   INTEGER NOT NULL DEFAULT 0,
  code       TEXT NOT NULL DEFAULT '',
  error      TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  started_at TEXT NOT NULL DEFAULT '',
  ended_at   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX job_open ON job (state, attempts, id) WHERE state IN ('intent', 'waiting', 'running', 'failed');
