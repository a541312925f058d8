"""The rights desk: a person's request as durable work, with clocks, identity, parts, outcomes and answers (policy 4.1.1-4.1.7, 8.3; the Law art. 24, 25)."""
