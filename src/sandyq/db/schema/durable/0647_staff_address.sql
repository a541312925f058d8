-- Where a member gets mail at work, sealed under the office's key of credentials; empty where none was given.
ALTER TABLE staff_member ADD COLUMN address BLOB;
