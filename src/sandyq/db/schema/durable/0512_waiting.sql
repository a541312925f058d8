CREATE INDEX transfer_waiting ON transfer (transfer_id) WHERE state IN ('queued', 'sending', 'sent', 'failed', 'escalated');
