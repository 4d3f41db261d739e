administration-ended-subject = { $grantee } administrerar inte längre { $grantor }
administration-ended-lead = Den delegerade administration som { $grantor } har gett { $grantee } har upphört.
administration-ended-note = Relationer och beställningar påverkas inte.
