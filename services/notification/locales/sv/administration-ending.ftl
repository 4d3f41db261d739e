administration-ending-subject = { $grantee } administrerar { $grantor } till den { $expire_date }
administration-ending-lead = Den delegerade administration som { $grantor } har gett { $grantee } upphör den { $expire_date }.
administration-ending-note = Relationer och beställningar påverkas inte. Den som behöver administrationen även därefter kan be om den på nytt med en inbjudan.
