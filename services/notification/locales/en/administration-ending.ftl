administration-ending-subject = { $grantee } administers { $grantor } until { $expire_date }
administration-ending-lead = The delegated administration that { $grantor } gave { $grantee } ends on { $expire_date }.
administration-ending-note = Relationships and orders are not affected. Whoever still needs it afterwards can be asked for it anew by an invitation.
