-- The reading room (package viewing). What was shown also stands in the log;
-- these rows are what coverage and the register are computed from.

CREATE TABLE viewing (
  id             TEXT PRIMARY KEY,
  number         TEXT NOT NULL UNIQUE,
  account_id     TEXT NOT NULL,
  account_number TEXT NOT NULL,
  account_name   TEXT NOT NULL,
  department     TEXT NOT NULL,
  record_id      TEXT NOT NULL,
  copy_id        TEXT NOT NULL,
  purpose        TEXT NOT NULL,
  basis          TEXT NOT NULL,
  note           TEXT NOT NULL,
  case_code      TEXT NOT NULL,
  case_title     TEXT NOT NULL,
  record_code    TEXT NOT NULL,
  record_title   TEXT NOT NULL,
  kind           TEXT NOT NULL,
  total          INTEGER NOT NULL,
  opened_at      TEXT NOT NULL,
  closed_at      TEXT NOT NULL DEFAULT '',
  close_kind     TEXT NOT NULL DEFAULT '',
  seq_first      INTEGER NOT NULL DEFAULT 0,
  seq_last       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX viewing_open ON viewing (id) WHERE closed_at = '';
CREATE INDEX viewing_coverage ON viewing (record_id, copy_id, account_id);
CREATE INDEX viewing_seq ON viewing (seq_first);

CREATE TABLE viewing_interval (
  viewing_id TEXT NOT NULL REFERENCES viewing (id),
  number     INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  from_at    INTEGER NOT NULL,
  to_at      INTEGER NOT NULL,
  presented  INTEGER NOT NULL,
  speed      REAL NOT NULL,
  sound      TEXT NOT NULL,
  visible    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  counted    TEXT NOT NULL, -- JSON: ranges that count as shown
  passed     TEXT NOT NULL, -- JSON: ranges shown that do not count
  PRIMARY KEY (viewing_id, number)
) STRICT;
