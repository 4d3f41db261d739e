invitation-revoked-subject = { $sender } har dragit tillbaka en inbjudan
invitation-revoked-lead = { $kind ->
    [PARTNERSHIP] Inbjudan från { $sender } om ett partnerskap har dragits tillbaka. Länken i den fungerar inte längre.
   *[CUSTOMER] Inbjudan från { $sender } om en återförsäljarrelation har dragits tillbaka. Länken i den fungerar inte längre.
}
invitation-revoked-note = Du behöver inte göra något.
