-- The check of a sealed candidate by one who neither made nor approves it
-- (package disclosure, refusal R5), bound to exactly which plan and which bytes
-- as copy_decision is.
CREATE TABLE copy_check (
  copy_id     TEXT PRIMARY KEY REFERENCES redacted_copy (id),
  passed      INTEGER NOT NULL CHECK (passed IN (0, 1)), -- 0 = sent back
  account     TEXT NOT NULL REFERENCES account (id),
  at          TEXT NOT NULL,
  opinion     TEXT NOT NULL,
  viewing_id  TEXT NOT NULL, -- '' only when sent back unopened
  shown       INTEGER NOT NULL, -- frames shown to the checker
  total       INTEGER NOT NULL,
  plan_digest TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  sm3         TEXT NOT NULL
) STRICT;
