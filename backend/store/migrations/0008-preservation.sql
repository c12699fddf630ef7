-- What keeps a record from being read though it is described (package catalog).
ALTER TABLE record ADD COLUMN custody TEXT NOT NULL DEFAULT '' CHECK (custody IN ('', 'broken', 'taken-out', 'disposed'));

-- Preservation (package preservation). What was done to a file also stands in
-- the log; these rows are what is asked for most.

-- The newest check of each original and sealed candidate.
CREATE TABLE fixity (
  kind       TEXT NOT NULL CHECK (kind IN ('original', 'candidate')),
  id         TEXT NOT NULL, -- SHA-256 of an original, name of a candidate
  record_id  TEXT NOT NULL REFERENCES record (id),
  checked_at TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('ok', 'mismatch', 'missing', 'unreadable', 'unexpected')),
  got        TEXT NOT NULL DEFAULT '',
  since      TEXT NOT NULL DEFAULT '', -- when it was first found not to be ok
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fixity_oldest ON fixity (checked_at);

CREATE TABLE fixity_run (
  id          TEXT PRIMARY KEY,
  scope       TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  account     TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'failed')),
  started_at  TEXT NOT NULL,
  ended_at    TEXT NOT NULL DEFAULT '',
  total       INTEGER NOT NULL,
  bytes_total INTEGER NOT NULL,
  done        INTEGER NOT NULL DEFAULT 0,
  broken      INTEGER NOT NULL DEFAULT 0,
  bytes       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What a run has still to look at, and what it found.
CREATE TABLE fixity_item (
  run       TEXT NOT NULL REFERENCES fixity_run (id),
  number    INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  id        TEXT NOT NULL,
  record_id TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  sm3       TEXT NOT NULL,
  size      INTEGER NOT NULL,
  state     TEXT NOT NULL DEFAULT '', -- '' is still to be looked at
  got       TEXT NOT NULL DEFAULT '',
  at        TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_set (
  id          TEXT PRIMARY KEY,
  dir         TEXT NOT NULL,
  account     TEXT NOT NULL,
  at          TEXT NOT NULL,
  log_size    INTEGER NOT NULL,
  log_root    TEXT NOT NULL,
  catalog     TEXT NOT NULL, -- digest of the catalogue
  files       INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  added       INTEGER NOT NULL,
  added_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE restore_drill (
  id      TEXT PRIMARY KEY,
  at      TEXT NOT NULL,
  account TEXT NOT NULL,
  equal   INTEGER NOT NULL CHECK (equal IN (0, 1)),
  report  TEXT NOT NULL -- JSON
) STRICT;

-- A case file that must not be disposed of: a suit, a complaint (冻结).
CREATE TABLE hold (
  id         TEXT PRIMARY KEY,
  case_id    TEXT NOT NULL REFERENCES case_file (id),
  reason     TEXT NOT NULL,
  basis      TEXT NOT NULL,
  account    TEXT NOT NULL,
  at         TEXT NOT NULL,
  ended_by   TEXT NOT NULL DEFAULT '',
  ended_at   TEXT NOT NULL DEFAULT '',
  end_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX hold_open ON hold (case_id) WHERE ended_at = '';
CREATE TRIGGER hold_keep BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'a hold is never forgotten'); END;

-- What was judged of a case file that has outlived its retention (鉴定).
CREATE TABLE appraisal (
  id          TEXT PRIMARY KEY,
  case_id     TEXT NOT NULL REFERENCES case_file (id),
  outcome     TEXT NOT NULL CHECK (outcome IN ('extend', 'dispose')),
  until       TEXT NOT NULL, -- date to which it is extended, '' otherwise
  opinion     TEXT NOT NULL,
  account     TEXT NOT NULL,
  at          TEXT NOT NULL,
  approved_by TEXT NOT NULL DEFAULT '',
  approved_at TEXT NOT NULL DEFAULT '',
  approval    TEXT NOT NULL DEFAULT '', -- the approver's opinion
  inventory   TEXT NOT NULL DEFAULT '', -- number of the list of what was destroyed (销毁清册)
  supervisors TEXT NOT NULL DEFAULT '', -- JSON: who watched (监销)
  disposed_on TEXT NOT NULL DEFAULT '',
  disposed_at TEXT NOT NULL DEFAULT ''  -- when it was registered
) STRICT;
CREATE INDEX appraisal_case ON appraisal (case_id);
CREATE TRIGGER appraisal_keep BEFORE DELETE ON appraisal BEGIN SELECT RAISE(ABORT, 'an appraisal is never forgotten'); END;

-- Records kept apart as suspected state secrets, and their way out of here.
CREATE TABLE isolation (
  id           TEXT PRIMARY KEY,
  record_id    TEXT NOT NULL REFERENCES record (id),
  reason       TEXT NOT NULL,
  account      TEXT NOT NULL,
  at           TEXT NOT NULL,
  requested_by TEXT NOT NULL DEFAULT '',
  requested_at TEXT NOT NULL DEFAULT '',
  request      TEXT NOT NULL DEFAULT '', -- why it is to be taken out
  confirmed_by TEXT NOT NULL DEFAULT '',
  confirmed_at TEXT NOT NULL DEFAULT '', -- written before anything is removed
  done_at      TEXT NOT NULL DEFAULT '', -- written when all of it is gone
  ended_by     TEXT NOT NULL DEFAULT '',
  ended_at     TEXT NOT NULL DEFAULT '', -- found to be no secret after all
  end_reason   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX isolation_open ON isolation (record_id) WHERE ended_at = '';
CREATE TRIGGER isolation_keep BEFORE DELETE ON isolation BEGIN SELECT RAISE(ABORT, 'an isolation is never forgotten'); END;
