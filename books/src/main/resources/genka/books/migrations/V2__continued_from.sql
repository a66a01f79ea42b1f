-- The run, and after @ the stage, whose weights this run starts from; NULL for random or published ones.
ALTER TABLE run ADD COLUMN continued_from TEXT;

PRAGMA user_version = 2;
