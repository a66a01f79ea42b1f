-- Times are nanoseconds of an attempt's own clock; moments are milliseconds since 1970 (UTC).
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    recipe TEXT NOT NULL,
    recipe_hash TEXT NOT NULL,
    dir TEXT NOT NULL,
    seed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    cores INTEGER NOT NULL,
    cpu TEXT NOT NULL
) STRICT;

CREATE INDEX run_by_age ON run (created_at);

-- elapsed_nanos is the sum of the attempt's slices, safe_nanos the part the last checkpoint covers.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL REFERENCES run (id),
    started_at INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    process_started_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    elapsed_nanos INTEGER NOT NULL DEFAULT 0,
    safe_nanos INTEGER NOT NULL DEFAULT 0,
    cpu_nanos INTEGER NOT NULL DEFAULT 0,
    rapl_joules REAL
) STRICT;

CREATE INDEX attempt_by_run ON attempt (run_id);

-- The use is what the time was spent on at first; what a kill lost is nanos - safe_nanos.
CREATE TABLE slice (
    attempt_id INTEGER NOT NULL REFERENCES attempt (id),
    stage TEXT NOT NULL,
    use TEXT NOT NULL,
    nanos INTEGER NOT NULL,
    safe_nanos INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (attempt_id, stage, use)
) STRICT;

CREATE TABLE work (
    attempt_id INTEGER NOT NULL REFERENCES attempt (id),
    stage TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    PRIMARY KEY (attempt_id, stage)
) STRICT;

PRAGMA user_version = 1;
