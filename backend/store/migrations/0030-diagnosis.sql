-- Why a recording that is kept cannot be played: what its own marks say
-- (media.Diagnosis as JSON), '' for one that can be.
ALTER TABLE record ADD COLUMN diagnosis TEXT NOT NULL DEFAULT '';
