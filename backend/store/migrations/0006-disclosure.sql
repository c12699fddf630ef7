-- Redacted copies (package disclosure, 《实施细则》第十八条).

-- A plan in the making: one open draft per record and account.
CREATE TABLE redaction_draft (
  id        TEXT PRIMARY KEY,
  record_id TEXT NOT NULL REFERENCES record (id),
  account   TEXT NOT NULL REFERENCES account (id),
  plan      TEXT NOT NULL,
  names     TEXT NOT NULL, -- JSON: track id to display name, never part of the plan
  version   INTEGER NOT NULL,
  saved_at  TEXT NOT NULL,
  copy_id   TEXT NOT NULL DEFAULT '' -- the copy it was submitted as; '' while open
) STRICT;
CREATE UNIQUE INDEX redaction_draft_open ON redaction_draft (record_id, account) WHERE copy_id = '';

-- A submitted copy. plan is frozen; only state and error change.
CREATE TABLE redacted_copy (
  id           TEXT PRIMARY KEY,
  number       TEXT NOT NULL UNIQUE,
  record_id    TEXT NOT NULL REFERENCES record (id),
  original     TEXT NOT NULL, -- SHA-256
  plan         TEXT NOT NULL, -- canonical JSON
  plan_digest  TEXT NOT NULL,
  submitter    TEXT NOT NULL REFERENCES account (id),
  submitted_at TEXT NOT NULL,
  job          TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('making', 'candidate', 'checked', 'approved', 'rejected', 'released', 'withdrawn', 'failed')),
  error        TEXT NOT NULL DEFAULT '' -- fault code when failed
) STRICT;
CREATE INDEX redacted_copy_record ON redacted_copy (record_id);
CREATE TRIGGER redacted_copy_frozen BEFORE UPDATE ON redacted_copy
  WHEN NEW.id <> OLD.id OR NEW.record_id <> OLD.record_id OR NEW.original <> OLD.original OR NEW.plan <> OLD.plan
    OR NEW.plan_digest <> OLD.plan_digest OR NEW.submitter <> OLD.submitter OR NEW.submitted_at <> OLD.submitted_at
  BEGIN SELECT RAISE(ABORT, 'a submitted plan is frozen'); END;
CREATE TRIGGER redacted_copy_hold BEFORE DELETE ON redacted_copy BEGIN SELECT RAISE(ABORT, 'a copy is never forgotten'); END;

-- The sealed file made from the plan, and what its re-reading found.
CREATE TABLE copy_candidate (
  copy_id      TEXT PRIMARY KEY REFERENCES redacted_copy (id),
  candidate_id TEXT NOT NULL, -- its name in the vault
  sha256       TEXT NOT NULL,
  sm3          TEXT NOT NULL,
  size         INTEGER NOT NULL,
  manifest     TEXT NOT NULL, -- JSON of export.Manifest
  made_at      TEXT NOT NULL
) STRICT;

-- What a second person decided, on exactly which plan and which bytes.
CREATE TABLE copy_decision (
  copy_id     TEXT PRIMARY KEY REFERENCES redacted_copy (id),
  approved    INTEGER NOT NULL CHECK (approved IN (0, 1)),
  account     TEXT NOT NULL REFERENCES account (id),
  at          TEXT NOT NULL,
  opinion     TEXT NOT NULL,
  viewing_id  TEXT NOT NULL,
  shown       INTEGER NOT NULL, -- frames shown to the approver
  total       INTEGER NOT NULL,
  plan_digest TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  sm3         TEXT NOT NULL
) STRICT;

CREATE TABLE copy_release (
  copy_id TEXT NOT NULL REFERENCES redacted_copy (id),
  at      TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES account (id),
  folder  TEXT NOT NULL,
  PRIMARY KEY (copy_id, at)
) STRICT;
