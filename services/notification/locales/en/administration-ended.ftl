administration-ended-subject = { $grantee } no longer administers { $grantor }
administration-ended-lead = The delegated administration that { $grantor } gave { $grantee } has ended.
administration-ended-note = Relationships and orders are not affected.
