-- The transfers that tell recipients of what was done for a part: what each of them confirms is looked up there.
ALTER TABLE rights_part ADD COLUMN told TEXT NOT NULL DEFAULT '';
