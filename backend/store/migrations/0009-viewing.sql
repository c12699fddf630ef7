-- What the reading room announces before it leaves, what ranges count, and
-- which rows name frames of an index that was not verified yet.

ALTER TABLE viewing ADD COLUMN unit TEXT NOT NULL DEFAULT 'frame'; -- frame | page | ms
UPDATE viewing SET unit = CASE (SELECT medium FROM record r WHERE r.id = viewing.record_id)
  WHEN 'audio' THEN 'ms' WHEN 'video' THEN 'frame' ELSE 'page' END;

ALTER TABLE viewing_interval ADD COLUMN provisional INTEGER NOT NULL DEFAULT 0; -- numbers of an index not verified
ALTER TABLE viewing_interval ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;    -- a row with verified numbers follows

-- Ranges that an entry announced before anything of them left the desk.
CREATE TABLE viewing_serving (
  viewing_id TEXT NOT NULL REFERENCES viewing (id),
  seq        INTEGER NOT NULL,
  from_at    INTEGER NOT NULL,
  to_at      INTEGER NOT NULL,
  PRIMARY KEY (viewing_id, from_at, seq)
) STRICT, WITHOUT ROWID;

-- The people: passwords that must be changed, resets that wait for a second
-- administrator, accounts put out of use.
ALTER TABLE account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN reset_by TEXT NOT NULL DEFAULT ''; -- who reset it; '' once confirmed
ALTER TABLE account ADD COLUMN reset_until TEXT NOT NULL DEFAULT ''; -- a one-time password holds until then
ALTER TABLE account ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;

-- The cost of a password, measured on this machine once.
CREATE TABLE password_cost (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  memory_kib INTEGER NOT NULL,
  passes     INTEGER NOT NULL,
  threads    INTEGER NOT NULL
) STRICT;

-- What the head of agency allows in writing where there are too few people.
CREATE TABLE authorisation (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('check-own', 'review-own')),
  account     TEXT NOT NULL REFERENCES account (id),
  object_kind TEXT NOT NULL,
  object_id   TEXT NOT NULL, -- '' = any
  reason      TEXT NOT NULL,
  basis       TEXT NOT NULL,
  until       TEXT NOT NULL,
  granted_by  TEXT NOT NULL REFERENCES account (id),
  granted_at  TEXT NOT NULL,
  revoked_at  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX authorisation_account ON authorisation (account, kind);
CREATE TRIGGER authorisation_hold BEFORE DELETE ON authorisation BEGIN SELECT RAISE(ABORT, 'an authorisation is revoked, not forgotten'); END;
